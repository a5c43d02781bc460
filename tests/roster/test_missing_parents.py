"""Enrollments and relationships of sections and people that were not created are not sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_async.outcome import Outcome, RowError, Status
from lms_async.roster import Action, Change
from lms_async.roster.applying.parents import Parents
from lms_async.roster.entries import join
from tests.roster.fake_target import Faults
from tests.roster.plans import school, write
from tests.roster.test_applying import not_done
from tests.virtual import run

#: The vendor has the person p1.
CHANGES = [
    Change(kind="people", action=Action.CREATE, key="p2"),
    Change(kind="people", action=Action.CREATE, key="p3"),
    Change(kind="relationships", action=Action.LINK, key=join("p1", "p2", "guardian")),
    Change(kind="relationships", action=Action.LINK, key=join("p1", "p3", "guardian")),
    Change(kind="sections", action=Action.CREATE, key="k1"),
    Change(kind="enrollments", action=Action.LINK, key=join("k1", "p1")),
    Change(kind="enrollments", action=Action.LINK, key=join("k1", "p2")),
]


def test_changes_of_a_person_who_was_rejected_are_not_sent(tmp_path: Path) -> None:
    target = school(Faults(rejected=frozenset({"p2"})))
    made = write(tmp_path / "a.plan", changes=CHANGES)
    for _ in range(2):  # the second run reports the same, and sends nothing
        report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
        assert not_done(report) == [
            ("people", Status.REJECTED, "400"),
            ("relationships", Status.SKIPPED, "no_person"),
            ("enrollments", Status.SKIPPED, "no_person"),
        ]
        assert [outcome.index for outcome in report.not_done()] == [0, 2, 6]
        assert target.requests == 4
    assert target.active("enrollments") == {join("k1", "p1")}


def test_changes_of_a_section_that_was_rejected_are_not_sent(tmp_path: Path) -> None:
    target = school(Faults(rejected=frozenset({"k1"})))
    made = write(tmp_path / "a.plan", changes=CHANGES)
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert [code for *_, code in not_done(report)] == ["400", "no_section", "no_section"]
    last = list(report.not_done())[-1].error
    assert last is not None
    assert last.message == "not sent, because its section was not created"


def test_changes_of_a_person_who_is_unknown_are_made_by_the_next_run(tmp_path: Path) -> None:
    target = school(Faults(dropped=frozenset(range(1, 20))))
    made = write(tmp_path / "a.plan", changes=CHANGES)
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert ("people", Status.UNKNOWN, "lost") in not_done(report)
    target.faults = Faults()
    assert run(made.apply(target, journal=tmp_path / "journals")).is_done
    assert set(target.made.values()) == {1}


@pytest.mark.parametrize(
    ("action", "code", "is_missing"),
    [
        (Action.CREATE, "400", True),
        (Action.RETURN, "400", True),
        (Action.RETURN, "incomplete", False),  # the person is there, with older values
        (Action.UPDATE, "400", False),
    ],
)
def test_only_records_that_are_not_there_are_missing(
    action: Action, code: str, is_missing: bool
) -> None:
    parents = Parents()
    change = Change(kind="people", action=action, key="p2")
    parents.add(Outcome(0, change, Status.REJECTED, error=RowError(code)))
    assert (parents.missing(CHANGES[2]) is not None) is is_missing
    assert parents.missing(CHANGES[3]) is None
