"""The web application: ``python -m service.web``. It needs no credentials of Schoology."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack

from aiohttp import web

from . import database
from .access import (
    CURRENT_USER,
    SETTINGS,
    SIGN_IN_URL,
    SIGN_OUT_URL,
    CurrentUser,
    add_headers,
    guard,
    tell_outage,
)
from .demo_login import SIGN_IN, SIGN_OUT, DemoLogin, add_demo_login, people_from_env
from .files import Files
from .live import STOPPING
from .pages import Pages
from .settings import MissingSetting, Settings
from .uploading import MAX_FORM

#: Where the demonstration has the pages. Your application may have them elsewhere.
PREFIX = "/people"
_CONNECTIONS = 10


def make_app(
    tables: database.Database,
    settings: Settings,
    current_user: CurrentUser,
    *,
    sign_in_url: str,
    sign_out_url: str,
) -> web.Application:
    """Make an application with all pages, to be added to yours with ``add_subapp``.

    :param current_user: returns the person who sent a request, with the schools they may use.
    :param sign_in_url: where people who are not signed in are sent.
    :param sign_out_url: where the form of the button "Sign out" is sent.
    """
    app = web.Application(middlewares=[tell_outage, guard], client_max_size=MAX_FORM)
    app[SETTINGS] = settings
    app[CURRENT_USER] = current_user
    app[SIGN_IN_URL] = sign_in_url
    app[SIGN_OUT_URL] = sign_out_url
    app[STOPPING] = asyncio.Event()

    async def end_streams(app: web.Application) -> None:
        app[STOPPING].set()

    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(add_headers)
    Pages(tables, Files(settings.uploads), settings).add_routes(app.router)
    return app


async def make_demo() -> web.Application:
    """Make an application with a login for demonstrations, which has all pages inside."""
    settings, people = Settings.from_env(), people_from_env()
    host = web.Application(middlewares=[tell_outage], client_max_size=MAX_FORM)
    host[SETTINGS] = settings
    connections = AsyncExitStack()
    tables = await connections.enter_async_context(
        database.opened(settings.database, connections=_CONNECTIONS)
    )

    async def to_pages(_: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(f"{PREFIX}/")

    login = DemoLogin(tables, people, settings.url.startswith("https:"))
    host.on_cleanup.append(lambda _: connections.aclose())
    host.on_response_prepare.append(add_headers)
    add_demo_login(host, login)
    host.router.add_get("/", to_pages)
    pages = make_app(
        tables, settings, login.current_user, sign_in_url=SIGN_IN, sign_out_url=SIGN_OUT
    )
    host.add_subapp(PREFIX, pages)
    return host


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    host, port = os.environ.get("SERVICE_HOST", "127.0.0.1"), os.environ.get("SERVICE_PORT", "8080")
    try:
        web.run_app(make_demo(), host=host, port=int(port), shutdown_timeout=5)
    except MissingSetting as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
