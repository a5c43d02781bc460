"""The fault table for both of ManageBac's APIs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import attrs
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    CrossHostRedirect,
    LmsError,
    OutcomeUnknown,
    ResponseLost,
    Status,
    UnexpectedResponse,
    Window,
)
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK
from tests.http.fault_cases import Case, cases, timeout_for


@attrs.frozen
class Setup:
    """The sandbox, both clients, a class, and students and teachers who are not in it."""

    sandbox: ManageBacSandbox
    v2: ManageBac
    v1: ManageBacV1
    class_id: int
    students: list[int]
    teachers: list[int]


@pytest_asyncio.fixture
async def setup(
    request: pytest.FixtureRequest, managebac_sandbox: ManageBacSandbox
) -> AsyncIterator[Setup]:
    school = managebac_sandbox.school = School.seeded(students=250, teachers=5, classes=1, seed=1)
    options: dict[str, Any] = {"retry": QUICK, "timeout": timeout_for(request)}
    async with (
        ManageBac(
            managebac_sandbox.token,
            base_url=managebac_sandbox.base_url,
            limiter=Window(1000, per=0.01),
            **options,
        ) as v2,
        ManageBacV1(
            "s",
            managebac_sandbox.v1_token,
            base_url=managebac_sandbox.v1_base_url,
            limiter=Window(1000, per=0.01),
            **options,
        ) as v1,
    ):
        class_id = next(iter(school.classes))
        yield Setup(
            managebac_sandbox, v2, v1, class_id, list(school.students), list(school.teachers)
        )


NEW = {"type": "parent", "first_name": "A", "last_name": "B", "email": "a@b.example"}


@attrs.frozen
class ApiCall:
    """A call, whether it may be repeated, and how often the server did it."""

    do: Callable[[Setup], Awaitable[Any]]
    repeatable: bool
    times: Callable[[Setup], int]
    reads: bool = False


ACTS = {
    "v2 add_students": ApiCall(
        lambda k: k.v2.classes.add_students(k.class_id, k.students[:1]),
        False,
        lambda k: int(k.students[0] in k.sandbox.school.members(k.class_id)),
    ),
    "v2 set_teachers": ApiCall(
        lambda k: k.v2.classes.set_teachers(k.class_id, [{"id": k.teachers[0]}]),
        True,
        lambda k: int(k.teachers[0] in k.sandbox.school.class_teachers(k.class_id)),
    ),
    "v2 remove_teachers": ApiCall(
        lambda k: k.v2.classes.remove_teachers(k.class_id, k.teachers[:1]), True, lambda k: 1
    ),
    "v2 list": ApiCall(lambda k: _all(k.v2.memberships.list()), True, lambda k: 1, reads=True),
    "v1 create": ApiCall(
        lambda k: k.v1.users.create(NEW),
        False,
        lambda k: k.sandbox.school.creates["a@b.example"],
    ),
    "v1 update": ApiCall(
        lambda k: k.v1.users.update(k.students[0], {"nickname": "Zo"}),
        True,
        lambda k: min(1, k.sandbox.school.updates[k.students[0]]),
    ),
    "v1 add_members": ApiCall(
        lambda k: k.v1.groups.add_members(k.class_id, k.students[:1]),
        False,
        lambda k: int(k.students[0] in k.sandbox.school.members(k.class_id)),
    ),
    "v1 list": ApiCall(lambda k: _all(k.v1.users.list()), True, lambda k: 1, reads=True),
}


async def _all(pages: Any) -> Any:
    return await pages


@cases
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_single_call(setup: Setup, case: Case, act: ApiCall) -> None:
    setup.sandbox.faults.add(case.fault(times=1))
    expected = case.repeatable if act.repeatable else case.once
    if expected == "done":
        await act.do(setup)
        assert act.times(setup) == 1
        return
    kinds: type[LmsError] | tuple[type[LmsError], ...] = OutcomeUnknown
    if expected == "refused":
        kinds = CrossHostRedirect if act.reads else UnexpectedResponse
    with pytest.raises(kinds) as raised:
        await act.do(setup)
    assert not isinstance(raised.value, ResponseLost)
    if not act.repeatable:
        assert act.times(setup) == int(case.acts)
        assert len(setup.sandbox.log) == 1  # not retried, because the server may have acted


@cases
async def test_update_students(setup: Setup, case: Case) -> None:
    setup.sandbox.faults.add(case.fault(times=1))
    rows = [{"id": known, "level": "SL"} for known in setup.students]
    ended = [outcome async for outcome in setup.v2.classes.update_students(setup.class_id, rows)]
    members = setup.sandbox.school.members(setup.class_id)
    assert [outcome.index for outcome in ended] == list(range(250))
    # If a retry gets no response either, the class is read.
    assert {outcome.status for outcome in ended} == {Status.DONE}
    assert len(members) == 250


async def test_class_is_read_if_retries_fail(setup: Setup) -> None:
    setup.sandbox.faults.add(Fault.cut(after=True, method="PATCH", times=5))
    rows = [{"id": known, "level": "SL"} for known in setup.students[:100]]
    report = await setup.v2.classes.update_students(setup.class_id, rows)
    assert report.counts == {Status.DONE: 100}
    assert setup.sandbox.log.count("PATCH") == 5
    assert setup.sandbox.log.count("GET") >= 1


async def test_rows_stay_unknown_if_the_class_cannot_be_read(setup: Setup) -> None:
    setup.sandbox.faults.add(Fault.cut(after=True, method="PATCH", times=5))
    setup.sandbox.faults.add(Fault.error(500, method="GET", times=50))
    rows = [{"id": known, "level": "SL"} for known in setup.students[:100]]
    report = await setup.v2.classes.update_students(setup.class_id, rows)
    assert report.counts == {Status.UNKNOWN: 100}


@cases
async def test_v1_create_many_looks_up_lost_rows(setup: Setup, case: Case) -> None:
    setup.sandbox.faults.add(case.fault(times=1, method="POST"))
    rows = [{**NEW, "email": f"{number}@b.example"} for number in range(20)]
    ended = [outcome async for outcome in setup.v1.users.create_many(rows)]
    creates = setup.sandbox.school.creates
    assert [outcome.index for outcome in ended] == list(range(20))
    assert {outcome.status for outcome in ended} == {Status.DONE}
    assert all(outcome.id for outcome in ended)
    assert set(creates.values()) == {1}
    assert len(creates) == 20


@pytest.mark.parametrize("shown", [[], None, {}])
async def test_v1_user_stays_unknown_if_nobody_is_listed(setup: Setup, shown: Any) -> None:
    async def users(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"users": shown})
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/api/users", users)
    async with TestServer(app) as server:
        base_url = str(server.make_url("/api/"))
        async with ManageBacV1("s", "token", base_url=base_url, retry=QUICK) as v1:
            report = await v1.users.create_many([{**NEW, "email": "a@b.example"}])
    assert report.counts == {Status.UNKNOWN: 1}


async def test_v1_user_with_an_existing_student_id_is_unknown(setup: Setup) -> None:
    student = {**NEW, "type": "student", "student_id": "S1"}
    await setup.v1.users.create({**student, "email": "before@b.example"})
    setup.sandbox.faults.add(Fault.cut(method="POST"))
    (outcome,) = [one async for one in setup.v1.users.create_many([{**student, "email": "a@b.c"}])]
    assert outcome.status is Status.UNKNOWN
    assert outcome.error is not None
    assert outcome.error.code == "exists"


async def test_v1_update_many_is_retried(setup: Setup) -> None:
    known = await setup.v1.users.create({**NEW, "email": "before@b.example"})
    setup.sandbox.faults.add(Fault.cut(after=True, method="PUT"))
    report = await setup.v1.users.update_many([{"id": known, "nickname": "Ada"}])
    assert report.counts == {Status.DONE: 1}
    assert setup.sandbox.log.count("PUT") == 2


@cases
async def test_v1_create_many_is_not_retried_without_a_look_up(setup: Setup, case: Case) -> None:
    setup.sandbox.faults.add(case.fault(times=1, method="POST"))
    setup.sandbox.faults.add(Fault.error(500, method="GET", times=50))  # the look-up fails
    rows = [{**NEW, "email": f"{number}@b.example"} for number in range(20)]
    ended = [outcome async for outcome in setup.v1.users.create_many(rows)]
    creates = setup.sandbox.school.creates
    assert [outcome.index for outcome in ended] == list(range(20))
    assert max(creates.values()) == 1
    for outcome in ended:
        if outcome.status is Status.DONE:
            assert creates[outcome.item["email"]] == 1
    hit = [outcome for outcome in ended if outcome.status is not Status.DONE]
    if case.once == "done":
        assert hit == []
        return
    assert [outcome.status for outcome in hit] == [Status.UNKNOWN]
    assert creates[hit[0].item["email"]] == int(case.acts)
    assert setup.sandbox.log.count("POST", "api/users") == 20


REFUSALS: list[tuple[Any, str]] = [
    ({"status": "Error", "errors": ["Email has already been taken"]}, "already been taken"),
    ({"errors": ["Email has already been taken"]}, "already been taken"),
    ({"errors": {"email": ["has already been taken"]}}, "already been taken"),
    ({"error": "Email has already been taken"}, "already been taken"),
    ({"message": "Email has already been taken"}, "already been taken"),
    ({"status": "error"}, ""),
    ({"status": 400, "code": 7}, ""),
    ({"status": "Success", "user_id": 5}, ""),
    ({}, ""),
    ([], ""),
    (None, ""),
]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(("body", "said"), REFUSALS)
async def test_v1_rejection_is_read_in_any_form(
    setup: Setup, status: int, body: Any, said: str
) -> None:
    refuse = Fault.error(status, body=json.dumps(body), share=1.0)
    user = {"type": "advisor", "first_name": "A", "last_name": "B", "email": "new@b.example"}
    for method, bulk in (
        ("POST", lambda: setup.v1.users.create_many([user])),
        ("PUT", lambda: setup.v1.users.update_many([{"id": 1, "nickname": "Ada"}])),
    ):
        setup.sandbox.faults.add(attrs.evolve(refuse, scope={"method": method, "share": 1.0}))
        report = await bulk()
        assert report.counts == {Status.REJECTED: 1}
        (failure,) = report.rejected
        assert failure.error is not None
        assert failure.error.code == str(status)
        assert said in failure.error.message
        assert failure.attempts == 1
        assert setup.sandbox.log.count(method) == 1
