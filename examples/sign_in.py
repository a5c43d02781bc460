"""A web application whose visitors sign in with Schoology.

Set ``SCHOOLOGY_KEY``, ``SCHOOLOGY_SECRET``, ``SCHOOLOGY_DOMAIN`` (the web address of the school's
Schoology, e.g. ``https://lincoln.schoology.com``) and ``APP_URL`` (the URL of this application).
Then run::

    python examples/sign_in.py

This example keeps sessions in memory. A real application stores them in its database, with the
access token encrypted.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from typing import TypedDict

from aiohttp import web
from attrs import define

from lms_async import Unauthorized
from schoology_async import Schoology, oauth


class Account(TypedDict, total=False):
    """The application's credentials for Schoology."""

    key: str
    secret: str
    base_url: str


@define
class Session:
    """The session of one visitor."""

    #: Set while the visitor is on Schoology's page.
    request: oauth.RequestToken | None = None
    #: Set after the sign-in.
    access: oauth.AccessToken | None = None


CLIENT = web.AppKey("CLIENT", Schoology)
ACCOUNT = web.AppKey("ACCOUNT", Account)
SESSIONS = web.AppKey("SESSIONS", dict[str, Session])
DOMAIN = web.AppKey("DOMAIN", str)
URL = web.AppKey("URL", str)
COOKIE = "session"


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Redirect the visitor to Schoology."""
    token = await oauth.request_token(request.app[CLIENT])
    name = secrets.token_urlsafe()
    request.app[SESSIONS][name] = Session(request=token)
    callback = f"{request.app[URL]}/callback"
    url = oauth.authorize_url(token, domain=request.app[DOMAIN], callback=callback)
    response = web.Response(status=303, headers={"Location": url})
    is_https = request.app[URL].startswith("https://")
    # With `Strict`, the browser would not send the cookie when Schoology redirects back.
    response.set_cookie(COOKIE, name, httponly=True, secure=is_https, samesite="Lax")
    return response


async def callback(request: web.Request) -> web.StreamResponse:
    """Complete the sign-in when Schoology redirects the visitor back."""
    session = _session(request)
    pending = session.request
    # Schoology sends no verifier. So the token must be the request token of this visitor's session.
    given = request.query.get("oauth_token", "")
    if pending is None or not secrets.compare_digest(given.encode(), pending.token.encode()):
        raise web.HTTPForbidden(text="Please sign in again.")
    session.request = None
    try:
        session.access = await oauth.access_token(request.app[CLIENT], pending)
    except Unauthorized:
        raise web.HTTPForbidden(text="You did not approve the sign-in with Schoology.") from None
    return web.Response(status=303, headers={"Location": request.app[URL]})


async def home(request: web.Request) -> web.StreamResponse:
    """Greet the visitor by name."""
    access = _session(request).access
    if access is None:
        raise web.HTTPUnauthorized(text="Please sign in.")
    account = request.app[ACCOUNT]
    try:
        async with Schoology(
            **account, token=access.token, token_secret=access.secret
        ) as schoology:
            user = await schoology.users.me()
    except Unauthorized:  # after 90 days, or if the person withdrew the approval
        _session(request).access = None
        raise web.HTTPUnauthorized(text="Please sign in again.") from None
    return web.Response(text=f"Hello, {user.name_display}!")


def _session(request: web.Request) -> Session:
    return request.app[SESSIONS].get(request.cookies.get(COOKIE, ""), Session())


def make_app(account: Account, *, domain: str, url: str) -> web.Application:
    """Create the application.

    :param domain: the web address of the school's Schoology.
    :param url: the URL of this application, without a trailing slash.
    """

    async def closing(app: web.Application) -> AsyncIterator[None]:
        async with app[CLIENT]:
            yield

    app = web.Application()
    app[CLIENT] = Schoology(**account)
    app[ACCOUNT] = account
    app[SESSIONS] = {}
    app[DOMAIN] = domain
    app[URL] = url
    app.cleanup_ctx.append(closing)
    app.router.add_get("/sign-in", sign_in)
    app.router.add_get("/callback", callback)
    app.router.add_get("/", home)
    return app


if __name__ == "__main__":
    web.run_app(
        make_app(
            {"key": os.environ["SCHOOLOGY_KEY"], "secret": os.environ["SCHOOLOGY_SECRET"]},
            domain=os.environ["SCHOOLOGY_DOMAIN"],
            url=os.environ["APP_URL"],
        )
    )
