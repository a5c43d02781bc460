"""Each listing of ManageBac, and the records that a dry run compares with a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.target import find_kind
from manabac_async import ManageBac
from manabac_async.cli import target
from manabac_async.cli.target import KINDS, LISTINGS
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.rosters import queries

from .conftest import Run
from .test_kinds import class_row


async def rows_of(
    client: ManageBac, name: str, filters: Mapping[str, str] | None = None
) -> list[Mapping[str, str]]:
    (listing,) = (listing for listing in LISTINGS if listing.name == name)
    assert set(filters or {}) <= listing.filters.keys()
    return [row async for row in listing.read(client, filters or {})]


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
async def test_each_listing_has_rows_of_text_in_its_columns(
    managebac: ManageBac, school: School, listing: Any
) -> None:
    school.teach(next(iter(school.classes)), next(iter(school.teachers)))
    rows = await rows_of(managebac, listing.name)
    assert rows
    columns = set(listing.columns)
    assert all(row.keys() <= columns for row in rows)
    assert all(isinstance(cell, str) for row in rows for cell in row.values())


async def test_students_are_listed_with_names_that_fit_another_account(
    managebac: ManageBac, school: School
) -> None:
    (row,) = await rows_of(managebac, "students", {"q": "student1@school.example"})
    student = school.by_email("student1@school.example")
    assert student is not None
    (group,) = (one for one in school.ib_groups.values() if student.id in one.student_ids)
    teacher = school.teachers[student.homeroom_advisor or 0]
    assert (row["id"], row["student_id"]) == (str(student.id), "10001")
    assert (row["year_group_id"], row["homeroom_advisor_id"]) == (group.name, teacher.email)
    assert row["archived"] == "0"


@pytest.mark.parametrize(
    ("name", "filters", "path", "sent"),
    [
        ("teachers", {"archived": "1"}, "teachers", {"archived": ["1"]}),
        ("students", {"status": "withdrawn"}, "students", {"status": ["withdrawn"]}),
        ("classes", {"archived": "1"}, "classes", {"archived": ["1"]}),
        (
            "parents",
            {"modified_since": "2026-09-01", "q": "smith"},
            "parents",
            {"modified_since": ["2026-09-01T00:00:00Z"], "q": ["smith"]},
        ),
        (
            "memberships",
            {"classes": "active", "users": "active", "class_happens_on": "2026-02-01"},
            "memberships",
            {"classes": ["active"], "users": ["active"], "class_happens_on": ["2026-02-01"]},
        ),
        ("terms", {"active": "1"}, "school/academic-years", {"active": ["1"]}),
        (
            "classes",
            {"deleted_since": "2026-09-01T08:00:00+02:00"},
            "classes",
            {"deleted_since": ["2026-09-01T06:00:00Z"]},
        ),
    ],
)
async def test_filters_are_those_of_the_vendor(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    name: str,
    filters: dict[str, str],
    path: str,
    sent: dict[str, list[str]],
) -> None:
    await rows_of(managebac, name, filters)
    assert any(sent.items() <= query.items() for query in queries(managebac_sandbox, path))


async def test_a_filter_takes_the_ids_of_the_school(managebac: ManageBac, school: School) -> None:
    class_id, other = list(school.classes)[:2]
    school.classes[class_id].uniq_id = "7A"
    school.teach(class_id, next(iter(school.teachers)))
    rows = await rows_of(managebac, "memberships", {"class_ids": f"7A,{other}"})
    assert {row["managebac_class_id"] for row in rows} == {str(class_id), str(other)}
    assert {row.get("class_id") for row in rows} == {"7A", None}
    assert {int(row["managebac_student_id"]) for row in rows} <= school.students.keys()


@pytest.mark.parametrize(
    ("name", "filters", "message"),
    [
        ("students", {"archived": "yes"}, "archived must be 0 or 1"),
        ("students", {"status": "gone"}, "status must be enrolled or withdrawn or graduated"),
        ("students", {"modified_since": "yesterday"}, "modified_since must be a date or a time"),
        ("students", {"year_group_ids": "Class of 1066"}, "no year groups"),
        ("memberships", {"class_happens_on": "1/2/2026"}, "must be a date"),
    ],
)
async def test_wrong_filter_values(
    managebac: ManageBac, school: School, name: str, filters: dict[str, str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        await rows_of(managebac, name, filters)


async def test_existing_records_are_read_by_their_keys(
    managebac: ManageBac, school: School
) -> None:
    student, teacher = next(iter(school.students.values())), next(iter(school.teachers.values()))
    parent = next(one for one in school.parents.values() if one.kin)
    class_id = next(iter(school.classes))
    school.classes[class_id].uniq_id = "C1"
    school.teach(class_id, teacher.id)
    member = next(iter(school.members(class_id)))
    (group_id,) = (one.id for one in school.ib_groups.values() if student.id in one.student_ids)
    link = {"parent_id": str(parent.id), "child_id": str(parent.kin[0])}
    expected = {
        "students": (
            (student.student_id,),
            {"email": student.email, "year_group_id": str(group_id)},
        ),
        "teachers": ((teacher.email.upper(),), {"email": teacher.email}),
        "parents": ((parent.email,), {"email": parent.email}),
        "children": (tuple(link.values()), link),
        "classes": (("C1",), {"uniq_id": "C1"}),
        "class-teachers": ((str(class_id), str(teacher.id)), {"teacher_id": str(teacher.id)}),
        "memberships": ((str(class_id), str(member)), {"student_id": str(member)}),
        "year-groups": ((str(student.id),), {"year_group_id": str(group_id)}),
    }
    assert expected.keys() == {
        kind.name for kind in KINDS if kind.read_existing is not None and not kind.switches
    }
    for name, (key, shown) in expected.items():
        kind = find_kind(target, name)
        assert kind.read_existing is not None
        rows = [
            row
            async for row in kind.read_existing(managebac, [key])
            if shown.items() <= row.items()
        ]
        assert len(rows) == 1, name
        assert rows[0].keys() <= kind.fields.keys() | {"id"}, name


async def test_records_that_a_removal_counts(managebac: ManageBac, school: School) -> None:
    school.add_student("gone@x.example", archived=True)
    counted = {
        kind.name: await kind.count_existing(managebac)
        for kind in KINDS
        if kind.count_existing is not None
    }
    assert counted == {
        "leave-classes": sum(len(school.members(id_)) for id_ in school.classes)
        + sum(len(school.class_teachers(id_)) for id_ in school.classes),
        "archive": 12,
        "archive-teachers": len(school.teachers),
        "archive-parents": 6,
        "archive-classes": 5,
    }


async def test_a_listed_class_can_be_imported_again(
    managebac: ManageBac, school: School, run: Run
) -> None:
    """References are resolved as ``lms import`` does it, and the class is then unchanged."""
    await run("classes", [class_row(school, "C1", hl="true", name="Biology HL")])
    (row,) = [row for row in await rows_of(managebac, "classes") if row.get("uniq_id") == "C1"]
    kind = find_kind(target, "classes")
    given = {name: row[name] for name in kind.fields if name in row}
    for field, reference in kind.references.items():
        if field in given:
            (given[field],) = (await reference.find(managebac, [given[field]]))[given[field]]
    assert given["start_term_id"].isdecimal()
    assert (given["sl"], given["hl"]) == ("true", "true")
    kind.check_row(given)
    assert kind.read_existing is not None
    (existing,) = [one async for one in kind.read_existing(managebac, [("C1",)])]
    assert existing == {**given, "id": row["id"]}


@pytest.mark.parametrize("kind", ["memberships", "class-teachers"])
async def test_class_without_an_id_of_the_school_cannot_be_imported_again(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, run: Run, kind: str
) -> None:
    """In another account, ManageBac's id of the class can be the id of another class."""
    named, unnamed = list(school.classes)[:2]
    school.classes[named].uniq_id = "7A"
    for class_id in (named, unnamed):
        school.teach(class_id, next(iter(school.teachers)))
    rows = await rows_of(managebac, kind)
    shown = {row["managebac_class_id"]: row["class_id"] for row in rows if "class_id" in row}
    assert shown[str(named)] == "7A"
    assert str(unnamed) not in shown
    assert str(unnamed) in {row["managebac_class_id"] for row in rows}
    rejected = [number for number, row in enumerate(rows, 2) if "class_id" not in row]
    ran = await run(kind, rows, dry_run=True)
    assert ran.code == Exit.REJECTED
    assert f"Row {rejected[0]} rejected (invalid): class_id: is needed: the uniq_id" in ran.err
    assert ran.summary is not None
    assert ran.summary.counts["rejected"] == len(rejected)
