"""Who may do what: the person and their schools, forged requests, and the headers of responses.

Every request to the pages passes :func:`guard`. Your application says who the person is by a
:data:`CurrentUser`. ``demo_login.py`` is one for demonstrations.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

import psycopg
from aiohttp import web
from aiohttp.typedefs import Handler
from attrs import field, frozen

from lms_async import LmsError

from .settings import Settings

log = logging.getLogger("service")


@frozen
class User:
    """The person who sent a request.

    :param name: shown in the pages, and noted with each import.
    :param schools: the names of the schools that the person may use.
    :param csrf_token: a random text that belongs to the person's session and is secret. Every form
        contains it.
    """

    name: str
    schools: frozenset[str]
    csrf_token: str = field(repr=False)


#: Returns the person who sent a request; ``None`` if nobody is signed in.
CurrentUser = Callable[[web.Request], Awaitable[User | None]]

# mypy does not take a Callable as the type of a key.
CURRENT_USER: web.AppKey[CurrentUser] = web.AppKey("CURRENT_USER")
SIGN_IN_URL = web.AppKey("SIGN_IN_URL", str)
SIGN_OUT_URL = web.AppKey("SIGN_OUT_URL", str)
SETTINGS = web.AppKey("SETTINGS", Settings)
USER = web.RequestKey("USER", User)

#: The name of the route whose handler checks the token itself, because it reads a large body.
UPLOAD = "upload"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # "no-referrer" would make browsers send "Origin: null" with forms.
    "Referrer-Policy": "same-origin",
    "Server": "service",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to any response, also to errors."""
    response.headers.update(_HEADERS)
    if request.config_dict[SETTINGS].url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def tell_outage(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Respond with 503 if PostgreSQL is away, or if the results can't be read."""
    try:
        return await handler(request)
    except LmsError as error:
        log.warning("%s", error)  # its text has no data of people
    except psycopg.Error as error:
        log.warning("PostgreSQL failed: %s", type(error).__name__)
    raise web.HTTPServiceUnavailable(text="This can't be read now. Try again in a minute.")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests of strangers, requests for other schools, and forged requests."""
    check_origin(request)
    user = await request.config_dict[CURRENT_USER](request)
    if user is None:
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther(request.config_dict[SIGN_IN_URL])
        raise web.HTTPUnauthorized(text="Please sign in.")
    school = request.match_info.get("school")
    # A school that the person may not use looks like one that does not exist.
    if school is not None and school not in user.schools:
        raise web.HTTPNotFound
    request[USER] = user
    if request.method == "POST" and request.match_info.route.name != UPLOAD:
        form = await request.post()
        check_token(user, form.get("csrf_token"))
    return await handler(request)


def check_origin(request: web.Request) -> None:
    """Refuse a form that another website sends. Browsers send the header with every form.

    :raises HTTPForbidden: the form is not from one of our pages.
    """
    is_ours = request.headers.get("Origin") == request.config_dict[SETTINGS].url
    if request.method not in {"GET", "HEAD"} and not is_ours:
        raise web.HTTPForbidden(text="This form did not come from this website.")


def check_token(user: User, given: object) -> None:
    """Refuse a form that does not have the token of the person's session.

    :raises HTTPForbidden: the token is missing or wrong.
    """
    text = given if isinstance(given, str) else ""
    if not hmac.compare_digest(text.encode("utf-8", "replace"), user.csrf_token.encode()):
        raise web.HTTPForbidden(text="This form is too old. Reload the page and try again.")
