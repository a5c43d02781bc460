"""``error.response`` is there for code that handles the error. No output of the error shows it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    CrossHostRedirect,
    DecodeError,
    InvalidResponse,
    LmsError,
    OutcomeUnknown,
    RateLimited,
    Response,
    TimedOut,
    UnexpectedResponse,
)
from tests.personal_data import ANSWERS, PERSON, all_text_of, assert_no_personal_data
from tests.schoology.test_privacy import ACTS, Act, client_of


async def error_from(
    status: int, body: Any, headers: dict[str, str], act: Act, **options: Any
) -> Any:
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)

    async def respond(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=content, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    async with (
        TestServer(app) as server,
        client_of(str(server.make_url("/v1/")), **options) as client,
    ):
        with pytest.raises(LmsError) as caught:
            await act(client)
    return caught.value


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_error_has_the_response_and_prints_none_of_it(
    log_lines: list[str], answer: tuple[int, Any, dict[str, str]]
) -> None:
    error = await error_from(*answer, ACTS["get"], strict=True)
    response = error.response
    assert isinstance(response, Response)
    assert response.status == answer[0]
    body = answer[1].encode() if isinstance(answer[1], str) else orjson.dumps(answer[1])
    assert response.body == body
    assert response.headers["content-length"] == str(len(body))
    logging.getLogger("app").error("failed", exc_info=error)
    logging.getLogger("app").error("failed: %r %s", error, vars(error))
    locals_too = traceback.TracebackException.from_exception(error)
    assert_no_personal_data(
        all_text_of(error),
        repr(response),
        repr(vars(error)),
        "".join(locals_too.format()),
        json.dumps(vars(error), default=repr),
        *log_lines,
    )
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert_no_personal_data(pickle.dumps(error, protocol).decode("latin-1"))
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert twin.response is None


@pytest.mark.parametrize(
    ("status", "body", "headers", "act", "kind"),
    [
        (429, "slow down", {"Retry-After": "9999"}, "get", RateLimited),
        (200, "no json", {}, "get", InvalidResponse),
        (200, {"school": 1}, {}, "get", UnexpectedResponse),
        (200, {"uid": "1", "synced": "x"}, {}, "get", DecodeError),
        (500, "oops", {}, "create", OutcomeUnknown),
        (303, "", {"Location": "https://evil.example/"}, "get", CrossHostRedirect),
        (303, "", {"Location": "/"}, "create", UnexpectedResponse),
    ],
)
async def test_every_error_after_a_response_has_it(
    status: int, body: Any, headers: dict[str, str], act: str, kind: type[LmsError]
) -> None:
    error = await error_from(status, body, headers, ACTS[act], strict=True)
    assert type(error) is kind
    assert error.response.status == status


async def test_response_body_is_limited_to_64_kib() -> None:
    for status in (200, 400):
        error = await error_from(status, "x" * 100_000, {}, ACTS["get"])
        assert error.response.body == b"x" * 65536


async def test_error_without_a_response_has_none() -> None:
    assert TimedOut("late").response is None
    async with client_of("http://127.0.0.1:1/v1/") as client:
        with pytest.raises(LmsError) as caught:
            await client.users.me()
    assert caught.value.response is None


def test_response_json_parses_the_body_or_raises() -> None:
    assert Response(200, {}, b'{"a": [1]}').json() == {"a": [1]}
    for body in (b"", b"<html>", PERSON["name_first"].encode()):  # type: ignore[attr-defined]
        with pytest.raises(InvalidResponse) as caught:
            Response(200, {}, body).json()
        assert_no_personal_data(all_text_of(caught.value))
        assert caught.value.response is not None
        assert caught.value.response.body == body
