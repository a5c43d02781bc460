"""Every error path is run with recognizable secrets and names, and its output may hold none of
them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import LmsError, Window
from lms_async.events import Event
from lms_async.sandbox import Fault
from schoology_async import Schoology, User, UserCreate
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK
from tests.personal_data import ANSWERS, PERSON, SECRETS, all_text_of, assert_no_personal_data

Act = Callable[[Schoology], Awaitable[Any]]


async def _create_many(client: Schoology) -> Any:
    report = await client.users.create_many([PERSON, {**PERSON, "gender": "Quux"}])
    assert_no_personal_data(
        repr(report), repr(report.rejected), repr(report.unknown), repr(report.stop_reason)
    )
    report.raise_for_failures()


ACTS: dict[str, Act] = {
    "create": lambda client: client.users.create(PERSON),
    "create_many": _create_many,
    "get": lambda client: client.users.get("UID-zq-7731"),
    "get_by_school_uid": lambda client: client.users.get_by_school_uid("UID-zq-7731"),
    "list": lambda client: _all(client.users.list(school_uids=["UID-zq-7731"])),
    "update": lambda client: client.users.update("zquux", {"name_last": "Quuxington"}),
    "delete": lambda client: client.users.delete(
        "zquux", keep_enrollments=True, notify=False, comment="Zebulon Quuxington left"
    ),
    "search": lambda client: client.search("Quuxington"),
    "network": lambda client: _all(client.users.network("zquux", search="Quuxington")),
    "sections of a user": lambda client: _all(client.users.sections("zquux")),
    "enroll": lambda client: client.enrollments.redeem_access_code("SECRETzzz2", section_id=7),
    "request": lambda client: client.request("GET", "users/zebulon", query={"name": "Quuxington"}),
}


async def _all(pages: Any) -> Any:
    return await pages


def client_of(url: str, **options: Any) -> Schoology:
    def failing_listener(event: Event) -> None:
        raise ValueError(f"{PERSON['name_first']} {event!r}")

    given: dict[str, Any] = {
        **SECRETS,
        "base_url": url,
        "retry": QUICK,
        "timeout": 0.3,
        "limiter": Window(1000, per=0.01),
        "events": [failing_listener],
        **options,
    }
    return Schoology(**given)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_response_that_names_a_person_is_not_shown(
    log_lines: list[str], answer: tuple[int, Any, dict[str, str]], act: Act
) -> None:
    status, body, headers = answer
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)

    async def respond(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=content, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    async with TestServer(app) as server, client_of(str(server.make_url("/v1/"))) as client:
        assert_no_personal_data(
            repr(client), repr(client._transport), repr(client._transport.vendor)
        )
        try:
            await act(client)
        except LmsError as error:
            assert_no_personal_data(all_text_of(error))
        else:
            assert status == 200  # for some calls this response is valid
    assert_no_personal_data(*log_lines)
    assert log_lines


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize(
    "fault",
    [
        Fault.hang(times=9),
        Fault.cut(times=9),
        Fault.half_body(times=9),
        Fault.error(503, times=9),
        None,
    ],
    ids=["hang", "cut", "half", "503", "wrong key"],
)
async def test_error_after_a_fault_shows_no_personal_data(
    log_lines: list[str], schoology_sandbox: SchoologySandbox, fault: Fault | None, act: Act
) -> None:
    known = {
        "key": schoology_sandbox.key,
        "secret": schoology_sandbox.secret,
        "token": None,
        "token_secret": None,
        "timeout": 0.1,
    }
    if fault is not None:
        schoology_sandbox.faults.add(fault)
    options = known if fault is not None else {}
    async with client_of(schoology_sandbox.base_url, **options) as client:
        with pytest.raises(LmsError) as raised:
            await act(client)
        assert_no_personal_data(all_text_of(raised.value))
    assert_no_personal_data(*log_lines)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_error_for_an_unreachable_host_shows_no_personal_data(
    log_lines: list[str], unused_tcp_port: int, act: Act
) -> None:
    async with client_of(f"http://127.0.0.1:{unused_tcp_port}/v1/") as client:
        with pytest.raises(LmsError) as raised:
            await act(client)
        assert_no_personal_data(all_text_of(raised.value))
    assert_no_personal_data(*log_lines)


def test_repr_of_models_shows_no_personal_data() -> None:
    assert_no_personal_data(
        repr(UserCreate(**PERSON)),  # type: ignore[arg-type]
        repr(User(uid="1", name_first="Zebulon", extra={"x": "Quuxington"})),
    )
