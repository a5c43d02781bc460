"""Cells that name records of ManageBac."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lms_async.cli.target import find_kind
from manabac_async import ManageBac
from manabac_async.cli import target
from manabac_async.sandbox import School


async def find(client: ManageBac, kind: str, field: str, cells: Collection[str]) -> dict[str, Any]:
    found = await find_kind(target, kind).references[field].find(client, cells)
    return {cell: list(ids) for cell, ids in found.items()}


async def known(client: ManageBac, kind: str, field: str) -> list[str] | None:
    names = find_kind(target, kind).references[field].known
    return None if names is None else list(await names(client))


async def test_people_and_classes_are_found_by_the_ids_of_the_school(
    managebac: ManageBac, school: School
) -> None:
    student = next(iter(school.students.values()))
    one = school.add_class("C", uniq_id="7A-MATH")
    same = {"memberships": "student_id", "archive": "id", "children": "child_id"}
    cells = [student.student_id, student.email.upper(), str(student.id), "nobody"]
    for kind, field in same.items():
        found = await find(managebac, kind, field, cells)
        assert list(found.values()) == [[str(student.id)]] * 3 + [[]]
        assert await known(managebac, kind, field) is None
    assert await find(managebac, "leave-classes", "class_id", ["7a-math"]) == {
        "7a-math": [str(one.id)]
    }
    teacher = school.add_teacher("t@x.example", identifier="T1")
    found = await find(managebac, "class-teachers", "teacher_id", ["T1", "T@x.example"])
    assert list(found.values()) == [[str(teacher.id)]] * 2
    parent = school.add_parent("pp@x.example", identifier="P1")
    found = await find(managebac, "children", "parent_id", ["P1", "pp@x.example"])
    assert list(found.values()) == [[str(parent.id)]] * 2


async def test_unarchive_prefers_the_archived_student(managebac: ManageBac, school: School) -> None:
    active = school.add_student("a@x.example", student_id="X1")
    gone = school.add_student("b@x.example", student_id="X1", archived=True)
    assert await find(managebac, "archive", "id", ["X1"]) == {"X1": [str(active.id)]}
    assert await find(managebac, "unarchive", "id", ["X1"]) == {"X1": [str(gone.id)]}


async def test_year_groups_programs_and_grades_are_found_by_name(
    managebac: ManageBac, school: School
) -> None:
    group = next(iter(school.ib_groups.values()))
    assert await find(managebac, "students", "year_group_id", [group.name]) == {
        group.name: [str(group.id)]
    }
    assert group.name in (await known(managebac, "year-groups", "year_group_id") or ())
    assert await find(managebac, "classes", "program", ["IB MYP", "myp", "dp"]) == {
        "IB MYP": ["myp"],
        "myp": ["myp"],
        "dp": [],
    }
    assert await find(managebac, "classes", "grade_number", ["Grade 7", "8"]) == {
        "Grade 7": ["8"],
        "8": ["8"],
    }
    assert "Grade 11" in (await known(managebac, "classes", "grade_number") or ())


async def test_terms_and_subjects_are_found_by_program_and_name(
    managebac: ManageBac, school: School
) -> None:
    academics = school.academics
    (biology,) = (
        one for one in academics.subjects.values() if (one.program, one.name) == ("myp", "Biology")
    )
    cells = ["myp/Biology", "Biology", "Alchemy"]
    found = await find(managebac, "classes", "subject_id", cells)
    assert (found["myp/Biology"], found["Alchemy"]) == ([str(biology.id)], [])
    assert len(found["Biology"]) == 3  # one in each program
    names = await known(managebac, "classes", "start_term_id") or []
    assert "myp/2025-2026/Semester 1" in names
    found = await find(managebac, "classes", "end_term_id", [names[0], "Semester 1"])
    assert [len(ids) for ids in found.values()] == [1, 6]
