"""``managebac.classes`` and ``managebac.year_groups``, through a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import BadRequest, Guard, InvalidInput, NotFound, OutcomeUnknown, UnexpectedResponse
from lms_async.sandbox import Fault
from manabac_async import ClassCreate, ManageBac
from manabac_async.sandbox import ManageBacSandbox, School

from .rosters import filled, queries


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


def new_class(school: School, **more: Any) -> Any:
    known = next(iter(school.classes.values()))
    return {
        "program": "diploma",
        "grade_number": 12,
        "language": "en",
        "start_term_id": known.start_term_id,
        "end_term_id": known.end_term_id,
        "subject_id": known.subject_ids[0],
        **more,
    }


async def test_list(managebac: ManageBac, school: School) -> None:
    listed = {one.id: one for one in await managebac.classes.list(per_page=2)}
    assert set(listed) == set(map(str, school.classes))
    for known in school.classes.values():
        shown = listed[str(known.id)]
        assert (shown.name, shown.language) == (known.name, known.language)
        assert shown.applicable_levels == ("HL", "SL")
        assert [one.id for one in shown.subjects or ()] == list(map(str, known.subject_ids))
        assert {one.teacher_id for one in shown.teachers or ()} == {
            str(teacher) for teacher in school.class_teachers(known.id)
        }
        assert shown.extra == {}


@pytest.mark.parametrize("unset", ["active", "all"])
async def test_list_of_archived_classes_always_sends_the_filter(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, unset: Any
) -> None:
    managebac_sandbox.quirks.unset_archived = unset
    first, *others = map(str, school.classes)
    school.classes[int(first)].archived = True
    ids = lambda rows: sorted(row.id for row in rows)  # noqa: E731
    assert ids(await managebac.classes.list()) == sorted(others)
    assert ids(await managebac.classes.list(archived=True)) == [first]
    assert ids(await managebac.classes.list(archived=None)) == sorted([first, *others])
    with pytest.raises(InvalidInput):
        managebac.classes.list(per_page=0)


async def test_get(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.classes.values()))
    known.extra = {"room": "A1"}
    shown = await managebac.classes.get(known.id)
    assert (shown.id, shown.name, shown.extra) == (str(known.id), known.name, {"room": "A1"})
    with pytest.raises(NotFound, match="classes/424242"):
        await managebac.classes.get(424242)


@pytest.mark.parametrize("envelope", [False, True])
async def test_create(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, envelope: bool
) -> None:
    managebac_sandbox.quirks.class_envelope = envelope
    made = await managebac.classes.create(ClassCreate(**new_class(school, uniq_id="X1", hl=True)))
    known = school.classes[int(made.id or 0)]
    assert (known.uniq_id, known.hl, known.grade_number) == ("X1", True, 12)
    assert made.uniq_id == "X1"
    assert made.name == known.name != ""


async def test_create_with_a_bad_field_names_the_field(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    row = new_class(school)
    for name in row:
        lacking = {key: value for key, value in row.items() if key != name}
        with pytest.raises(InvalidInput) as missing:
            await managebac.classes.create(lacking)
        assert set(missing.value.fields) == {name}
    assert len(managebac_sandbox.log) == 0
    del row["subject_id"]
    with pytest.raises(BadRequest) as refused:
        await managebac.classes.create({**row, "subject_ids": [424242]})
    assert set(refused.value.fields) == {"subject_ids"}


async def test_create_without_a_class_in_the_response_raises(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.faults.add(Fault.error(200, body='{"status": "ok"}', method="POST"))
    with pytest.raises(UnexpectedResponse):
        await managebac.classes.create(new_class(school))


@pytest.mark.parametrize("envelope", [False, True])
async def test_update(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, envelope: bool
) -> None:
    managebac_sandbox.quirks.class_envelope = envelope
    known = next(iter(school.classes.values()))
    shown = await managebac.classes.update(known.id, {"name": "Physics HL", "sl": False})
    assert (shown.name, known.name, known.sl) == ("Physics HL", "Physics HL", False)
    with pytest.raises(InvalidInput):
        await managebac.classes.update(known.id, {})
    with pytest.raises(NotFound):
        await managebac.classes.update(424242, {"name": "x"})


async def test_update_with_a_forbidden_parameter_names_it(
    managebac: ManageBac, school: School
) -> None:
    known = next(iter(school.classes.values()))
    with pytest.raises(BadRequest) as refused:
        await managebac.classes.update(known.id, {"language": "fr", "name": "x"})
    assert refused.value.fields == {"language": "is not allowed"}
    assert "language: is not allowed" in str(refused.value)


async def test_archive_and_unarchive(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.classes.values()))
    assert (await managebac.classes.archive(known.id)).archived is True
    assert known.archived
    assert (await managebac.classes.unarchive(known.id)).archived is False
    assert not known.archived


async def test_terms(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.classes.values()))
    terms = school.academics.between(known.start_term_id, known.end_term_id)
    shown = await managebac.classes.terms(known.id)
    assert [(term.id, term.starts_on) for term in shown] == [
        (str(term.id), term.starts_on.isoformat()) for term in terms
    ]
    year = shown[0].academic_year
    assert year is not None
    assert year.id == str(terms[0].academic_year_id)
    assert await managebac.classes.terms(known.id, academic_year_id=1) == []
    await managebac.classes.terms(known.id, active_only=True)
    assert queries(managebac_sandbox, f"classes/{known.id}/terms")[1:] == [
        {"academic_year_id": ["1"]},
        {"active_only": ["1"]},
    ]


async def test_list_students_with_filters(managebac: ManageBac, school: School) -> None:
    class_id = next(iter(school.classes))
    first, second, *_ = school.members(class_id)
    school.students[second].archived = True
    ids = lambda rows: {row.id for row in rows}  # noqa: E731
    assert str(second) not in ids(await managebac.classes.list_students(class_id))
    everybody = await managebac.classes.list_students(class_id, include_archived_students=True)
    assert ids(everybody) == set(map(str, school.members(class_id)))
    one = await managebac.classes.list_students(class_id, student_ids=[first, 424242])
    assert ids(one) == {str(first)}


async def test_add_teachers(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    class_id = next(iter(school.classes))
    teachers = list(school.teachers)
    await managebac.classes.add_teachers(class_id, teachers)
    assert set(school.class_teachers(class_id)) == set(teachers)
    with pytest.raises(InvalidInput):
        await managebac.classes.add_teachers(class_id, [])
    with pytest.raises(NotFound):
        await managebac.classes.add_teachers(424242, teachers)
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    with pytest.raises(OutcomeUnknown):
        await managebac.classes.add_teachers(class_id, teachers)


@pytest.mark.parametrize("unset", ["active", "all"])
async def test_year_groups_list(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, unset: Any
) -> None:
    managebac_sandbox.quirks.unset_archived = unset
    first, second, *others = school.ib_groups.values()
    first.archived = True
    listed = {group.id: group for group in await managebac.year_groups.list(per_page=2)}
    assert set(listed) == {str(group.id) for group in (second, *others)}
    shown = listed[str(second.id)]
    assert (shown.name, shown.program_code) == (second.name, second.program_code)
    assert shown.student_ids == tuple(map(str, second.student_ids))
    assert shown.grade_number == second.grade_number
    ids = lambda rows: {row.id for row in rows}  # noqa: E731
    assert ids(await managebac.year_groups.list(archived=True)) == {str(first.id)}
    assert len(await managebac.year_groups.list(archived=None)) == len(school.ib_groups)
    of_one = await managebac.year_groups.list(student_ids=second.student_ids[:1])
    assert ids(of_one) == {str(second.id)}


async def test_year_groups_students(managebac: ManageBac, school: School) -> None:
    group = max(school.ib_groups.values(), key=lambda one: len(one.student_ids))
    listed = await managebac.year_groups.students(group.id, per_page=1)
    assert [one.id for one in listed] == list(map(str, group.student_ids))
    assert all(one.email for one in listed)
    one = await managebac.year_groups.students(group.id, student_ids=group.student_ids[:1])
    assert [student.id for student in one] == [str(group.student_ids[0])]
    with pytest.raises(NotFound):
        await managebac.year_groups.students(424242)


async def test_year_groups_add_and_remove_students(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    first, second, *_ = school.ib_groups.values()
    moved = list(second.student_ids)
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    await managebac.year_groups.add_students(first.id, moved)  # adding twice does no harm
    assert set(moved) <= set(first.student_ids)
    assert second.student_ids == []
    with pytest.raises(InvalidInput):
        await managebac.year_groups.remove_students(first.id, moved, guard=Guard(0))
    with pytest.raises(InvalidInput):
        await managebac.year_groups.remove_students(first.id, moved, guard=Guard("1%"))
    with pytest.raises(InvalidInput):
        await managebac.year_groups.remove_students(first.id, ["x"])
    assert set(moved) <= set(first.student_ids)
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    await managebac.year_groups.remove_students(first.id, moved, guard=Guard("100%"))
    assert not set(moved) & set(first.student_ids)
    with pytest.raises(NotFound):
        await managebac.year_groups.add_students(424242, moved)


async def test_year_groups_advisors(managebac: ManageBac, school: School) -> None:
    group = next(iter(school.ib_groups.values()))
    group.advisors = {next(iter(school.teachers)): ["homeroom", "M25"]}
    (advisor,) = await managebac.year_groups.advisors(group.id)
    assert (advisor.id, advisor.roles) == (str(next(iter(group.advisors))), ("homeroom", "M25"))


async def test_upsert_many(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.classes.values()))
    rows: list[Any] = [{"id": known.id, "name": "Physics"}, new_class(school, uniq_id="X1")]
    report = await managebac.classes.upsert_many([*rows, {"id": 424242, "name": "x"}])
    assert [outcome.index for outcome in report.rejected] == [2]
    assert known.name == "Physics"
    assert "X1" in {one.uniq_id for one in school.classes.values()}
