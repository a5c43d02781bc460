"""The entries of a ManageBac account: keys, words, and what must not be changed."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from lms_async import Unauthorized
from lms_async.errors import KindUnreadable
from lms_async.roster import Entry
from lms_async.roster.entries import join
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.roster.terms import Terms
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import DAY, prepared


async def read(client: ManageBac) -> dict[tuple[str, str], Entry]:
    target = ManageBacRoster(client, school="N")
    return {(one.kind, one.key): one async for one in target.snapshot(DAY)}


def add_class(school: School, uniq_id: str, terms: slice, **more: object) -> int:
    ids = list(school.terms)[terms]
    subject = next(iter(school.academics.subjects))
    return school.add_class(
        f"Class {uniq_id}",
        uniq_id=uniq_id,
        program_code="diploma",
        subject_ids=[subject],
        start_term_id=ids[0],
        end_term_id=ids[-1],
        **more,
    ).id


THIS_YEAR, SECOND_SEMESTER, LAST_YEAR = slice(2, 4), slice(3, 4), slice(0, 2)


async def test_keys_words_and_what_is_in_use(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = managebac_sandbox.school = prepared()
    ada = school.add_student(
        "ada@x.example", student_id=" p1 ", first_name="Ada", nickname="A", phone_number="1"
    )
    ada.extra["identifier"] = "another"
    school.move_to_ib_group(next(iter(school.ib_groups)), ada.id)
    gone = school.add_student("gone@x.example", student_id="p2", archived=True)
    teacher = school.add_teacher("t@x.example", identifier="t1")
    school.add_teacher("admin@x.example", identifier="t2", admin=True)
    school.add_parent("g@x.example", identifier="g1", children=[ada.id, gone.id])
    room = add_class(school, " k1 ", THIS_YEAR)
    add_class(school, "k2", SECOND_SEMESTER)
    past, archived = (
        add_class(school, "k3", LAST_YEAR),
        add_class(school, "k4", THIS_YEAR, archived=True),
    )
    for class_id in (room, past, archived):
        school.enrol(class_id, ada.id, level="HL")
        school.teach(class_id, teacher.id)
    school.enrol(room, gone.id)

    found = await read(managebac)
    assert {entry.org for entry in found.values()} == {"N"}
    student = found["people", "p1"]
    assert (student.vendor_id, student.active) == (f"students/{ada.id}", True)
    assert {name: value for name, value in student.fields.items() if value} == {
        "given_name": "Ada",
        "preferred_given_name": "A",
        "email": "ada@x.example",
        "phone": "1",
        "role": "student",
        "year_group": "Diploma 2099 (Grade 11)",
    }
    assert not found["people", "p2"].active
    assert found["people", "t1"].fields["role"] == "teacher"
    assert [key for key, entry in found.items() if entry.locked] == [
        ("people", "t2"),
        ("sections", "k3"),
    ]
    # The link of an archived child is not in use.
    assert found["relationships", join("p1", "g1", "guardian")].active
    assert not found["relationships", join("p2", "g1", "guardian")].active
    assert found["sections", "k1"].fields == {
        "title": "Class  k1",
        "subject": "Biology",
        "terms": join("2020-2099", "2020-2099 Semester 1", "2020-2099 Semester 2"),
    }
    assert found["sections", "k2"].fields["terms"] == join("2020-2099", "2020-2099 Semester 2")
    assert {key: entry.active for (kind, key), entry in found.items() if kind == "sections"} == {
        "k1": True,
        "k2": True,
        "k3": False,
        "k4": False,
    }
    # The members of archived and past classes stay in them.
    enrollments = [entry for (kind, _), entry in found.items() if kind == "enrollments"]
    assert [(one.key, one.fields["role"], one.vendor_id) for one in enrollments] == [
        (join("k1", "p1"), "student", f"students/{room}/{ada.id}"),
        (join("k1", "t1"), "teacher", f"teachers/{room}/{teacher.id}"),
    ]


async def test_school_is_read_in_few_requests(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.school = School.seeded(
        students=450, teachers=30, parents=250, classes=20, members=45, seed=1
    )
    entries = [one async for one in ManageBacRoster(managebac).snapshot(DAY)]
    kinds = Counter(entry.kind for entry in entries)
    assert (kinds["people"], kinds["sections"]) == (730, 20)
    assert Counter(seen.path for seen in managebac_sandbox.log) == {
        "year-groups": 2,
        "students": 3,
        "teachers": 1,
        "parents": 2,
        "school/academic-years": 1,
        "classes": 2,
        "memberships": 5,
    }


@pytest.mark.parametrize(
    ("path", "kind", "others"),
    [
        ("year-groups", "people", "enrollments, relationships"),
        ("parents", "people", "enrollments, relationships"),
        ("school/academic-years", "sections", "enrollments"),
        ("memberships", "enrollments", ""),
    ],
)
async def test_missing_permission_names_the_kinds_that_can_not_be_planned(
    path: str, kind: str, others: str, managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.error(403, path=path))
    with pytest.raises(KindUnreadable) as caught:
        await read(managebac)
    assert f"may not read {kind} " in str(caught.value)
    assert others in str(caught.value)


async def test_words_that_cannot_be_read(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.error(401, path="school/subjects"))
    with pytest.raises(Unauthorized):
        await ManageBacRoster(managebac).words()


async def test_terms_without_years_and_dates(managebac: ManageBac) -> None:
    terms = Terms({})
    assert (terms.words(), terms.words_of("1", None), terms.is_over(None, DAY)) == (
        {},
        [],
        False,
    )


async def test_day_of_the_plan_decides_which_classes_are_over(
    managebac: ManageBac, school: School
) -> None:
    add_class(school, "k1", slice(2, 4))
    target = ManageBacRoster(managebac)
    found = {
        day.year: one.active
        for day in (DAY, date(2100, 1, 1))
        async for one in target.snapshot(day)
        if one.kind == "sections"
    }
    assert found == {DAY.year: True, 2100: False}
