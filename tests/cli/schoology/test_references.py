"""Cells that name records of Schoology, and filters that do."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.kinds import Kind, Listing, Row
from schoology_async import Schoology
from schoology_async.cli import target
from schoology_async.sandbox import School, SchoologySandbox
from tests.schoology.rosters import PERIOD

KINDS = {kind.name: kind for kind in target.kinds}
LISTINGS = {listing.name: listing for listing in target.listings}


async def find(client: Schoology, kind: str, field: str, *cells: str) -> dict[str, list[str]]:
    found = await KINDS[kind].references[field].find(client, cells)
    return {cell: list(ids) for cell, ids in found.items()}


async def read(client: Schoology, listing: str, **filters: str) -> list[Row]:
    return [row async for row in LISTINGS[listing].read(client, filters)]


async def test_role_is_found_by_title_or_id(schoology: Schoology, school: School) -> None:
    school.roles.add("Student", role_type=2)
    found = await find(schoology, "people", "role_id", " student", "1213", "Janitor")
    assert found == {" student": ["1214"], "1213": ["1213"], "Janitor": []}
    known = KINDS["people"].references["role_id"].known
    assert known is not None
    assert "Student" in await known(schoology)


async def test_building_is_found_by_code_title_or_id(schoology: Schoology, school: School) -> None:
    own = str(school.school_id)
    north = school.buildings.add(own, title="North", building_code="N1").id
    twins = [school.buildings.add(own, title="Twin").id for _ in range(2)]
    found = await find(schoology, "people", "building_id", "n1", "North", north, "Twin", own)
    assert found == {"n1": [north], "North": [north], north: [north], "Twin": twins, own: [own]}
    assert (await find(schoology, "courses", "building_id", school.title))[school.title] == [own]


async def test_grading_periods_are_found_by_title(schoology: Schoology, school: School) -> None:
    reference = KINDS["sections"].references["grading_periods"]
    assert reference.several
    found = await find(schoology, "sections", "grading_periods", "this year", "435", "Never")
    assert found == {"this year": ["13011"], "435": ["435"], "Never": []}


async def test_courses_and_people_are_found_by_exact_code(
    schoology: Schoology, school: School
) -> None:
    course = next(iter(school.courses)).id
    assert await find(schoology, "sections", "course_code", "C", "c") == {"C": [course], "c": []}
    leaver = school.by_school_uid("S00002")
    assert leaver is not None
    school.delete(leaver.uid, keep_enrollments=True, email=False)
    active = school.by_school_uid("S00001")
    assert active is not None
    cells = ("S00001", "S00002", "S7", "a,b")
    found = await find(schoology, "deactivate", "school_uid", *cells)
    both = {"S00001": [active.uid], "S00002": [leaver.uid], "S7": [], "a,b": []}
    assert found == both
    assert await find(schoology, "reactivate", "school_uid", *cells) == both
    school.add(school_uid="S00002", uid="77")  # a new person with the id of one who left
    assert (await find(schoology, "deactivate", "school_uid", "S00002"))["S00002"] == ["77"]
    assert (await find(schoology, "reactivate", "school_uid", "S00002"))["S00002"] == [leaver.uid]
    assert await find(schoology, "deactivate", "school_uid", ",") == {",": []}


async def test_filters_take_names(schoology: Schoology, school: School) -> None:
    north = school.buildings.add(str(school.school_id), title="North").id
    school.add(school_uid="T1", role_id=1213, building_id=int(north))
    school.courses.add(title="Art", course_code="A", building_id=north)
    assert [row["school_uid"] for row in await read(schoology, "people", role_ids="teacher")] == [
        "T1"
    ]
    (person,) = await read(schoology, "people", building_id="North")
    assert (person["role_id"], person["building_id"]) == ("Teacher", "North")
    assert [row["course_code"] for row in await read(schoology, "courses", building_id=north)] == [
        "A"
    ]
    assert await read(schoology, "sections", building_id="North") == []


@pytest.mark.parametrize(
    ("listing", "filters", "message"),
    [
        ("people", {"role_ids": "Janitor"}, 'no roles "Janitor". It has Parent, School Admin'),
        ("people", {"building_id": "Sandbox Academy,344232"}, "takes one value"),
        ("sections", {"include_past": "yes"}, "must be 0 or 1"),
        ("enrollments", {"enrollment_status": "7"}, "takes 1, 2, 3, 4, 5"),
    ],
)
async def test_wrong_filter_is_named(
    schoology: Schoology, school: School, listing: str, filters: dict[str, str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        await read(schoology, listing, **filters)


async def existing(client: Schoology, kind: str, *keys: tuple[str, ...]) -> list[Row]:
    read_existing = KINDS[kind].read_existing
    assert read_existing is not None
    return [row async for row in read_existing(client, keys)]


async def test_existing_records_are_read_by_key(schoology: Schoology, school: School) -> None:
    own = str(school.school_id)
    course = next(iter(school.courses)).id
    for code in ("N", ""):
        school.buildings.add(own, title=f"North {code}", building_code=code)
    section = school.sections.by_school_code("C-0")
    student, parent = school.by_school_uid("S00000"), school.by_school_uid("S00001")
    assert section is not None
    assert student is not None
    assert parent is not None
    school.enrollments.add("section", section.id, student.uid, admin=1)
    school.parents.link(student.uid, parent.uid)
    for kind, keys, shown in (
        ("people", [("S00000",), ("S7",)], {"name_first": "Ada", "role_id": "1214"}),
        ("buildings", [(own, "N", "Other")], {"title": "North N", "school_id": own}),
        ("grading-periods", [("This year",)], {"start": "2020-08-01"}),
        ("courses", [("C",), ("B",)], {"title": "Course", "id": course}),
        (
            "sections",
            [("C-0", course, "", str(PERIOD))],
            {"title": "Section 0", "course_id": course},
        ),
        ("sections", [("", course, "1", str(PERIOD))], {"id": str(int(section.id) + 2)}),
        ("enrollments", [("C-0", "S00000"), ("C-1", "S00000")], {"admin": "1", "delete": "0"}),
        ("parents", [("S00000", "S00001"), ("S00000", "S00002")], {"id": student.uid}),
    ):
        (row,) = await existing(schoology, kind, *keys)
        assert row.items() >= shown.items(), kind
        key = _identity(KINDS[kind], row)
        assert key in {KINDS[kind].normalize_key(one) for one in keys}


def _identity(kind: Kind, row: Row) -> Any:
    fields = [
        kind.references[name].becomes or name if name in kind.references else name
        for name in kind.key
    ]
    return kind.normalize_key(tuple(row.get(name, "") for name in fields))


async def test_listings_without_a_kind(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    leaver = school.by_school_uid("S00002")
    assert leaver is not None
    school.delete(leaver.uid, keep_enrollments=True, email=False)
    school.groups.add(title="Chess")
    assert [row["title"] for row in await read(schoology, "roles")][:2] == [
        "Parent",
        "School Admin",
    ]
    assert [row["title"] for row in await read(schoology, "schools")] == [school.title]
    assert [row["title"] for row in await read(schoology, "groups")] == ["Chess"]
    assert [row["school_uid"] for row in await read(schoology, "inactive")] == ["S00002"]


def test_all_listings_can_be_imported_except_these() -> None:
    def imported_as(listing: Listing) -> bool:
        return listing.imported_as is not None

    assert {name for name, one in LISTINGS.items() if not imported_as(one)} == {
        *("roles", "schools", "groups", "inactive"),
    }


async def test_sections_and_their_people_are_read_together(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    for number in range(9):
        course = school.courses.add(title="Course", course_code=f"D{number}")
        fields = {"title": "One", "section_code": "1", "grading_periods": [13011]}
        school.sections.add(course.id, fields)
    assert len(await read(schoology, "sections")) == 11
    schoology_sandbox.log.clear()
    assert await read(schoology, "enrollments") == []
    assert schoology_sandbox.log.count("GET") == 1  # the courses
    assert schoology_sandbox.log.count("POST", "multiget") == 2
