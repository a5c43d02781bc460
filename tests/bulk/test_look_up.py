"""What the look-ups of lost rows request from the vendor, over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Status
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK, people

LOST = Fault.cut(after=True, method="POST")


async def test_schoology_look_up_requests_only_the_lost_rows(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """A school has thousands of people, so a look-up must not list them all."""
    schoology_sandbox.faults.add(LOST)
    await schoology.users.create_many(people(3))
    (asked,) = [seen for seen in schoology_sandbox.log if seen.method == "GET"]
    assert asked.path == "users"
    assert dict(asked.query) == {"school_uids": "S00000,S00001,S00002", "limit": "200"}


@pytest.mark.parametrize("update_existing", [False, True])
async def test_changed_field_is_sent_again_only_when_updating(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, update_existing: bool
) -> None:
    rows = people(3)
    await schoology.users.create_many(rows)
    changed = [{**row, "position": "Tutor"} for row in rows]
    lost = Fault.cut(method="POST", times=5 if update_existing else 1)
    schoology_sandbox.faults.add(lost)
    report = await schoology.users.create_many(changed, update_existing=update_existing)
    # without updating, an existing person counts as created
    assert report.counts == {Status.DONE: 3}
    shown = {user.position for user in schoology_sandbox.school.users.values() if user.school_uid}
    assert ("Tutor" in shown) == update_existing


@pytest.mark.parametrize("both", [False, True])
async def test_key_with_a_comma_is_neither_looked_up_nor_resent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, both: bool
) -> None:
    """The request's comma-separated list can't hold such a key, so a missing row may still
    exist."""
    rows = people(2)
    rows[0]["school_uid"] = "S,0"
    if both:
        rows[1]["school_uid"] = "S,1"
    schoology_sandbox.faults.add(LOST)
    ended = [outcome async for outcome in schoology.users.create_many(rows)]
    assert [o.status for o in ended] == [Status.UNKNOWN, Status.UNKNOWN if both else Status.DONE]
    asked = [seen.query["school_uids"] for seen in schoology_sandbox.log if seen.method == "GET"]
    assert asked == ([] if both else ["S00001"])
    assert schoology_sandbox.log.count("POST") == 1


async def test_lost_look_up_is_retried(
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    managebac: ManageBac,
    managebac_v1: ManageBacV1,
    managebac_sandbox: ManageBacSandbox,
) -> None:
    schoology_sandbox.faults.add(LOST, Fault.cut(method="GET"))
    assert (await schoology.users.create_many(people(3))).counts == {Status.DONE: 3}
    assert schoology_sandbox.log.count("GET") == 2

    managebac_sandbox.faults.add(LOST, Fault.cut(method="GET"))
    person = {"type": "parent", "first_name": "A", "last_name": "B", "email": "a@b.example"}
    assert (await managebac_v1.users.create_many([person])).counts == {Status.DONE: 1}
    assert managebac_sandbox.log.count("GET") == 2

    managebac_sandbox.log.clear()
    school = managebac_sandbox.school
    student, class_id = school.add_student("ada@b.example").id, school.add_class("Art").id
    managebac_sandbox.faults.add(Fault.cut(after=True, method="PATCH", times=5))
    managebac_sandbox.faults.add(Fault.cut(method="GET"))
    ended = [o async for o in managebac.classes.update_students(class_id, [{"id": student}])]
    assert [(o.status, o.id) for o in ended] == [(Status.DONE, str(student))]
    assert managebac_sandbox.log.count("GET") == 2


async def test_5xx_of_a_single_row_is_unknown(
    connect: Callable[..., Schoology],
) -> None:
    """The vendor responds 207 with 500 for one row, and the look-up fails."""

    async def users(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(status=403)
        items = [
            {"response_code": 500 if place else 200, "id": "1", "school_uid": row["school_uid"]}
            for place, row in enumerate((await request.json())["users"]["user"])
        ]
        return web.json_response({"user": items}, status=207)

    app = web.Application()
    app.router.add_route("*", "/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        ended = [o async for o in client.users.create_many(people(2))]
    assert [o.status for o in ended] == [Status.DONE, Status.UNKNOWN]
    assert ended[1].error is not None
    assert ended[1].error.code == "500"


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("Email has already been taken", Status.UNKNOWN),
        ("First name can't be blank", Status.REJECTED),
    ],
)
async def test_v1_user_who_is_taken_but_not_listed_is_unknown(why: str, status: Status) -> None:
    """The first response is lost, the look-up does not list the user, and the retry is rejected."""
    posts = 0

    async def users(request: web.Request) -> web.Response:
        nonlocal posts
        if request.method == "GET":
            return web.json_response({"users": [{"id": 1, "email": "head@b.example"}]})
        posts += 1
        if posts == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"status": "Error", "errors": [why]})

    app = web.Application()
    app.router.add_route("*", "/api/users", users)
    person = {"type": "parent", "first_name": "A", "last_name": "B", "email": "a@b.example"}
    async with TestServer(app) as server:
        url = str(server.make_url("/api/"))
        async with ManageBacV1("school", "token", base_url=url, retry=QUICK) as managebac:
            (outcome,) = [one async for one in managebac.users.create_many([person])]
    assert outcome.status is status
    assert posts == 2
