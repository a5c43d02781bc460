"""A roster from Python objects is checked like one from files."""

from __future__ import annotations

import pytest

from lms_async.roster import (
    Course,
    Enrollment,
    IterableSource,
    Mode,
    Org,
    Person,
    ReadingReport,
    Relationship,
    Section,
    SourceRefused,
)

from .reading import problems, read

SCHOOL = Org(id="s1", name="North", type="school")
ADA = Person(id="p1", given_name=" Ada ", family_name="Ekpo")
FEMI = Person(id="p2", given_name="Femi", family_name="Ekpo")
COURSE = Course(id="c1", title="Algebra")
SECTION = Section(id="k1", title="Algebra 1", course_id="c1", org_id="s1")
MEMBER = Enrollment(section_id="k1", person_id="p1", role="student")
PARENT = Relationship(person_id="p1", other_id="p2", kind="parent")


def test_records_are_given_in_order_and_only_given_kinds_are_covered() -> None:
    source = IterableSource(
        relationships=[PARENT],
        enrollments=iter([MEMBER, MEMBER]),
        sections=[SECTION],
        courses=[COURSE],
        people=(one for one in (ADA, FEMI)),
        orgs=[SCHOOL],
    )
    records, report = read(source)

    assert records == [SCHOOL, ADA, FEMI, COURSE, SECTION, MEMBER, MEMBER, PARENT]
    assert problems(report) == []
    assert report.coverage["terms"].mode is Mode.ABSENT
    assert report.coverage["people"].whole
    assert ADA.given_name == "Ada"


def test_blank_ids_and_orphans_are_rejected() -> None:
    source = IterableSource(
        people=[ADA, Person(id=" ", given_name="Dai", family_name="Abel")],
        sections=[SECTION],
        enrollments=[
            MEMBER,
            Enrollment(section_id="k1", person_id="p9", role="student"),
            Enrollment(section_id="", person_id="p1", role="student"),
        ],
        relationships=[PARENT],
    )
    records, report = read(source)

    assert records == [ADA, SECTION, MEMBER]
    assert problems(report) == [
        "people 2 id blank rejected",
        "enrollments 2 person_id orphan rejected",
        "enrollments 3 section_id blank rejected",
        "relationships 1 other_id orphan rejected",
    ]
    assert report.coverage["enrollments"].orphans == 1
    assert report.coverage["people"].reasons == ["rejected_rows"]


def test_an_equal_record_is_given_once_and_a_different_one_refused() -> None:
    records, report = read(IterableSource(people=[ADA, ADA]))
    assert records == [ADA]
    assert problems(report) == ["people 2 id same_record_twice accepted"]

    other = Person(id="p1", given_name="Ben", family_name="Ito")
    with pytest.raises(SourceRefused, match="people, line 2"):
        read(IterableSource(people=[ADA, other]))


def test_something_else_than_the_kind_is_refused() -> None:
    with pytest.raises(SourceRefused, match="a str, not a Person"):
        list(IterableSource(people=["p1"]).read(ReadingReport()))  # type: ignore[list-item]
