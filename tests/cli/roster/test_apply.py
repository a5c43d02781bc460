"""``lms apply`` and ``lms verify``."""

from __future__ import annotations

import stat

import pytest

from lms_async.sandbox import Fault
from tests.cli.conftest import read_results
from tests.cli.roster.conftest import PRIVATE, Lms, write_bundle


@pytest.fixture
def planned(roster_lms: Lms) -> Lms:
    assert roster_lms.plan().code == 0
    return roster_lms


def test_plan_is_applied_and_verified_and_the_next_one_is_empty(planned: Lms) -> None:
    ran = planned("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 0, ran.err
    assert "people         7 create: done" in ran.out
    assert "Every change is done" in ran.out
    assert len(planned.sandbox.school.enrollments) == 7
    path = planned.folder / "results.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = read_results(path)
    assert [row["status"] for row in rows] == ["done"] * 17
    verified = planned("verify", "roster.plan")
    assert verified.code == 0
    assert "Schoology shows 17 changes as planned" in verified.out
    # Another plan takes the place of the first one, and so do its journals.
    again = planned.plan()
    assert "0 changes" in again.out
    assert planned("apply", "roster.plan").code == 0
    write_bundle(planned.folder, 7)
    assert planned.plan().code == 0
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.err
    assert "people         1 create: done" in ran.out
    assert not any(word in ran.out + ran.err for word in PRIVATE)


def test_plan_is_applied_to_its_end_after_the_vendor_was_unavailable(planned: Lms) -> None:
    planned.sandbox.faults.add(Fault.error(401, method="POST", path="courses"))
    ran = planned("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 4
    assert "The other changes were not sent" in ran.err
    rows = read_results(planned.folder / "results.csv")
    by_kind = {(row["kind"], row["status"]) for row in rows}
    assert ("people", "done") in by_kind
    assert ("enrollments", "skipped") in by_kind
    planned.sandbox.faults.clear()
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.err
    assert "An earlier run finished 8 changes" in ran.out
    assert len(planned.sandbox.school.enrollments) == 7
