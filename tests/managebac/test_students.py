"""``managebac.students``, through a real socket."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lms_async import BadRequest, InvalidInput, NotFound, OutcomeUnknown
from lms_async.sandbox import Fault
from manabac_async import ManageBac, StudentCreate, StudentUpdate
from manabac_async.sandbox import ManageBacSandbox, School

from .rosters import filled, queries


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


async def test_list(managebac: ManageBac, school: School) -> None:
    listed = {student.id: student for student in await managebac.students.list(per_page=5)}
    assert set(listed) == set(map(str, school.students))
    for known in school.students.values():
        shown = listed[str(known.id)]
        assert (shown.email, shown.student_id) == (known.email, known.student_id)
        assert shown.first_name == known.fields["first_name"]
        assert shown.parent_ids == tuple(map(str, known.kin))
        assert shown.status == "enrolled"
        assert shown.year_group_id == shown.ib_group_id is not None
        assert shown.extra == {}


async def test_list_with_every_filter(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    first, second, third, *_ = school.students.values()
    second.archived = True
    group = next(g for g in school.ib_groups.values() if third.id in g.student_ids)
    ids = lambda students: {student.id for student in students}  # noqa: E731
    assert ids(await managebac.students.list(ids=[first.id, str(second.id)])) == {
        str(first.id),
        str(second.id),
    }
    assert ids(await managebac.students.list(archived=True)) == {str(second.id)}
    assert str(second.id) not in ids(await managebac.students.list(archived=False))
    assert ids(await managebac.students.list(status="withdrawn")) == {str(second.id)}
    in_group = await managebac.students.list(year_group_ids=[group.id])
    assert ids(in_group) == set(map(str, group.student_ids))
    advised = await managebac.students.list(homeroom_advisor_ids=[third.homeroom_advisor or 0])
    assert str(third.id) in ids(advised)
    assert ids(await managebac.students.list(q=first.email)) == {str(first.id)}
    managebac_sandbox.log.clear()
    await managebac.students.list(
        ids=[1],
        archived=False,
        status="enrolled",
        year_group_ids=[2, 3],
        homeroom_advisor_ids=[4],
        q="x",
        modified_since=datetime(2024, 5, 1, 12, tzinfo=UTC),
        per_page=7,
    )
    assert queries(managebac_sandbox, "students") == [
        {
            "ids[]": ["1"],
            "archived": ["0"],
            "status": ["enrolled"],
            "year_group_ids[]": ["2", "3"],
            "homeroom_advisor_ids[]": ["4"],
            "q": ["x"],
            "modified_since": ["2024-05-01T12:00:00Z"],
            "per_page": ["7"],
        }
    ]


async def test_list_of_many_ids_takes_several_requests(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    ids = [*range(90_000_000, 90_000_600), *school.students]
    found = await managebac.students.list(ids=ids)
    assert {student.id for student in found} == set(map(str, school.students))
    assert managebac_sandbox.log.count("GET", "students") > 1


async def test_list_with_an_invalid_filter_raises(managebac: ManageBac) -> None:
    with pytest.raises(InvalidInput, match="modified_since needs a time zone"):
        managebac.students.list(modified_since=datetime(2024, 5, 1))
    with pytest.raises(InvalidInput, match="per_page"):
        managebac.students.list(per_page=0)
    for ids in ("12", [], [1.5]):
        with pytest.raises(InvalidInput, match="ids"):
            managebac.students.list(ids=ids)  # type: ignore[arg-type]


async def test_get(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.students.values()))
    known.extra = {"house": "Red"}
    student = await managebac.students.get(known.id)
    assert (student.id, student.email) == (str(known.id), known.email)
    assert student.extra == {"house": "Red"}
    with pytest.raises(NotFound) as missing:
        await managebac.students.get(424242)
    assert "424242" not in str(missing.value)
    assert "students/{person_id}" in str(missing.value)


async def test_create(managebac: ManageBac, school: School) -> None:
    group = next(iter(school.ib_groups.values()))
    student = await managebac.students.create(
        StudentCreate(
            email="ada@school.example",
            last_name="Okafor",
            first_name="Ada",
            student_id="S1",
            birthday=date(2010, 4, 1),
            nationalities=["NG", "GB"],
            year_group_id=group.id,
        )
    )
    known = school.students[int(student.id or 0)]
    assert (known.email, known.student_id) == ("ada@school.example", "S1")
    assert known.fields["birthday"] == "2010-04-01"
    assert known.id in group.student_ids
    assert student.nationalities == ("NG", "GB")
    assert student.extra == {"options": {"welcome_email": "not_enqueued"}}
    assert school.welcome_mails == []


async def test_create_with_a_welcome_email(managebac: ManageBac, school: School) -> None:
    student = await managebac.students.create(
        {"email": "ada@school.example", "last_name": "Okafor"}, send_welcome_email=True
    )
    assert school.welcome_mails == [int(student.id or 0)]
    assert student.extra["options"] == {"welcome_email": "enqueued"}


async def test_create_without_required_fields_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    row: Any = {"email": " ", "nickname": None}
    with pytest.raises(InvalidInput) as refused:
        await managebac.students.create(row)
    assert set(refused.value.fields) == {"nickname"}
    row = {"email": " "}
    with pytest.raises(InvalidInput) as refused:
        await managebac.students.create(row)
    assert set(refused.value.fields) == {"email", "last_name"}
    assert len(managebac_sandbox.log) == 0


async def test_create_with_a_taken_email_address_names_the_field(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    taken = next(iter(school.students.values())).email
    for singular in (False, True):
        managebac_sandbox.quirks.singular_errors = singular
        with pytest.raises(BadRequest) as refused:
            await managebac.students.create({"email": taken, "last_name": "Okafor"})
        assert refused.value.status == 422
        assert set(refused.value.fields) == {"email"}
        assert "email: has already been taken" in str(refused.value)
        assert taken not in str(refused.value)


async def test_lost_create_raises_outcome_unknown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    with pytest.raises(OutcomeUnknown):
        await managebac.students.create({"email": "ada@school.example", "last_name": "Okafor"})
    assert managebac_sandbox.log.count("POST") == 1
    assert school.by_email("ada@school.example") is not None


async def test_update(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.students.values()))
    known.fields["nickname"] = "Ada"
    student = await managebac.students.update(
        known.id, StudentUpdate(city="Lagos", nickname="", last_name="Okafor")
    )
    assert (student.city, student.last_name) == ("Lagos", "Okafor")
    assert known.fields["city"] == "Lagos"
    assert not known.fields["nickname"]
    wrong: list[Any] = [{}, {"nickname": None}, {"id": 1, "city": "x"}, {"birthday": "1.2."}]
    for changes in wrong:
        with pytest.raises(InvalidInput):
            await managebac.students.update(known.id, changes)
    with pytest.raises(NotFound):
        await managebac.students.update(424242, {"city": "Lagos"})


async def test_update_is_sent_again_after_a_lost_response(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=True, method="PATCH"))
    known = next(iter(school.students.values()))
    assert (await managebac.students.update(known.id, {"city": "Lagos"})).city == "Lagos"
    assert managebac_sandbox.log.count("PATCH") == 2


async def test_archive_and_unarchive(managebac: ManageBac, school: School) -> None:
    first, second, *_ = school.students.values()
    await managebac.students.archive(first.id, withdrawn_on=date(2024, 5, 1))
    await managebac.students.archive(second.id, graduated_on="2024-06-30")
    assert (first.archived, first.withdrawn_on, first.graduated_on) == (True, "2024-05-01", None)
    assert (second.archived, second.graduated_on) == (True, "2024-06-30")
    await managebac.students.unarchive(first.id)
    assert (first.archived, first.withdrawn_on) == (False, None)
    with pytest.raises(NotFound):
        await managebac.students.unarchive(424242)


async def test_archive_without_exactly_one_date_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.students))
    day = date(2024, 5, 1)
    for days in ({}, {"withdrawn_on": day, "graduated_on": day}, {"withdrawn_on": "yesterday"}):
        with pytest.raises(InvalidInput) as refused:
            await managebac.students.archive(known, **days)
        assert "withdrawn_on" in refused.value.fields
    assert len(managebac_sandbox.log) == 0


async def test_send_welcome_email(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.students))
    await managebac.students.send_welcome_email(known)
    assert school.welcome_mails == [known]
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    with pytest.raises(OutcomeUnknown):
        await managebac.students.send_welcome_email(known)
    assert school.welcome_mails == [known, known]


async def test_set_avatar_and_delete_avatar(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.students.values()))
    await managebac.students.set_avatar(known.id, "https://school.example/ada.png")
    assert known.avatar == "https://school.example/ada.png"
    await managebac.students.delete_avatar(known.id)
    assert known.avatar is None
    with pytest.raises(InvalidInput):
        await managebac.students.set_avatar(known.id, " ")


async def test_memberships(managebac: ManageBac, school: School) -> None:
    class_id = next(iter(school.classes))
    student_id = next(iter(school.members(class_id)))
    shown = await managebac.students.memberships(student_id)
    assert str(class_id) in {one.id for one in shown.classes}
    assert len(shown.year_groups) == 1
    assert (await managebac.students.memberships(student_id, archived=True)).classes == []
