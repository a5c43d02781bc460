"""Methods, tests and links named in the documentation exist."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path

import pytest

import manabac_async
import schoology_async
from lms_async.client import Client
from lms_async.resource import Resource
from manabac_async import ManageBac, ManageBacV1
from schoology_async import Schoology

ROOT = Path(__file__).parents[2]


def tables(name: str, columns: int) -> list[list[list[str]]]:
    """Return the rows of each table with ``columns`` columns on a page."""
    found: list[list[list[str]]] = []
    inside = False
    for line in (ROOT / "docs" / name).read_text("utf-8").splitlines():
        cells = line.strip("| ").split(" | ")
        if not line.startswith("|") or len(cells) != columns:
            inside = False
            continue
        if not inside:
            found.append([])
        inside = True
        found[-1].append(cells)
    return [table[2:] for table in found]


@pytest.mark.parametrize(
    ("page", "client", "part", "tests", "count"),
    [
        ("managebac.md", ManageBacV1("s", "t"), 9, "managebac/test_v1.py", 12),
    ],
)
def test_operations_table_names_existing_methods_and_tests(
    page: str, client: object, part: int, tests: str, count: int
) -> None:
    table = tables(page, 4)[part]
    written = (ROOT / "tests" / tests).read_text("utf-8")
    assert len(table) == count
    for _, _, method, test in table:
        assert callable(attrgetter(method.strip("`"))(client))
        assert f"async def {test.strip('`')}(" in written


def operations(page: str, chapter: int) -> dict[str, list[list[str]]]:
    """Return the rows of a page's tables of operations, by their headings."""
    text = (ROOT / "docs" / page).read_text("utf-8").split("\n## ")[chapter]
    listed = re.split(r"^### (.*)$", text, flags=re.M)[1:]
    found = {}
    for heading, part in zip(listed[::2], listed[1::2], strict=True):
        rows = [line.strip("| ").split(" | ") for line in part.splitlines() if "`test_" in line]
        if rows:
            found[heading.casefold()] = rows
    return found


def named_methods(
    listed: dict[str, list[list[str]]], tests: str, owners: Mapping[str, object]
) -> set[str]:
    """Check that the methods and tests in the tables exist, and return the methods.

    :param owners: what has a method, by the first part of its name; ``""`` for all others.
    """
    named = set()
    for rows in listed.values():
        for _, _, method, test in rows:
            method = method.strip("`")
            owner = owners.get(method.partition(".")[0], owners[""])
            assert callable(attrgetter(method)(owner)), method
            named.add(method)
            file, _, name = test.strip("`").partition("::")
            written = (ROOT / "tests" / tests / file).read_text("utf-8")
            assert f"async def {name}(" in written, test
    return named


def test_each_schoology_operation_names_a_method_and_a_test_that_exist() -> None:
    (counts,) = tables("schoology.md", 3)[:1]
    client = Schoology("k", "s")
    listed = operations("schoology.md", 1)
    done = {
        heading: (len(rows) + sum(" {realm}/{id}/" in row[1] for row in rows), len(rows))
        for heading, rows in listed.items()
    }
    named = named_methods(listed, "schoology", {"": client, "oauth": schoology_async})
    assert done == {name.casefold(): (int(all_), int(rows)) for name, all_, rows in counts}
    assert sum(count for count, _ in done.values()) == 98
    assert named == {*methods_of(client), *OUTSIDE} - NOT_AN_OPERATION


def test_each_managebac_operation_names_a_method_and_a_test_that_exist() -> None:
    (counts,) = tables("managebac.md", 2)[:1]
    client = ManageBac("t")
    listed = operations("managebac.md", 2)
    done = {heading: len(rows) for heading, rows in listed.items()}
    named = named_methods(listed, "managebac", {"": client, "ClientCredentials": manabac_async})
    assert done == {name.casefold(): int(count) for name, count in counts}
    assert sum(done.values()) == 84
    requests = [row[1] for rows in listed.values() for row in rows]
    assert len(set(requests)) == 84
    (others,) = (table for table in tables("managebac.md", 3) if "`classes.archive`" in str(table))
    more = {name for row in others for name in re.findall(r"`(\w+\.\w+)`", row[0])}
    assert not more & named
    assert named | more == {*methods_of(client), "ClientCredentials"} - NOT_AN_OPERATION


#: What reaches the vendor without being a method of the client, and methods that are no operation.
OUTSIDE = {f"oauth.{name}" for name in ("request_token", "authorize_url", "access_token")}
NOT_AN_OPERATION = {"close", "from_env", "gather", "pages", "request", "with_options"}
# Several requests of one operation.
NOT_AN_OPERATION |= {"buildings.create_many", "grading_periods.create_many", "users.count"}
NOT_AN_OPERATION |= {"enrollments.import_by_period"}


def methods_of(client: Client) -> set[str]:
    found = set()
    for name, part in inspect.getmembers(client):
        if name.startswith("_"):
            continue
        if isinstance(part, Resource):
            methods = inspect.getmembers(part, inspect.ismethod)
            found |= {f"{name}.{method}" for method, _ in methods if not method.startswith("_")}
        elif inspect.ismethod(part):
            found.add(name)
    return found


def test_each_promise_names_an_existing_test() -> None:
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    promises = [
        row for columns in (2, 3, 4) for table in tables("reliability.md", columns) for row in table
    ]
    assert len(promises) > 20
    for promise in promises:
        named = re.findall(r"`([tT]est\w+)`", promise[-1])
        assert named, promise
        for test in named:
            assert f"def {test}(" in written or f"{test} = " in written, test


def test_each_attack_on_the_service_names_existing_tests() -> None:
    folder = ROOT / "tests" / "examples" / "service"
    written = "".join(path.read_text("utf-8") for path in folder.glob("test_*.py"))
    attacks = tables("service.md", 3)[-1]
    assert len(attacks) > 10
    for *_, last in attacks:
        named = re.findall(r"`(test_\w+)`", last)
        assert named, last
        for test in named:
            assert f"def {test}(" in written, test


def test_common_package_names_no_vendor() -> None:
    for path in (ROOT / "common").rglob("*.py"):
        text = path.read_text("utf-8").casefold()
        for name in ("schoology", "managebac", "manabac"):
            assert name not in text, path


@pytest.mark.parametrize(
    "page",
    [str(p.relative_to(ROOT)) for p in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])],
)
def test_links_between_pages_exist(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
