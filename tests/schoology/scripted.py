"""A server with responses that the test defines. It records the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from attrs import define, field, frozen

from lms_async import RetryPolicy, Window
from schoology_async import Schoology

#: A payload, a status without a body, or a function from the query to a payload.
Answer = dict[str, Any] | int | Callable[[dict[str, str]], Any]


@frozen
class RecordedRequest:
    """A recorded request. ``path`` is decoded."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@define
class Scripted:
    """The responses by method and path, e.g. ``"GET roles"``. All other requests get a 404."""

    schoology: Schoology
    answers: dict[str, Answer] = field(factory=dict)
    requests: list[RecordedRequest] = field(factory=list)

    @property
    def last(self) -> RecordedRequest:
        return self.requests[-1]

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if await request.read() else None
        recorded = RecordedRequest(
            request.method, request.path.removeprefix("/v1/"), dict(request.query), body
        )
        self.requests.append(recorded)
        answer = self.answers.get(f"{recorded.method} {recorded.path}", 404)
        if callable(answer):
            answer = answer(recorded.query)
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.json_response(answer, status=201 if recorded.method == "POST" else 200)


@asynccontextmanager
async def scripted_vendor() -> AsyncIterator[Scripted]:
    app = web.Application()
    handlers: list[Scripted] = []

    async def answer(request: web.Request) -> web.Response:
        return await handlers[0].answer(request)

    app.router.add_route("*", "/{rest:.*}", answer)
    async with (
        TestServer(app) as server,
        Schoology(
            "k",
            "s",
            base_url=str(server.make_url("/v1/")),
            limiter=Window(1000, per=0.01),
            retry=RetryPolicy(tries=1),
        ) as schoology,
    ):
        handlers.append(Scripted(schoology))
        yield handlers[0]
