from __future__ import annotations

from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Status
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from manabac_async.sandbox import School as ManageBacSchool
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people

DELETION: dict[str, Any] = {"keep_enrollments": True, "notify": False}


@pytest.mark.sandbox(school=School.seeded(199, seed=1))  # 193 of them are active
@pytest.mark.parametrize(
    ("guard", "most"),
    [(Guard(0), 0), (Guard(7), 7), (Guard("5%"), 9), (Guard("0%"), 0), (Guard("0.5%"), 0)],
)
async def test_more_removals_than_the_guard_allows_raise(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, guard: Guard, most: int
) -> None:
    uids = list(schoology_sandbox.school.users)[1:]
    why = f"{most + 1} would be removed, and the guard allows {most}"
    with pytest.raises(InvalidInput, match=why):
        await schoology.users.delete_many(uids[: most + 1], guard=guard, **DELETION)
    assert schoology_sandbox.log.count("DELETE") == 0
    report = await schoology.users.delete_many(uids[:most], guard=guard, **DELETION)
    assert report.counts[Status.DONE] == most


async def test_default_guard_allows_500_removals(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    with pytest.raises(InvalidInput, match="501 would be removed"):
        await schoology.users.delete_many(range(501), **DELETION)
    assert len(schoology_sandbox.log) == 0


async def test_empty_input_removes_nothing(
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
) -> None:
    assert (await schoology.users.delete_many([], guard=Guard("5%"), **DELETION)).counts == {}
    assert len(schoology_sandbox.log) == 0
    with pytest.raises(InvalidInput, match="at least one id"):
        await managebac.classes.remove_students(1, [])
    with pytest.raises(InvalidInput, match="at least one id"):
        await managebac.classes.remove_teachers(1, [])
    with pytest.raises(InvalidInput, match="every teacher"):
        await managebac.classes.set_teachers(1, [])
    assert len(managebac_sandbox.log) == 0


async def test_class_removals_are_guarded(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = managebac_sandbox.school = ManageBacSchool.seeded(students=20, teachers=5)
    class_id = school.add_class("Physics").id
    students = list(school.students)[:10]
    await managebac.classes.add_students(class_id, students)
    with pytest.raises(InvalidInput, match="6 would be removed.* 50% of 10"):
        await managebac.classes.remove_students(class_id, students[:6], guard=Guard("50%"))
    await managebac.classes.remove_students(class_id, students[:5], guard=Guard("50%"))
    assert len(await managebac.classes.list_students(class_id)) == 5
    teachers = list(school.teachers)[:4]
    await managebac.classes.set_teachers(class_id, [{"id": known} for known in teachers])
    with pytest.raises(InvalidInput, match="3 would be removed"):
        await managebac.classes.set_teachers(
            class_id, [{"id": teachers[0]}], guard=Guard(max_removals=2)
        )
    with pytest.raises(InvalidInput, match="2 would be removed"):
        await managebac.classes.remove_teachers(class_id, teachers[:2], guard=Guard("25%"))
    assert len(await managebac.classes.list_teachers(class_id)) == 4


@pytest.mark.parametrize("most", [-1, "", "5", "101%", "-1%", True, 0.5, None])
def test_invalid_guard_is_rejected(most: Any) -> None:
    with pytest.raises(InvalidInput, match="a whole number, or a share"):
        Guard(most)


@pytest.mark.parametrize("guard", [5, "5%", None])
async def test_guard_must_be_a_guard_object(schoology: Schoology, guard: Any) -> None:
    with pytest.raises(InvalidInput, match=r"Guard\(500\)"):
        schoology.users.delete_many(["1"], guard=guard, **DELETION)


async def test_text_is_not_accepted_as_a_list_of_ids(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput):
        await schoology.users.delete_many("123", **DELETION)


async def test_users_are_counted_if_the_vendor_gives_no_total(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    await schoology.users.create_many(people(60))
    schoology_sandbox.quirks.totals = False
    uids = list(schoology_sandbox.school.users)[1:]
    with pytest.raises(InvalidInput, match=r"guard allows 6, 10% of 6\d"):
        await schoology.users.delete_many(uids[:7], guard=Guard("10%"), **DELETION)
