"""A year with Schoology."""

from __future__ import annotations

from pathlib import Path

from lms_async.cli.exit_codes import Exit
from schoology_async.sandbox import SchoologySandbox
from schoology_async.sandbox.accounts import Account
from tests.cli.conftest import read_results

from .conftest import Lms

DEACTIVATE = (
    "lms import leavers.csv --to schoology --kind deactivate --keep-enrollments --no-notify --yes"
)


def start_the_year(lms: Lms) -> None:
    lms("lms import buildings.csv --to schoology --kind buildings")
    lms("lms import grading-periods.csv --to schoology --kind grading-periods")
    lms("lms import courses.csv --to schoology --kind courses")
    lms("lms import people.csv --to schoology")
    lms("lms import sections.csv --to schoology --kind sections")
    lms("lms import enrollments.csv --to schoology --kind enrollments")


def person(schoology: SchoologySandbox, school_uid: str) -> Account:
    account = schoology.school.by_school_uid(school_uid)
    assert account is not None
    return account


def members(lms: Lms, section: str) -> set[tuple[str, str]]:
    """Return the people of a section: person, admin."""
    lms("lms list enrollments --from schoology --csv enrollments-now.csv")
    return {
        (row["school_uid"], row["admin"])
        for row in read_results(Path("enrollments-now.csv"))
        if row["section_school_code"] == section
    }


def test_the_start_of_the_year(lms: Lms, schoology: SchoologySandbox) -> None:
    start_the_year(lms)
    lms("lms import parents.csv --to schoology --kind parents")
    lms("lms import advisors.csv --to schoology --kind advisors")
    assert members(lms, "ALG1-1-2025") == {("T100", "1"), ("S300", "0"), ("S301", "0")}
    parent, child = person(schoology, "P500"), person(schoology, "S303")
    assert parent.uid in schoology.school.parents.of(child.uid)
    assert schoology.school.advisors.of(child.uid) == [person(schoology, "T101").uid]


def test_changes_within_the_year(lms: Lms, schoology: SchoologySandbox) -> None:
    start_the_year(lms)
    said = lms("lms import changed-people.csv --to schoology --update-existing")
    assert "1 updated, 1 unchanged" in said
    assert person(schoology, "S300").primary_email == "perry.sotherby@eastmere.example"
    lms("lms import class-changes.csv --to schoology --kind enrollments --yes")
    assert members(lms, "ALG1-1-2025") == {("T100", "1"), ("S301", "0")}
    assert ("S300", "0") in members(lms, "BIO-1-2025")
    leaver = person(schoology, "S302")
    said = lms(
        "lms import leavers.csv --to schoology --kind deactivate --keep-enrollments --no-notify "
        "--dry-run"
    )
    assert "Dry run: nothing was sent" in said
    assert not schoology.school.inactive
    lms(DEACTIVATE)
    assert list(schoology.school.inactive) == [leaver.uid]
    assert not schoology.school.mails
    assert "Tindleworth" in lms("lms list inactive --from schoology")
    lms("lms import returners.csv --to schoology --kind reactivate")
    assert not schoology.school.inactive
    assert ("S302", "0") in members(lms, "BIO-1-2025")


def test_too_many_leavers_are_not_deactivated(lms: Lms, schoology: SchoologySandbox) -> None:
    lms("lms import buildings.csv --to schoology --kind buildings")
    ids = [f"X{number}" for number in range(11)]
    with Path("people.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{one},Ada,Okafor,Student,{one}@eastmere.example,2030,\n" for one in ids)
    lms("lms import people.csv --to schoology")
    Path("leavers.csv").write_text("\n".join(["school_uid", *ids]), "utf-8")
    said = lms(DEACTIVATE, Exit.GUARDED)
    assert "--max-removals 11" in said
    assert not schoology.school.inactive


def test_a_new_year_and_comparing(lms: Lms, schoology: SchoologySandbox) -> None:
    start_the_year(lms)
    old = members(lms, "ALG1-1-2025")
    lms("lms import changed-people.csv --to schoology --update-existing")
    lms("lms import grading-periods-2026.csv --to schoology --kind grading-periods")
    said = lms("lms import people-2026.csv --to schoology --update-existing")
    assert "1 created, 1 updated, 4 unchanged" in said
    assert person(schoology, "S300").grad_year == "2030"
    lms("lms import sections-2026.csv --to schoology --kind sections")
    lms("lms import enrollments-2026.csv --to schoology --kind enrollments")
    assert members(lms, "ALG1-1-2026") == {("T100", "1"), ("S300", "0"), ("S304", "0")}
    assert members(lms, "ALG1-1-2025") == old
    # Read back, and compare.
    said = lms("lms import people-2026.csv --to schoology --update-existing --restart --dry-run")
    assert "0 created, 0 updated, 6 unchanged" in said
    lms("lms export schoology backup")
    # The administrator of the account has no school_uid.
    said = lms(
        "lms import backup/people.csv --to schoology --update-existing --dry-run", Exit.REJECTED
    )
    assert "0 created, 0 updated, 9 unchanged" in said
    assert "1 rejected" in said
    courses = read_results(Path("backup/courses.csv"))
    fields = ("course_code", "title", "building_id", "department")
    assert [{field: row[field] for field in fields} for row in courses] == read_results(
        Path("courses.csv")
    )


def test_a_list_is_edited_and_imported(lms: Lms, schoology: SchoologySandbox) -> None:
    lms("lms import buildings.csv --to schoology --kind buildings")
    lms("lms import people.csv --to schoology")
    lms("lms list people --from schoology --csv people-now.csv")
    listed = Path("people-now.csv")
    header, *rows = listed.read_text("utf-8-sig").splitlines()
    edited = [row.replace("lcorvessa@", "liadan@") for row in rows if "Strickland" not in row]
    listed.write_text("\n".join([header, *edited]), "utf-8-sig")
    said = lms("lms import people-now.csv --to schoology --update-existing")
    assert "1 updated, 7 unchanged" in said
    assert person(schoology, "S301").primary_email == "liadan@eastmere.example"
