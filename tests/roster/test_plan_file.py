"""The plan file: what is written is read, only whole files appear, and others are refused."""

from __future__ import annotations

import gc
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from lms_async.errors import PlanFailed, PlanUnusable
from lms_async.roster.changes import Action, Change, LeftAlone, Reason
from lms_async.roster.guarding.guard import Refusal
from lms_async.roster.plan_files.plan_file import PlanFile
from lms_async.roster.plan_files.plan_meta import PlanMeta
from lms_async.roster.plan_files.plan_writer import PlanWriter
from lms_async.roster.problems import ReadingReport, Severity

META = PlanMeta(
    made_at=datetime(2026, 8, 1, 6, 30, tzinfo=UTC),
    target="acme",
    account="acme:7",
    as_of=date(2026, 9, 1),
    mapping_hash="ab",
    fingerprint="cd",
    source_records={"people": 3},
    found_share=0.5,
)
UPDATE = Change(
    kind="people",
    action=Action.UPDATE,
    key="p1",
    org="north",
    vendor_id="7",
    before={"name": "Ada"},
    after={"name": "Béa"},
)
LINK = Change(kind="enrollments", action=Action.LINK, key="s1\x1fp1", after={"role": "student"})
LOCKED = LeftAlone(
    kind="people", key="p2", org="north", vendor_id="8", reason=Reason.LOCKED, detail="synced"
)
PHONE = LeftAlone(
    kind="people", org="north", reason=Reason.FIELD_NOT_HELD, detail="phone", records=9
)
MANY = LeftAlone(kind="people", org="north", reason=Reason.LOCKED, records=4)
REFUSAL = Refusal(
    rule="max_removed_share",
    kind="people",
    org="north",
    number=0.11,
    bound=0.1,
    stops=True,
    text="Too many.",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a plan?.plan"


def write(path: Path, *items: Change | LeftAlone, refusal: Refusal | None = None) -> None:
    with PlanWriter(path, META) as writer:
        for item in items:
            writer.add(item)
        if refusal is not None:
            writer.refuse(refusal)


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_what_is_written_is_read(path: Path) -> None:
    write(path, LOCKED, LINK, UPDATE, MANY, PHONE, refusal=REFUSAL)
    with PlanFile(path) as plan:
        assert plan.meta == META
        assert list(plan.changes()) == [LINK, UPDATE]
        assert list(plan.left_alone()) == [LOCKED, MANY, PHONE]
        assert plan.refusals() == [REFUSAL]
        assert plan.counts() == {
            ("enrollments", Action.LINK, ""): 1,
            ("people", Action.UPDATE, "north"): 1,
        }
        assert plan.counts_left_alone() == {("people", Reason.LOCKED, "north"): 5}
        # A field that the vendor does not hold is not a record that is left alone.
        assert plan.counts_fields_left_alone() == {("people", Reason.FIELD_NOT_HELD, "phone"): 9}


def test_problems_of_the_source_are_kept(path: Path) -> None:
    report = ReadingReport()
    for line in range(30):
        report.add(Severity.WARNING, "users.csv", line, "email", "blank", "is blank.")
    report.add(Severity.REJECTED, "", 0, "", "orphan", "no record with this id was read.")
    with PlanWriter(path, META) as writer:
        writer.add_problems(report)
    with PlanFile(path) as plan:
        read = plan.problems()
    assert (read.counts, read.problems) == (report.counts, report.problems)


def test_many_changes_keep_their_order_and_are_counted_while_written(path: Path) -> None:
    changes = [attrs.evolve(UPDATE, key=f"p{number}") for number in range(2500)]
    with PlanWriter(path, META) as writer:
        for item in changes:
            writer.add(item)
        assert writer.counts == {("people", Action.UPDATE, "north"): 2500}
    with PlanFile(path) as plan:
        assert list(plan.changes()) == changes


def test_plan_is_one_file_that_only_its_owner_can_read(path: Path) -> None:
    write(path, UPDATE)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_plan_appears_only_when_it_is_complete(path: Path) -> None:
    write(path, UPDATE)
    with pytest.raises(RuntimeError, match="interrupted"), PlanWriter(path, META) as writer:
        writer.add(LINK)
        raise RuntimeError("interrupted")
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with PlanFile(path) as plan:
        assert list(plan.changes()) == [UPDATE]
    write(path, LINK)
    with PlanFile(path) as plan:
        assert list(plan.changes()) == [LINK]


def test_plan_that_cannot_be_written_leaves_nothing(path: Path) -> None:
    with pytest.raises(PlanFailed, match="can't be created"):
        PlanWriter(path / "missing.plan", META)
    path.mkdir()
    with pytest.raises(PlanFailed, match="can't be written"):
        write(path, UPDATE)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("PRAGMA user_version=2", "format 2; .* format 1"),
        ("PRAGMA application_id=1", "is not a plan"),
        ("DELETE FROM meta WHERE name = 'as_of'", "damaged"),
        ("UPDATE meta SET value = 'x'", "damaged"),
        ("DROP TABLE meta", "damaged"),
    ],
)
def test_other_versions_and_damaged_files_are_refused(
    path: Path, statement: str, message: str
) -> None:
    write(path, UPDATE)
    change(path, statement)
    with pytest.raises(PlanUnusable, match=message):
        PlanFile(path)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE changes SET action = 'x'", "UPDATE changes SET after = 'x'", "DROP TABLE changes"],
)
def test_damaged_changes_are_refused(path: Path, statement: str) -> None:
    write(path, UPDATE)
    change(path, statement)
    with PlanFile(path) as plan, pytest.raises(PlanUnusable, match="damaged") as caught:
        list(plan.changes())
    # An error of a JSON reader would hold the whole text.
    assert not hasattr(caught.value.__context__, "doc")


def test_changes_that_are_left_early_do_no_harm(path: Path) -> None:
    write(path, UPDATE, UPDATE)
    with PlanFile(path) as plan:
        changes = plan.changes()
        assert next(changes) == UPDATE
    # Warnings are errors, also those of exceptions that Python ignores.
    del changes
    gc.collect()


def test_files_that_are_no_plans_are_refused(path: Path) -> None:
    with pytest.raises(PlanUnusable, match="there is no plan"):
        PlanFile(path)
    path.write_text("sourcedId,status\n" * 100)
    with pytest.raises(PlanUnusable, match="not a plan"):
        PlanFile(path)
    path.write_bytes(b"")
    with pytest.raises(PlanUnusable, match="not a plan"):
        PlanFile(path)


def test_plan_in_a_folder_that_cannot_be_written_is_read(path: Path) -> None:
    write(path, UPDATE)
    path.parent.chmod(0o500)
    try:
        with PlanFile(path) as plan:
            assert list(plan.changes()) == [UPDATE]
    finally:
        path.parent.chmod(0o700)
