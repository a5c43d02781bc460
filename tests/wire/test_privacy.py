"""Every error path, driven with recognisable secrets and names: none of them may be found."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
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

PERSON = {
    "school_uid": "UID-zq-7731",
    "name_first": "Zebulon",
    "name_last": "Quuxington",
    "primary_email": "zebulon.q@pupils.example",
    "username": "zquux",
    "password": "hunter2hunter2",
    "role_id": 1214,
    "birthday_date": "2011-04-05",
}
SECRETS = {
    "key": "KEYzzz1",
    "secret": "SECRETzzz2",
    "token": "TOKENzzz3",
    "token_secret": "TSECRETzzz4",
}
FORBIDDEN = [
    *(str(value).casefold() for name, value in PERSON.items() if name != "role_id"),
    *(value.casefold() for value in SECRETS.values()),
    "pupils.example",
    "quux",
    "zebulon",
]


class Heard(logging.Handler):
    """Everything that is logged, but by the server: its access log, and the provider side's own
    line about a signature that it will not have."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if record.name != "aiohttp.access" and not line.startswith("Verify HMAC failed"):
            self.lines.append(line)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    handler = Heard()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def assert_silent(*shown: str) -> None:
    for text in shown:
        found = [word for word in FORBIDDEN if word in text.casefold()]
        assert not found, f"{found} in {text}"


def everything_said_by(error: BaseException) -> str:
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and one not in chain:
            chain.append(one)
            todo += [one.__cause__, one.__context__]  # also where `from None` hides it
    said = "".join(f"{one!s} {one!r} {one.args!r}" for one in chain)
    return said + "".join(traceback.format_exception(error))


#: What a vendor's answer might be, each naming the person.
ANSWERS: dict[str, web.Response | tuple[int, Any, dict[str, str]]] = {
    "text 400": (400, f"User {PERSON['name_first']} {PERSON['name_last']} exists", {}),
    "json 409": (409, {"error": f"mail {PERSON['primary_email']} is taken"}, {}),
    "html 403": (403, f"<html>Hello {PERSON['name_first']}</html>", {}),
    "text 401": (401, f"Bad key {SECRETS['key']} for zquux", {}),
    "text 404": (404, f"no UID-zq-7731 {PERSON['name_last']}", {}),
    "json 500": (500, {"trace": [PERSON]}, {}),
    "bad types": (200, {"uid": "1", "synced": "Zebulon", "tz_offset": "Quuxington"}, {}),
    "bad rows": (200, {"user": [{"uid": "1", "synced": "Zebulon"}], "links": {}}, {}),
    "wrong object": (200, {"school": PERSON}, {}),
    "not json": (200, f"Hello {PERSON['name_first']} {PERSON['name_last']}", {}),
    "elsewhere": (303, "", {"Location": "https://evil.example/zebulon/quuxington"}),
    "far away": (303, "", {"Location": "/v2/users/zebulon"}),
    "429 for long": (429, f"Slow down, {PERSON['name_first']}", {"Retry-After": "100000"}),
}

Act = Callable[[Schoology], Awaitable[Any]]


async def _create_many(client: Schoology) -> Any:
    report = await client.users.create_many([PERSON, {**PERSON, "gender": "Quux"}])
    assert_silent(repr(report), repr(report.failures), repr(report.unknowns), repr(report.stopped))
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
    "request": lambda client: client.request("GET", "users/zebulon", query={"name": "Quuxington"}),
}


async def _all(pages: Any) -> Any:
    return await pages


def client_of(url: str, **options: Any) -> Schoology:
    def deaf(event: Event) -> None:
        raise ValueError(f"{PERSON['name_first']} {event!r}")

    given: dict[str, Any] = {
        **SECRETS,
        "base_url": url,
        "retry": QUICK,
        "timeout": 0.3,
        "limiter": Window(1000, per=0.01),
        "events": [deaf],
        **options,
    }
    return Schoology(**given)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_that_names_a_person_is_not_passed_on(
    heard: list[str], answer: tuple[int, Any, dict[str, str]], act: Act
) -> None:
    status, body, headers = answer
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)

    async def say(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=content, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", say)
    async with TestServer(app) as server, client_of(str(server.make_url("/v1/"))) as client:
        assert_silent(repr(client), repr(client._transport), repr(client._transport.vendor))
        try:
            await act(client)
        except LmsError as error:
            assert_silent(everything_said_by(error))
        else:
            assert status == 200  # some calls can take this answer for what they asked for
    assert_silent(*heard)
    assert heard


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
async def test_a_fault_on_the_way_names_nobody(
    heard: list[str], schoology_sandbox: SchoologySandbox, fault: Fault | None, act: Act
) -> None:
    known = {
        "key": schoology_sandbox.key,
        "secret": schoology_sandbox.secret,
        "token": None,
        "token_secret": None,
    }
    if fault is not None:
        schoology_sandbox.faults.add(fault)
    options = known if fault is not None else {}
    async with client_of(schoology_sandbox.base_url, **options) as client:
        with pytest.raises(LmsError) as raised:
            await act(client)
        assert_silent(everything_said_by(raised.value))
    assert_silent(*heard)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_an_unreachable_host_names_nobody(
    heard: list[str], unused_tcp_port: int, act: Act
) -> None:
    async with client_of(f"http://127.0.0.1:{unused_tcp_port}/v1/") as client:
        with pytest.raises(LmsError) as raised:
            await act(client)
        assert_silent(everything_said_by(raised.value))
    assert_silent(*heard)


def test_models_and_outcomes_print_nobody() -> None:
    assert_silent(
        repr(UserCreate(**PERSON)),  # type: ignore[arg-type]
        repr(User(uid="1", name_first="Zebulon", extra={"x": "Quuxington"})),
    )
