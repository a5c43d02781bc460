"""The progress of an import as server-sent events, which browsers receive with ``EventSource``."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from uuid import UUID

import psycopg
from aiohttp import web

from lms_async import LmsError

from .access import CURRENT_USER
from .database import Database
from .views import Views

#: Set when the server stops, so that open streams end and browsers connect to the next server.
STOPPING = web.AppKey("STOPPING", asyncio.Event)

_SECONDS = 1.0
#: After so many seconds without news, a comment shows that the connection is alive.
_QUIET = 15


async def stream(
    request: web.Request, database: Database, views: Views, school: str, number: UUID
) -> web.StreamResponse:
    """Send the view of an import whenever it changes, until the import is deleted.

    The whole view is sent each time, so a browser that connects again has missed nothing.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    # The browser has left, or PostgreSQL is away. In that case the browser connects again.
    with suppress(ConnectionError, LmsError, psycopg.Error):
        await _send(request, response, database, views, school, number)
    return response


async def _send(
    request: web.Request,
    response: web.StreamResponse,
    database: Database,
    views: Views,
    school: str,
    number: UUID,
) -> None:
    await response.write(b"retry: 1000\n\n")
    stopping = request.config_dict[STOPPING]
    last, quiet = "", 0
    while not stopping.is_set():
        # The session may have ended since the stream began.
        user = await request.config_dict[CURRENT_USER](request)
        one = await database.find(school, number)
        if user is None or school not in user.schools or one is None:
            await response.write(b"event: gone\ndata: \n\n")
            break
        news = json.dumps((await views.of(one)).to_json())
        quiet = 0 if news != last or quiet >= _QUIET else quiet + 1
        if news != last:
            await response.write(f"data: {news}\n\n".encode())
            last = news
        elif not quiet:
            await response.write(b":\n\n")
        try:
            await asyncio.wait_for(stopping.wait(), _SECONDS)
        except TimeoutError:
            continue
