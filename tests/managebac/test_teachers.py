"""``managebac.teachers``, through a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import InvalidInput, NotFound
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School

from .rosters import filled, queries


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


async def test_list(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    first, second, *_ = school.teachers.values()
    second.archived = True
    listed = {teacher.id: teacher for teacher in await managebac.teachers.list(per_page=3)}
    assert {id_: one.email for id_, one in listed.items()} == {
        str(known.id): known.email for known in school.teachers.values()
    }
    assert listed[str(first.id)].role == "Advisor"
    assert [one.id for one in await managebac.teachers.list(archived=True)] == [str(second.id)]
    assert [one.id for one in await managebac.teachers.list(q=first.email)] == [str(first.id)]
    assert [one.id for one in await managebac.teachers.list(ids=[first.id])] == [str(first.id)]
    assert queries(managebac_sandbox, "teachers")[-1] == {"ids[]": [str(first.id)]}


async def test_get(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers.values()))
    known.fields["programs"] = ["100_120"]
    teacher = await managebac.teachers.get(known.id)
    assert (teacher.id, teacher.programs) == (str(known.id), ("100_120",))
    with pytest.raises(NotFound):
        await managebac.teachers.get(424242)


async def test_create(managebac: ManageBac, school: School) -> None:
    teacher = await managebac.teachers.create(
        {"email": "mei@school.example", "last_name": "Tanaka", "identifier": "T1"},
        send_welcome_email=True,
    )
    known = school.teachers[int(teacher.id or 0)]
    assert (known.email, known.fields["identifier"]) == ("mei@school.example", "T1")
    assert school.welcome_mails == [known.id]
    student: Any = {"email": "x@school.example", "last_name": "X", "student_id": "S1"}
    with pytest.raises(InvalidInput):
        await managebac.teachers.create(student)


async def test_update(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers.values()))
    assert (await managebac.teachers.update(known.id, {"gender": "Female"})).gender == "Female"
    assert known.fields["gender"] == "Female"


async def test_archive_and_unarchive(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers.values()))
    await managebac.teachers.archive(known.id)
    assert known.archived
    await managebac.teachers.unarchive(known.id)
    assert not known.archived
    with pytest.raises(NotFound):
        await managebac.teachers.archive(424242)


async def test_send_welcome_email(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers))
    await managebac.teachers.send_welcome_email(known)
    assert school.welcome_mails == [known]


async def test_classes(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers))
    first, second, third, *_ = school.classes
    for class_id in school.classes:
        school.leave(class_id, known)
    school.teach(first, known, show_on_reports=True)
    school.teach(second, known, show_on_reports=False)
    school.teach(third, known)
    school.classes[third].archived = True
    ids = lambda rows: {row.id for row in rows}  # noqa: E731
    assert ids(await managebac.teachers.classes(known)) == {str(first), str(second)}
    assert ids(await managebac.teachers.classes(known, show_on_reports=True)) == {str(first)}
    assert ids(await managebac.teachers.classes(known, show_on_reports=False)) == {str(second)}
    assert ids(await managebac.teachers.classes(known, archived=True)) == {str(third)}
    with pytest.raises(NotFound):
        await managebac.teachers.classes(424242)


async def test_groups(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers))
    group = school.add_group("Chess", advisors={known: True})
    shown = {one.id: one for one in await managebac.teachers.groups(known)}
    assert shown[str(group.id)].name == "Chess"
    assert shown[str(group.id)].primary_group_advisor is True
    assert str(group.id) not in {
        one.id for one in await managebac.teachers.groups(known, archived=True)
    }


async def test_set_avatar_and_delete_avatar(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.teachers.values()))
    await managebac.teachers.set_avatar(known.id, "https://school.example/mei.png")
    assert known.avatar == "https://school.example/mei.png"
    await managebac.teachers.delete_avatar(known.id)
    assert known.avatar is None
