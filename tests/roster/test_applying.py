"""Apply a plan: each change is made once, in order, also if the program is killed, and verified."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.errors import BulkStopped, JournalUnusable, PlanRefused, Unauthorized
from lms_async.outcome import Outcome, Status
from lms_async.roster import (
    Action,
    ApplyReport,
    Change,
    Entry,
    Mismatch,
    Refusal,
)
from lms_async.roster.applying.apply_record import ApplyRecord
from lms_async.roster.entries import join
from tests.roster.fake_target import FakeTarget, Faults, Killed
from tests.roster.plans import CHANGES, school, write
from tests.roster.records import ADA, SEAT
from tests.roster.test_planning import REMOVING, make
from tests.virtual import run


def not_done(report: ApplyReport) -> list[tuple[str, Status, str]]:
    return [(one.item.kind, one.status, code(one)) for one in report.not_done()]


def code(outcome: Outcome[Change]) -> str:
    return outcome.error.code if outcome.error else ""


def test_changes_are_made_and_verified(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan"), school()
    report = run(made.apply(target, journal=tmp_path / "journals"))
    assert report.is_done
    assert list(report.not_done()) == []
    assert report.counts == {
        ("sections", Action.CREATE, Status.DONE): 1,
        ("enrollments", Action.LINK, Status.DONE): 1,
    }
    assert target.active("enrollments") == {join("k1", "p1")}
    verification = run(made.verify(target))
    assert (verification.verified, verification.different) == (2, [])
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "journals").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "journals").stat().st_mode) == 0o700
    # The snapshots have people's data and are gone.
    assert {file.name for file in tmp_path.iterdir()} == {"a.plan", "journals"}


REFUSAL = Refusal(rule="max_removed_people", number=9, bound=1, stops=True, text="Too many.")


@pytest.mark.parametrize(
    ("refusals", "meta", "why"),
    [
        ((REFUSAL,), {}, "Too many."),
        ((REFUSAL,) * 5, {}, "And 2 more."),
        ((), {"account": "school 2"}, "school 2"),
        ((), {"target": "other"}, "other"),
        ((), {"fingerprint": "0"}, "have changed"),
    ],
)
def test_plan_that_must_not_be_applied(
    tmp_path: Path, refusals: tuple[Refusal, ...], meta: dict[str, Any], why: str
) -> None:
    made, target = write(tmp_path / "a.plan", refusals, **meta), school()
    with pytest.raises(PlanRefused, match=why):
        run(made.apply(target, journal=tmp_path / "journals"))
    assert target.requests == 0


def test_plan_of_yesterday_is_refused(tmp_path: Path) -> None:
    made_at = write(tmp_path / "new.plan").meta.made_at
    made = write(tmp_path / "a.plan", made_at=made_at - timedelta(days=1, seconds=1))
    with pytest.raises(PlanRefused, match="older than a day"):
        run(made.apply(school(), journal=tmp_path / "journals"))

    assert run(made.apply(school(), journal=tmp_path / "old", check_age=False)).is_done


def test_bulk_can_be_stopped_before_it_sends(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan"), school()
    report = run(made.apply(target, journal=tmp_path / "journals", on_bulk=lambda one: one.stop()))
    assert isinstance(report.stop_reason, BulkStopped)
    assert set(report.counts.values()) == {1}
    assert {status for _, _, status in report.counts} == {Status.SKIPPED}
    assert target.requests == 0
    assert run(made.apply(target, journal=tmp_path / "journals")).is_done


def test_refusal_that_only_leaves_out_removals_does_not_stop_the_plan(tmp_path: Path) -> None:
    made = write(tmp_path / "a.plan", (attrs.evolve(REFUSAL, stops=False),))
    assert run(made.apply(school(), journal=tmp_path / "journals")).is_done


def test_state_is_not_read_if_not_asked(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan", fingerprint="0"), school()
    assert run(made.apply(target, journal=tmp_path / "journals", check_state=False)).is_done
    assert target.snapshots == 0


def test_what_depends_on_a_rejected_change_has_its_own_outcome(tmp_path: Path) -> None:
    target = school(Faults(rejected=frozenset({"k1"})))
    made = write(tmp_path / "a.plan")
    report = run(made.apply(target, journal=tmp_path / "journals"))
    expected = [
        ("sections", Status.REJECTED, "400"),
        ("enrollments", Status.SKIPPED, "no_section"),
    ]
    assert not_done(report) == expected
    assert [outcome.index for outcome in report.not_done()] == [0, 1]
    assert report.stop_reason is None
    for shown in (repr(report), repr(list(report.not_done()))):
        assert "Ada" not in shown
        assert "p1" not in shown
    found = run(made.verify(target)).different
    assert [one.mismatch for one in found] == [Mismatch.MISSING] * 2
    # Running again reports the same, with the reasons, and sends nothing.
    sent = target.requests
    again = run(made.apply(target, journal=tmp_path / "journals"))
    assert not_done(again) == expected
    assert next(one.error and one.error.message for one in again.not_done()) == "Ada is not allowed"
    assert (target.requests, again.earlier) == (sent, 1)


def test_error_that_stops_skips_all_later_changes(tmp_path: Path) -> None:
    target, error = school(), Unauthorized(401)
    made = write(tmp_path / "a.plan")
    target.faults.refused = error
    report = run(made.apply(target, journal=tmp_path / "journals"))
    assert report.stop_reason is error
    assert not report.is_done
    assert [kind for kind, *_ in not_done(report)] == ["sections", "enrollments"]
    assert not_done(report)[1] == ("enrollments", Status.SKIPPED, "stopped")
    assert target.requests == 1


def test_outcomes_are_not_kept_in_memory(tmp_path: Path) -> None:
    many = [Change(kind="sections", action=Action.CREATE, key=f"k{n}") for n in range(3000)]
    target = school(Faults(refused=Unauthorized(401)))
    made = write(tmp_path / "a.plan", changes=many)
    report = run(made.apply(target, journal=tmp_path / "journals"))
    assert len(list(report.not_done())) == 3000
    (bulk,) = target.bulks
    assert bulk.report.counts.total() < 2000
    assert bulk.report.skipped == []


def test_plan_without_changes_is_done(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan", changes=[]), school()
    report = run(made.apply(target, journal=str(tmp_path / "journals")))
    assert (report.is_done, report.counts) == (True, {})
    assert run(made.verify(target)).verified == 0


def test_each_kind_and_action_is_one_bulk(tmp_path: Path) -> None:
    target = school()
    target.entries += [Entry(kind="sections", key=f"k{n}", vendor_id=f"{n}") for n in (7, 8)]
    update = Change(
        kind="sections", action=Action.UPDATE, key="k7", vendor_id="7", after={"title": "Art"}
    )
    updates = [update, attrs.evolve(update, key="k8", vendor_id="8")]
    made = write(tmp_path / "a.plan", changes=[*updates, *CHANGES])
    assert run(made.apply(target, journal=tmp_path / "journals", check_state=False)).is_done
    assert [bulk.report.counts.total() for bulk in target.bulks] == [2, 1, 1]


def test_damaged_record_is_refused(tmp_path: Path) -> None:
    made, folder = write(tmp_path / "a.plan"), tmp_path / "journals"
    folder.mkdir()
    (folder / "outcomes.db").write_bytes(b"not a database" * 100)
    with pytest.raises(JournalUnusable, match="not a database"):
        run(made.apply(school(), journal=folder))


def test_run_that_stopped_continues(tmp_path: Path) -> None:
    people = [attrs.evolve(ADA, id=f"p{number}") for number in range(1, 9)]
    seats = [attrs.evolve(SEAT, person_id=one.id) for one in people]
    target = FakeTarget(faults=Faults(killed=frozenset({4}), lost=frozenset({6})))
    made = run(make(tmp_path / "a.plan", target, people=people, enrollments=seats))
    with pytest.raises(Killed):
        run(made.apply(target, journal=tmp_path / "journals"))
    snapshots = target.snapshots
    report = run(made.apply(target, journal=tmp_path / "journals"))
    # The state is not checked again: the plan itself has changed it.
    assert target.snapshots == snapshots
    assert report.is_done
    assert report.earlier > 0
    assert set(target.made.values()) == {1}
    assert sum(report.counts.values()) == target.made.total()


def test_folder_of_another_plan_is_refused(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan"), school()
    run(made.apply(target, journal=tmp_path / "journals"))
    other = write(tmp_path / "b.plan")
    with pytest.raises(JournalUnusable, match="another plan"):
        run(other.apply(target, journal=tmp_path / "journals"))


def test_folder_in_use_is_refused(tmp_path: Path) -> None:
    made = write(tmp_path / "a.plan")
    with (
        ApplyRecord(tmp_path / "journals", made.meta.id),
        pytest.raises(JournalUnusable, match="another program"),
    ):
        run(made.apply(school(), journal=tmp_path / "journals"))


def test_outcomes_of_a_replaced_plan_are_not_shown(tmp_path: Path) -> None:
    target = school(Faults(rejected=frozenset({"k1"})))
    report = run(write(tmp_path / "a.plan").apply(target, journal=tmp_path / "journals"))
    write(tmp_path / "a.plan")
    with pytest.raises(JournalUnusable, match="another plan"):
        list(report.not_done())


def test_person_who_moves_joins_the_new_section_first(tmp_path: Path) -> None:
    target = school()
    old = Entry(kind="enrollments", key=join("k0", "p1"), org="N", vendor_id="3")
    section = Entry(kind="sections", key="k0", org="N", vendor_id="2")
    target.entries += [section, old]
    made = run(make(tmp_path / "a.plan", target, REMOVING))
    run(made.apply(target, journal=tmp_path / "journals"))
    enrolled = [key for kind, _, key in target.made if kind == "enrollments"]
    assert enrolled == [join("k1", "p1"), join("k0", "p1")]


def test_target_gets_the_day_of_the_plan(tmp_path: Path) -> None:
    day, target = date(2026, 3, 1), school()
    made = write(tmp_path / "a.plan", as_of=day)
    run(made.apply(target, journal=tmp_path / "journals"))
    run(made.verify(target))
    # The state is checked, changes of two kinds are made, and the plan is verified.
    assert target.days == [day] * 4
