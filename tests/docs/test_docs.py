"""Methods, tests and links named in the documentation exist."""

from __future__ import annotations

import inspect
import re
from operator import attrgetter
from pathlib import Path

import pytest

import schoology_async
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
        ("managebac.md", ManageBac("t"), 0, "managebac/test_memberships.py", 9),
        ("managebac.md", ManageBacV1("s", "t"), 1, "managebac/test_v1.py", 12),
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


#: The tables of docs/schoology.md, by their headings.
SCHOOLOGY = re.split(
    r"^### (.*)$", (ROOT / "docs/schoology.md").read_text("utf-8").split("\n## ")[1], flags=re.M
)[1:]


def test_each_schoology_operation_names_a_method_and_a_test_that_exist() -> None:
    (counts,) = tables("schoology.md", 3)[:1]
    client = Schoology("k", "s")
    listed = dict(zip(SCHOOLOGY[::2], SCHOOLOGY[1::2], strict=True))
    done: dict[str, tuple[int, int]] = {}
    named = set()
    for heading, text in listed.items():
        rows = [line.strip("| ").split(" | ") for line in text.splitlines() if "`test_" in line]
        both = sum(" {realm}/{id}/" in request for _, request, _, _ in rows)
        if rows:
            done[heading.casefold()] = (len(rows) + both, len(rows))
        for _, _, method, test in rows:
            owner: object = schoology_async if method.startswith("`oauth.") else client
            assert callable(attrgetter(method.strip("`"))(owner)), method
            named.add(method.strip("`"))
            file, _, name = test.strip("`").partition("::")
            written = (ROOT / "tests/schoology" / file).read_text("utf-8")
            assert f"async def {name}(" in written, test
    assert done == {name.casefold(): (int(all_), int(rows)) for name, all_, rows in counts}
    assert sum(count for count, _ in done.values()) == 98
    assert named == {*methods_of(client), *OUTSIDE} - NOT_AN_OPERATION


#: What reaches the vendor without being a method of the client, and methods that are no operation.
OUTSIDE = {f"oauth.{name}" for name in ("request_token", "authorize_url", "access_token")}
NOT_AN_OPERATION = {"close", "from_env", "pages", "request", "with_options"}


def methods_of(client: Schoology) -> set[str]:
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
