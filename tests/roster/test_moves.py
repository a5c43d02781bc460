"""A person whose new enrollment is not made keeps the old one."""

from __future__ import annotations

from pathlib import Path

import attrs

from lms_async.outcome import Status
from lms_async.roster import Action, Change, Entry
from lms_async.roster.entries import join
from tests.roster.fake_target import FakeTarget, Faults
from tests.roster.plans import school, write
from tests.roster.test_applying import not_done
from tests.virtual import run

PEOPLE = ["p1", "p2", "p3", "p4", "p5"]


def moving(faults: Faults | None = None) -> FakeTarget:
    """Return a vendor whose people are in the section k0."""
    target = school(faults)
    target.entries = [
        *(Entry(kind="people", key=key, vendor_id=key) for key in PEOPLE),
        *(Entry(kind="sections", key=key, vendor_id=key) for key in ("k0", "k1")),
        *(Entry(kind="enrollments", key=join("k0", key), vendor_id=f"old {key}") for key in PEOPLE),
    ]
    return target


def moves(action: Action = Action.LINK) -> list[Change]:
    """Return the changes by which all of them leave k0 and join k1."""
    link = Change(kind="enrollments", action=action, key="")
    leave = Change(kind="enrollments", action=Action.EXPIRE, key="")
    return [
        *(attrs.evolve(link, key=join("k1", key)) for key in PEOPLE),
        *(attrs.evolve(leave, key=join("k0", key), vendor_id=f"old {key}") for key in PEOPLE),
    ]


def test_enrollment_of_a_person_whose_new_one_is_rejected_is_kept(tmp_path: Path) -> None:
    refused = frozenset({join("k1", "p2"), join("k1", "p4")})
    target = moving(Faults(rejected=refused))
    made = write(tmp_path / "a.plan", changes=moves())
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert (
        not_done(report)
        == [("enrollments", Status.REJECTED, "400")] * 2
        + [("enrollments", Status.SKIPPED, "held")] * 2
    )
    assert [one.index for one in report.not_done()] == [1, 3, 6, 8]
    assert [one.item.key for one in report.not_done()] == [
        *sorted(refused),
        join("k0", "p2"),
        join("k0", "p4"),
    ]
    assert report.counts["enrollments", Action.EXPIRE, Status.DONE] == 3
    assert report.stop_reason is None
    expected = {join("k0" if key in ("p2", "p4") else "k1", key) for key in PEOPLE}
    assert target.active("enrollments") == expected


def test_later_run_makes_the_removals_that_were_held(tmp_path: Path) -> None:
    target = moving(Faults(dropped=frozenset(range(1, 100))))
    made = write(tmp_path / "a.plan", changes=moves())
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert {code for *_, code in not_done(report)[len(PEOPLE) :]} == {"held"}
    target.faults = Faults()
    assert run(made.apply(target, journal=tmp_path / "journals")).is_done
    assert target.active("enrollments") == {join("k1", key) for key in PEOPLE}
    assert set(target.made.values()) == {1}


def test_old_enrollment_of_a_person_who_is_not_returned_is_kept(tmp_path: Path) -> None:
    target = moving(Faults(rejected=frozenset({join("k1", "p1")})))
    old = [
        Entry(kind="enrollments", key=join("k1", key), vendor_id=f"k1 {key}", active=False)
        for key in PEOPLE
    ]
    target.entries += old
    changes = [
        attrs.evolve(one, vendor_id=f"k1 {key}") if one.action is Action.RETURN else one
        for one, key in zip(moves(Action.RETURN), PEOPLE * 2, strict=True)
    ]
    made = write(tmp_path / "a.plan", changes=changes)
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert [code for *_, code in not_done(report)] == ["400", "held"]


def test_only_enrollments_are_held(tmp_path: Path) -> None:
    target = moving(Faults(rejected=frozenset({join("k1", "p1")})))
    link = moves()[0]
    leaver = Change(kind="people", action=Action.DEACTIVATE, key="p1", vendor_id="p1")
    made = write(tmp_path / "a.plan", changes=[link, leaver])
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    assert not_done(report) == [("enrollments", Status.REJECTED, "400")]
