"""The checks of ``lms demo`` notice what is wrong."""

from __future__ import annotations

import io
from pathlib import Path

import attrs
import pytest
from multidict import MultiDict

from lms_async.cli.demo.checks import Screen, check_limit, report
from lms_async.cli.demo.comparing import check_empty, check_results, compare
from lms_async.cli.demo.district import make_district
from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.roster_support import DemoRecord
from lms_async.sandbox.log import Seen
from tests.roster.plans import write

WANTED = list(make_district(50).records())
PERSON = WANTED[0]


def failed(found: list[DemoRecord]) -> list[str]:
    return [text for text, holds in compare(WANTED, found, "Acme") if not holds]


def test_equal_records_pass() -> None:
    assert failed(WANTED[::-1]) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (WANTED[1:], "1 missing, 0 not in the source, 0 twice, 0 with other values"),
        (
            [*WANTED, attrs.evolve(PERSON, key=("stranger",))],
            "0 missing, 1 not in the source, 0 twice, 0 with other values",
        ),
        ([*WANTED, PERSON], "0 missing, 0 not in the source, 1 twice, 0 with other values"),
        (
            [attrs.evolve(PERSON, values={**PERSON.values, "school": "SOUTH"}), *WANTED[1:]],
            "0 missing, 0 not in the source, 0 twice, 1 with other values",
        ),
    ],
)
def test_a_record_that_differs_fails(found: list[DemoRecord], told: str) -> None:
    (text,) = failed(found)
    assert text.startswith("people: ")
    assert told in text


def test_a_kind_that_only_the_vendor_has_fails() -> None:
    (text,) = failed([*WANTED, DemoRecord("groups", ("g1",))])
    assert text.startswith("groups: 0 in the source, 1 at Acme")


@pytest.mark.parametrize(
    ("results", "holds"),
    [
        ("1,done\n2,done\n", True),
        ("1,done\n2,unknown\n", False),
        ("1,done\n", False),
        ("1,done\n1,done\n", False),
        ("1,done\n2,done\n2,done\n", False),
    ],
)
def test_results_have_each_change_once(tmp_path: Path, results: str, holds: bool) -> None:
    write(tmp_path / "a.plan")  # two changes
    (tmp_path / "results.csv").write_text(f"number,status\n{results}")
    assert check_results(tmp_path / "results.csv", tmp_path / "a.plan")[1] is holds


def test_a_plan_with_changes_is_not_empty(tmp_path: Path) -> None:
    write(tmp_path / "a.plan")
    write(tmp_path / "b.plan", changes=[])
    assert check_empty(tmp_path / "a.plan") == ("2 changes in the last plan", False)
    assert check_empty(tmp_path / "b.plan") == ("0 changes in the last plan", True)


def test_only_refusals_of_the_limit_count() -> None:
    planned = seen(429, "refuse")
    assert check_limit([seen(200), planned]) == ("0 of 2 requests above the rate limit", True)
    assert check_limit([seen(429), planned]) == ("1 of 2 requests above the rate limit", False)


def seen(status: int, fault: str | None = None) -> Seen:
    return Seen(method="GET", path="users", query=MultiDict(), at=0.0, status=status, fault=fault)


def test_one_failed_check_decides_the_exit_code() -> None:
    out = io.StringIO()
    screen = Screen(out, out, make_reporter(out, out))
    assert report([("a", True)], screen) is Exit.DONE
    assert report([("a", True), ("b", False)], screen) is Exit.UNKNOWN
    assert out.getvalue() == "  ok      a\n  ok      a\n  FAILED  b\n"
