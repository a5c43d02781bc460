"""Arguments of the wrong type raise InvalidInput, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Status
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School

from .bulk_rows import fill, ids, new_classes

CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "people": ("archived", lambda one: one.students.list(archived="false")),
    "classes": ("archived", lambda one: one.classes.list(archived="false")),
    "year groups": ("archived", lambda one: one.year_groups.list(archived=0)),
    "years": ("active", lambda one: one.academic_years.list(active="yes")),
    "terms": ("active_only", lambda one: one.classes.terms(1, active_only="no")),
    "members": (
        "include_archived_students",
        lambda one: one.classes.list_students(1, include_archived_students="no"),
    ),
    "of a student": ("archived", lambda one: one.students.memberships(1, archived="no")),
    "of a teacher": ("archived", lambda one: one.teachers.classes(1, archived="no")),
    "on reports": ("show_on_reports", lambda one: one.teachers.classes(1, show_on_reports="no")),
    "groups": ("archived", lambda one: one.teachers.groups(1, archived="no")),
    "page": ("per_page", lambda one: one.students.list(per_page="100")),
    "day": ("class_happens_on", lambda one: one.memberships.list(class_happens_on="2026-09-01")),
    "no terms": ("terms", lambda one: one.academic_years.create("myp", None)),
    "no teachers": ("teachers", lambda one: one.classes.set_teachers(1, None)),
    "no children": ("children", lambda one: one.children.replace(1, 5)),
    "students' guard": ("guard", lambda one: one.classes.remove_students(1, [2], guard=5)),
    "teachers' guard": ("guard", lambda one: one.classes.remove_teachers(1, [2], guard=5)),
    "set guard": ("guard", lambda one: one.classes.set_teachers(1, [{"id": 2}], guard=5)),
    "year group's guard": ("guard", lambda one: one.year_groups.remove_students(1, [2], guard=5)),
    "children's guard": (
        "guard",
        lambda one: one.children.replace(1, [{"id": 2, "relationship": "Aunt"}], guard=5),
    ),
    "archived classes' guard": ("guard", lambda one: one.classes.upsert_many([], guard=5)),
}


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox)


@pytest.mark.parametrize(("name", "call"), CALLS.values(), ids=CALLS.keys())
async def test_argument_of_another_type(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    name: str,
    call: Callable[[Any], Any],
) -> None:
    with pytest.raises(InvalidInput, match=name):
        await call(managebac)
    assert not list(managebac_sandbox.log)


async def test_classes_that_an_upsert_archives_count_for_the_guard(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows: list[Any] = [{"id": one, "archived": True} for one in ids(school.classes, 2)]
    rows += [{"id": ids(school.classes)[2], "archived": False}, *new_classes(school, 2)]
    rows.insert(0, {"id": 7, "archived": "maybe"})
    with pytest.raises(InvalidInput, match="2 would be removed"):
        await managebac.classes.upsert_many(rows, guard=Guard(1))
    assert managebac_sandbox.log.count("PATCH") == 0
    report = await managebac.classes.upsert_many(rows, guard=Guard(2))
    assert report.counts == {Status.DONE: 5, Status.REJECTED: 1}
    with pytest.raises(InvalidInput, match="500"):
        await managebac.classes.upsert_many(
            [{"id": number, "archived": True} for number in range(1, 502)]
        )
