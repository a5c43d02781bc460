"""Jobs name a bulk method and its options. Nothing else can be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lms_async import InvalidInput, Status
from lms_async.jobs import Job, Stores
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import School
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

Plan = Callable[..., Any]


@pytest.mark.parametrize(
    "operation",
    [
        "users",
        "users.",
        ".create_many",
        "users.create_many.__call__",
        "users.list",  # not a bulk method
        "users.delete",
        "users._write_many",
        "_transport.send",
        "__class__.create_many",
        "close.create_many",
        "base_url.upper",
        "users.create_everybody",
        "users.create_many ",
    ],
)
async def test_only_bulk_methods_can_be_called(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, operation: str
) -> None:
    with pytest.raises(InvalidInput, match=r"has no bulk method .*users.create_many"):
        await Job.plan(people(2), operation, client=schoology, name="a", account="north", shards=1)
    assert len(schoology_sandbox.log) == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"update_exsting": True}, "no option update_exsting.*update_existing"),
        ({"journal": None}, "no option journal"),
        ({"users": []}, "no option users"),
        ({"self": 1}, "no option self"),
        ({"email_conflict_resolution": "x"}, "must be"),  # the method's own check
        ({"update_existing": {1}}, "JSON values"),
        ({"update_existing": (1,)}, "JSON values"),
        ({1: True}, "JSON values"),
        ([], "JSON values"),
    ],
)
async def test_options_are_checked_before_anything_is_queued(
    plan: Plan, options: Any, why: str
) -> None:
    if options == []:
        options = ["update_existing"]
    with pytest.raises(InvalidInput, match=why):
        await plan(people(2), options=options)


async def test_methods_with_a_guard_are_refused(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput, match="guard counts the removals of one call"):
        await Job.plan(
            ["1", "2"],
            "users.delete_many",
            client=schoology,
            name="a",
            account="north",
            shards=2,
            options={"keep_enrollments": True, "notify": False},
        )


@pytest.mark.sandbox(school=School.seeded(students=3, classes=1))
async def test_arguments_besides_the_rows_are_options(
    managebac: ManageBac, managebac_v1: ManageBacV1, in_postgres: Stores, name: str
) -> None:
    given: dict[str, Any] = {"client": managebac, "name": name, "account": "north", "shards": 1}
    with pytest.raises(InvalidInput, match="needs the options class_id"):
        await Job.plan([], "classes.update_students", **given)
    (one,) = await managebac.classes.list()
    students = [{"id": each.id} async for each in managebac.students.list()]
    job = await Job.plan(students, "classes.update_students", **given, options={"class_id": one.id})
    (shard,) = job.shards
    report = await shard.run(managebac, students, store=in_postgres)
    assert report.counts == {Status.DONE: len(students)}
    await Job.plan([], "users.create_many", **{**given, "client": managebac_v1})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"name": "../secret"}, "name"),
        ({"name": ".hidden"}, "name"),
        ({"name": "a\\b"}, "name"),
        ({"name": "line\n"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"account": ""}, "account"),
        ({"account": 7}, "account"),
        ({"shards": 0}, "shards"),
        ({"shards": True}, "shards"),
        ({"shards": 1.5}, "shards"),
    ],
)
async def test_names_and_numbers_are_checked(plan: Plan, given: Any, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        await plan(people(2), **given)
