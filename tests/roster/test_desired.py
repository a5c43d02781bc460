"""What a school's records become on a day: entries, or left alone for a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.roster import (
    Entry,
    IterableSource,
    Keys,
    LeftAlone,
    OneRosterSource,
    Org,
    ReadingReport,
    Reason,
    Relationship,
    Role,
    RosterMapping,
    Severity,
    Source,
    Term,
)
from lms_async.roster.comparing.desired import Desired
from lms_async.roster.entries import join
from tests.roster.bundles import manifest, write_texts
from tests.roster.reading import FILES, with_line
from tests.roster.records import ADA, ALGEBRA, DAY, FALL, MAPPING, NORTH, ROOM, SCHOOL, SEAT, YEAR


class Read:
    """A source that was read: its entries, and what is left alone."""

    def __init__(self, source: Source, mapping: RosterMapping = MAPPING, day: date = DAY) -> None:
        self.report = ReadingReport()
        self.desired = Desired(mapping, day, self.report)
        self.entries = list(self.desired.entries(source.read(self.report)))
        self.left_alone = list(self.desired.left_alone())

    def only(self, kind: str) -> Entry:
        (found,) = (entry for entry in self.entries if entry.kind == kind)
        return found

    def count(self, kind: str) -> int:
        """Count entries, deleted records and those that are left alone."""
        return (
            sum(entry.kind == kind for entry in self.entries)
            + self.desired.deleted[kind]
            + sum(one.records for one in self.left_alone if one.kind == kind and not one.detail)
        )


def school(mapping: RosterMapping = MAPPING, day: date = DAY, **kinds: list[Any]) -> Read:
    return Read(IterableSource(**{**SCHOOL, **kinds}), mapping, day)


def test_records_become_entries_by_keys_of_the_vendor() -> None:
    mapping = attrs.evolve(
        MAPPING,
        keys=Keys(people="identifier", courses="code"),
        terms={"Fall": "Fall 2026"},
        buildings={"s1": "NORTH"},
        course_prefixes={"N": "N-"},
        year_in_section_keys=True,
        last_grade=12,
    )
    guardian = attrs.evolve(ADA, id="p2", identifier="2001", roles=(Role(role="guardian"),))
    link = Relationship(person_id="p1", other_id="p2", kind="parent")
    read = school(mapping, people=[ADA, guardian], relationships=[link])
    assert [(entry.kind, entry.key, entry.org) for entry in read.entries] == [
        ("orgs", "NORTH", "NORTH"),
        ("terms", "2026-2027", ""),
        ("terms", "Fall 2026", ""),
        ("people", "1001", "NORTH"),
        ("people", "2001", "NORTH"),
        ("courses", "N-ALG", "NORTH"),
        ("sections", "k1-2027", "NORTH"),
        ("enrollments", join("k1-2027", "1001"), "NORTH"),
        ("relationships", join("1001", "2001", "guardian"), "NORTH"),
    ]
    assert read.only("sections").fields["course"] == "N-ALG"
    assert read.only("sections").fields["terms"] == "Fall 2026"
    assert read.only("enrollments").fields["role"] == "member"
    ada, other = (entry.fields for entry in read.entries if entry.kind == "people")
    assert (ada["role"], ada["graduation_year"]) == ("Student", "2030")
    assert "graduation_year" not in other
    # The source does not state an e-mail address, so the vendor keeps its own.
    assert "email" not in ada
    assert read.left_alone == []
    assert not read.desired.incomplete


@pytest.mark.parametrize(
    ("begins", "ends", "is_wanted"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 10, 2), None, False),
        (None, date(2026, 9, 30), False),
    ],
)
def test_dates_decide_who_is_enrolled(
    begins: date | None, ends: date | None, is_wanted: bool
) -> None:
    read = school(enrollments=[attrs.evolve(SEAT, begins=begins, ends=ends)])
    if is_wanted:
        assert read.only("enrollments").active
        return
    assert read.left_alone == [LeftAlone(kind="enrollments", org="N", reason=Reason.NOT_ENROLLED)]
    # The person has left the section, so the vendor's enrollment may be removed.
    assert not read.desired.incomplete


def test_unknown_roles_are_left_alone_and_all_are_counted() -> None:
    aides = [attrs.evolve(ADA, id=f"a{n}", roles=(Role(role="aide"),)) for n in range(3)]
    nurse = attrs.evolve(ADA, id="n1", roles=(Role(role="nurse"),))
    seats = [SEAT, attrs.evolve(SEAT, person_id="a1", role="proctor")]
    read = school(people=[ADA, *aides, nurse], enrollments=seats)
    locked = {entry.key: entry.locked for entry in read.entries if entry.kind == "people"}
    unknown = Reason.UNKNOWN_ROLE
    assert locked == {"p1": "", "a0": unknown, "a1": unknown, "a2": unknown, "n1": unknown}
    assert [e.locked for e in read.entries if e.kind == "enrollments"] == ["", unknown]
    texts = [str(p) for p in read.report.problems if p.severity is Severity.WARNING]
    assert "aide (3), nurse (1)" in texts[0]
    assert "proctor (1)" in texts[1]
    # The vendor's records stay, so removals of others are allowed.
    assert not read.desired.incomplete


def test_role_that_counts_if_a_person_has_several() -> None:
    past = Role(role="guardian", primary=True, ends=date(2026, 9, 30))
    roles = (past, Role(role="student", org_id="s1"), Role(role="teacher", org_id="s2"))
    people = [attrs.evolve(ADA, roles=roles, org_ids=("s2", "s1"))]
    first = school(people=people).only("people")
    assert (first.fields["role"], first.org) == ("Student", "N")
    assert first.fields["other_schools"] == "s2"
    ordered = attrs.evolve(MAPPING, role_order=("guardian", "teacher"))
    second = school(ordered, people=people).only("people")
    assert (second.fields["role"], second.org) == ("Teacher", "s2")
    assert school(people=[attrs.evolve(ADA, roles=(past,))]).only("people").locked == Reason.NO_ROLE


def test_person_who_may_not_sign_in_is_not_wanted() -> None:
    assert not school(people=[attrs.evolve(ADA, enabled=False)]).only("people").active


def test_order_of_several_values_is_no_difference() -> None:
    one, two = (
        school(sections=[attrs.evolve(ROOM, periods=periods)]).only("sections")
        for periods in (("2", "1"), ("1", "2", "1"))
    )
    assert one == two


def test_section_that_is_over_stays_as_it_is() -> None:
    read = school(day=date(2027, 2, 1))
    assert read.only("sections").locked == Reason.ENDED
    assert LeftAlone(kind="terms", reason=Reason.ENDED) in read.left_alone
    assert not read.desired.incomplete


def test_records_without_a_key_make_their_kind_incomplete() -> None:
    mapping = attrs.evolve(MAPPING, keys=Keys(people="identifier"), year_in_section_keys=True)
    read = school(mapping, people=[attrs.evolve(ADA, identifier=" ")], terms=[FALL])
    assert read.only("people").key == ""
    assert [(one.kind, one.reason) for one in read.left_alone] == [
        ("enrollments", Reason.NO_PARENT),
        ("sections", Reason.NO_SCHOOL_YEAR),
    ]
    assert read.desired.incomplete == {"people", "sections", "enrollments"}


def test_an_enrollment_of_a_person_without_a_key_has_no_key() -> None:
    mapping = attrs.evolve(MAPPING, keys=Keys(people="identifier"))
    read = school(mapping, people=[attrs.evolve(ADA, identifier="")])
    assert read.only("enrollments").key == ""
    assert read.desired.incomplete == {"people", "enrollments"}


def test_keys_have_no_blanks_around_them() -> None:
    mapping = attrs.evolve(
        MAPPING,
        keys=Keys(courses="code"),
        terms={"Fall": " Autumn "},
        buildings={"s1": " N "},
        course_prefixes={"s1": " X"},
    )
    read = school(mapping)
    keys = {one.kind: one.key for one in read.entries if one.kind in ("orgs", "terms", "courses")}
    assert keys == {"orgs": "N", "terms": "Autumn", "courses": "XALG"}


def test_only_schools_are_wanted_of_the_orgs() -> None:
    district = Org(id="d1", name="District", type="district")
    read = school(orgs=[district, NORTH])
    assert read.only("orgs").key == "N"
    assert read.left_alone == [LeftAlone(kind="orgs", org="d1", reason=Reason.NOT_A_SCHOOL)]


@pytest.mark.parametrize(
    ("grades", "terms", "reason"),
    [
        (("09", "10"), [YEAR, FALL], Reason.NO_GRADE),
        (("PS",), [YEAR, FALL], Reason.NO_GRADE),
        (("09",), [FALL], Reason.NO_SCHOOL_YEAR),
    ],
)
def test_graduation_year_that_is_unknown_is_counted(
    grades: tuple[str, ...], terms: list[Term], reason: Reason
) -> None:
    mapping = attrs.evolve(MAPPING, last_grade=13)
    read = school(mapping, people=[attrs.evolve(ADA, grades=grades)], terms=terms)
    left = LeftAlone(kind="people", org="N", reason=reason, detail="graduation_year")
    assert read.left_alone == [left]


def test_every_row_of_a_file_is_an_entry_or_is_listed(tmp_path: Path) -> None:
    rows = FILES["enrollments"]
    for row in (
        "e3,,,k1,s1,p1,student,false,,2026-09-01",
        "e4,tobedeleted,,k1,s1,p1,student,false,,",
        "e5,,,k1,s1,p9,student,false,,",
        "e6,,,k1,s1,p3,proctor,false,,",
    ):
        rows = with_line(rows, 8 * " " + row)
    read = Read(OneRosterSource(write_texts(tmp_path, **{**FILES, "enrollments": rows})))
    assert LeftAlone(kind="orgs", org="d1", reason=Reason.NOT_A_SCHOOL) in read.left_alone
    for kind, coverage in read.report.coverage.items():
        assert read.count(kind) == coverage.rows - coverage.rejected, kind
    assert read.report.of("enrollments").rejected == 1
    assert read.desired.deleted == {"enrollments": 1}


CHANGES = {
    "users": """
        sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
        p1,tobedeleted,2026-09-30T08:00:00Z,true,s1,student,ada,,Ada,Ekpo,,1001,,,,,09,
    """,
    "enrollments": """
        sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
        e1,active,2026-09-30T08:00:00Z,k1,s1,p2,student,false,,
        e2,active,2026-09-30T08:00:00Z,k1,s1,p3,student,false,,2026-09-30
        e3,tobedeleted,2026-09-30T08:00:00Z,k1,s1,p4,student,false,,
    """,
}


def test_list_of_changes_says_what_is_no_longer_wanted(tmp_path: Path) -> None:
    stated = manifest(CHANGES, mode="delta")
    source = OneRosterSource(write_texts(tmp_path, **CHANGES, manifest=stated))
    assert [(e.kind, e.key, e.active) for e in Read(source).entries] == [
        ("people", "p1", False),
        ("enrollments", join("k1", "p2"), True),
        ("enrollments", join("k1", "p3"), False),
        ("enrollments", join("k1", "p4"), False),
    ]
    # The ids say nothing about other keys.
    read = Read(source, attrs.evolve(MAPPING, keys=Keys(people="identifier")))
    assert read.entries == []
    assert [(one.kind, one.reason, one.records) for one in read.left_alone] == [
        ("enrollments", Reason.DELETED_WITHOUT_KEY, 1),
        ("enrollments", Reason.NO_PARENT, 2),
        ("people", Reason.DELETED_WITHOUT_KEY, 1),
    ]


@pytest.mark.parametrize("course", ["c1", "ALG"])
def test_subject_and_year_group_are_the_words_of_the_vendor(course: str) -> None:
    mapping = attrs.evolve(
        MAPPING, grades={"09": "Class of 2030", "10": "Class of 2029"}, subjects={course: "Maths"}
    )
    read = school(mapping, courses=[attrs.evolve(ALGEBRA, grades=("10",))])
    assert read.only("people").fields["year_group"] == "Class of 2030"
    section = read.only("sections").fields
    assert (section["subject"], section["year_group"]) == ("Maths", "Class of 2029")
    # The grade of the section counts more than that of its course.
    read = school(mapping, sections=[attrs.evolve(ROOM, grades=("09",))])
    assert read.only("sections").fields["year_group"] == "Class of 2030"
    assert read.left_alone == []


@pytest.mark.parametrize("grades", [("11",), ("09", "10")])
def test_grade_without_a_year_group_is_counted(grades: tuple[str, ...]) -> None:
    mapping = attrs.evolve(MAPPING, grades={"09": "Class of 2030", "10": "Class of 2029"})
    teacher = attrs.evolve(ADA, id="p2", roles=(Role(role="teacher"),), grades=grades)
    read = school(mapping, people=[attrs.evolve(ADA, grades=grades), teacher])
    left = LeftAlone(kind="people", org="N", reason=Reason.UNKNOWN_GRADE, detail="year_group")
    assert read.left_alone == [left]
    assert not any("year_group" in entry.fields for entry in read.entries)


def test_course_of_a_district_has_no_school() -> None:
    district = Org(id="d1", name="District", type="district", code="D")
    records = {"orgs": [district, NORTH], "courses": [attrs.evolve(ALGEBRA, org_id="d1")]}
    read = school(**records)
    course = read.only("courses")
    assert (course.org, "school" in course.fields) == ("", False)
    assert read.only("sections").org == read.only("enrollments").org == "N"
    # The vendor may have a building that stands for the district.
    named = attrs.evolve(MAPPING, buildings={"D": "Head Office"})
    course = school(named, **records).only("courses")
    assert course.org == course.fields["school"] == "Head Office"


@pytest.mark.parametrize(
    ("day", "nearest"),
    [
        (date(2026, 8, 17), ""),
        (date(2027, 1, 15), ""),
        (date(2027, 1, 16), "Fall, from 2026-08-17 to 2027-01-15"),
        (date(2027, 7, 1), "Next Fall, from 2027-08-16 to 2028-01-14"),
    ],
)
def test_day_that_is_in_no_term_is_reported_with_the_nearest_term(day: date, nearest: str) -> None:
    dates = {"starts": date(2027, 8, 16), "ends": date(2028, 1, 14)}
    later = attrs.evolve(FALL, id="t2", title="Next Fall", **dates)

    def reported(*terms: Term) -> list[str]:
        problems = school(terms=list(terms), day=day).report.problems
        return [one.text for one in problems if one.code == "day_without_term"]

    found = reported(YEAR, FALL, later)
    assert len(found) == bool(nearest)
    assert all(nearest in text and str(day) in text for text in found)
    # A term without days is not far away.
    assert reported(YEAR) == []


@pytest.mark.parametrize(
    "role", ["administrator", "siteAdministrator", "systemAdministrator", "sysadmin"]
)
def test_administrators_are_left_alone_and_not_reported_as_untranslated(role: str) -> None:
    read = school(people=[attrs.evolve(ADA, roles=(Role(role=role, org_id="s1"),))])
    assert read.only("people").locked == Reason.ADMINISTRATOR
    assert read.report.problems == []
