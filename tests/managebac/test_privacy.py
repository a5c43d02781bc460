"""No personal data or token in errors and logs. The v1 token is part of every URL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import LmsError, Window
from manabac_async import ClientCredentials, ManageBac, ManageBacV1, QueryToken
from tests.conftest import QUICK
from tests.personal_data import ANSWERS, PERSON, SECRETS, all_text_of, assert_no_personal_data

USER = {
    "type": "parent",
    "first_name": PERSON["name_first"],
    "last_name": PERSON["name_last"],
    "email": PERSON["primary_email"],
    "password": PERSON["password"],
}


def v1(url: str) -> ManageBacV1:
    return ManageBacV1("s", SECRETS["token"], base_url=url, **_quick())


def by_query(url: str) -> ManageBac:
    return ManageBac(QueryToken(SECRETS["token"]), base_url=url, **_quick())


def by_oauth(url: str) -> ManageBac:
    credentials = ClientCredentials(SECRETS["key"], SECRETS["secret"])
    return ManageBac(credentials, base_url=url, **_quick())


def _quick() -> dict[str, Any]:
    return {"retry": QUICK, "timeout": 0.3, "limiter": Window(1000, per=0.01)}


async def _create_many(client: Any) -> None:
    report = await client.users.create_many([USER, {**USER, "birthday": "Quux"}])
    assert_no_personal_data(repr(report), repr(report.rejected), repr(report.unknown))
    report.raise_for_failures()


async def _list(pages: Any) -> None:
    await pages


Act = Callable[[Any], Awaitable[Any]]
ACTS: dict[str, tuple[Callable[[str], Any], Act]] = {
    "v1 create": (v1, lambda client: client.users.create(USER)),
    "v1 create_many": (v1, _create_many),
    "v1 get": (v1, lambda client: client.users.get("zquux")),
    "v1 list": (v1, lambda client: _list(client.users.list())),
    "v2 students": (by_query, lambda client: client.students.memberships("zquux")),
    "v2 memberships": (by_query, lambda client: _list(client.memberships.list(user_ids=["quux"]))),
    "v2 update": (by_query, lambda client: _update(client)),
    "oauth": (by_oauth, lambda client: _list(client.memberships.list())),
}


async def _update(client: Any) -> None:
    report = await client.classes.update_students(1, [{"id": 7, "level": "Quuxington"}])
    assert_no_personal_data(repr(report), repr(report.rejected))
    report.raise_for_failures()


@pytest.mark.parametrize(("connect", "act"), ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize("answer", [*ANSWERS.values(), None], ids=[*ANSWERS, "unreachable"])
async def test_error_shows_neither_response_nor_url(
    log_lines: list[str],
    unused_tcp_port: int,
    answer: tuple[int, Any, dict[str, str]] | None,
    connect: Callable[[str], Any],
    act: Act,
) -> None:
    if answer is None:
        async with connect(f"http://127.0.0.1:{unused_tcp_port}/") as client:
            with pytest.raises(LmsError) as raised:
                await act(client)
            assert_no_personal_data(all_text_of(raised.value))
        assert_no_personal_data(*log_lines)
        return
    status, body, headers = answer
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)

    async def respond(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=content, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    async with TestServer(app) as server, connect(str(server.make_url("/"))) as client:
        assert_no_personal_data(repr(client), repr(client._transport.vendor))
        try:
            await act(client)
        except LmsError as error:
            assert_no_personal_data(all_text_of(error))
        else:
            assert status == 200  # for some calls this response is valid
    assert_no_personal_data(*log_lines)
