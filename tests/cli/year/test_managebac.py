"""A year with ManageBac."""

from __future__ import annotations

from pathlib import Path

from manabac_async.sandbox import ManageBacSandbox
from tests.cli.conftest import read_results

from .conftest import Lms


def start_the_year(lms: Lms) -> None:
    lms("lms import students.csv --to managebac --kind students")
    lms("lms import teachers.csv --to managebac --kind teachers")
    lms("lms import parents.csv --to managebac --kind parents")
    lms("lms import children.csv --to managebac --kind children")
    lms("lms import classes.csv --to managebac --kind classes")
    lms("lms import class-teachers.csv --to managebac --kind class-teachers")
    lms("lms import memberships.csv --to managebac")


def members(lms: Lms) -> list[tuple[str, str, str]]:
    """Return the members of all classes: class, student, level."""
    lms("lms list memberships --from managebac --csv memberships-now.csv")
    rows = read_results(Path("memberships-now.csv"))
    return [(row["class_id"], row["student_id"], row["level"]) for row in rows]


def test_the_start_of_the_year(lms: Lms, managebac: ManageBacSandbox) -> None:
    start_the_year(lms)
    assert sorted(members(lms)) == [
        ("DP11-PHY-2024", "6003", "HL"),
        ("MYP10-BIO-2024", "6001", ""),
        ("MYP10-BIO-2024", "6002", ""),
    ]
    said = lms(
        "lms import students.csv --to managebac --kind students --update-existing --restart "
        "--dry-run"
    )
    assert "0 created, 0 updated, 3 unchanged" in said
    lms("lms export managebac backup")
    children = read_results(Path("backup/children.csv"))
    # Parents are created side by side, so their order can differ.
    assert sorted(tuple(row.values())[:3] for row in children) == [
        ("F1", "6001", "Mother"),
        ("F2", "6002", "Father"),
    ]
    teachers = read_results(Path("backup/class-teachers.csv"))
    assert sorted((row["class_id"], row["teacher_id"]) for row in teachers) == [
        ("DP11-PHY-2024", "T2"),
        ("MYP10-BIO-2024", "T1"),
    ]
    assert managebac.school.welcome_mails == []


def test_changes_within_the_year(lms: Lms, managebac: ManageBacSandbox) -> None:
    start_the_year(lms)
    said = lms("lms import changed-students.csv --to managebac --kind students --update-existing")
    assert "1 updated, 1 unchanged" in said
    student = managebac.school.by_student_id("6001")
    assert student is not None
    assert student.email == "briony@stoswin.example"
    lms("lms import class-changes.csv --to managebac --kind leave-classes --yes")
    assert sorted(members(lms)) == [
        ("DP11-PHY-2024", "6003", "HL"),
        ("MYP10-BIO-2024", "6001", ""),
    ]
    leaver = managebac.school.by_student_id("6002")
    assert leaver is not None
    said = lms("lms import leavers.csv --to managebac --kind archive --dry-run")
    assert "Dry run: nothing was sent" in said
    assert not leaver.archived
    lms("lms import leavers.csv --to managebac --kind archive --yes")
    assert leaver.archived
    lms("lms import returners.csv --to managebac --kind unarchive")
    assert not leaver.archived
    assert "6002" not in {student_id for _, student_id, _ in members(lms)}


def test_a_new_year(lms: Lms, managebac: ManageBacSandbox) -> None:
    start_the_year(lms)
    school = managebac.school
    lms("lms import graduates.csv --to managebac --kind archive --yes")
    lms("lms import year-groups.csv --to managebac --kind year-groups")
    lms("lms import classes-2025.csv --to managebac --kind classes")
    lms("lms import memberships-2025.csv --to managebac")
    lms("lms import old-classes.csv --to managebac --kind archive-classes --yes")
    now = [row for row in members(lms) if row[0].endswith("2025")]
    assert sorted(now) == [("DP11-PHY-2025", "6001", "SL"), ("DP11-PHY-2025", "6002", "HL")]
    archived = {one.uniq_id for one in school.classes.values() if one.archived}
    assert archived == {"MYP10-BIO-2024", "DP11-PHY-2024"}
    graduate = school.by_student_id("6003")
    assert graduate is not None
    assert graduate.archived
    (group,) = (one for one in school.ib_groups.values() if "2027" in one.name)
    assert len(group.student_ids) == 2
