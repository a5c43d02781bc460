"""A login for demonstrations, with a few people from an environment variable.

Your application has its own login. Then you need nothing of this file but the idea: a session that
is found by a cookie, and a secret token of this session for forms.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256

from aiohttp import web
from attrs import define, frozen

from .access import User, check_origin, check_token
from .database import Database
from .rendering import page, static
from .settings import MissingSetting, required

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_TABLE = """
CREATE TABLE IF NOT EXISTS service.demo_session (
    cookie_hash bytea PRIMARY KEY,
    name text NOT NULL,
    csrf_token text NOT NULL,
    expires timestamptz NOT NULL DEFAULT now() + interval '8 hours'
);
"""


@frozen
class Person:
    """A person who may sign in to the demonstration."""

    password: str
    schools: frozenset[str]


def people_from_env(environment: Mapping[str, str] = os.environ) -> dict[str, Person]:
    """Read ``SERVICE_DEMO_USERS``: ``{"ada": {"password": "…", "schools": ["north"]}}``.

    :raises MissingSetting: it is not set or can't be read.
    """
    text = required(environment, "SERVICE_DEMO_USERS")
    try:
        return {
            name: Person(one["password"], frozenset(one["schools"]))
            for name, one in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # the error would show passwords
    raise MissingSetting("SERVICE_DEMO_USERS must be JSON as in docs/service.md")


@define
class DemoLogin:
    """The sign-in page, and sessions in PostgreSQL, so that they survive a restart.

    :param database: has a table of sessions, which contains hashes of cookies only.
    :param people: who may sign in, by their names.
    :param is_https: whether cookies are sent over HTTPS only.
    """

    database: Database
    people: dict[str, Person]
    is_https: bool

    @property
    def _cookie(self) -> str:
        # Browsers accept the prefix only with HTTPS and for this host only.
        return "__Host-session" if self.is_https else "session"

    async def create_table(self) -> None:
        """Create the table of sessions, and delete old ones."""
        async with self.database.pool.connection() as connection:
            await connection.execute(_TABLE)
            await connection.execute("DELETE FROM service.demo_session WHERE expires < now()")

    async def current_user(self, request: web.Request) -> User | None:
        """Return the person whose session the cookie names."""
        cookie = request.cookies.get(self._cookie, "")
        async with self.database.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT name, csrf_token FROM service.demo_session "
                "WHERE cookie_hash = %s AND expires > now()",
                [sha256(cookie.encode("utf-8", "surrogatepass")).digest()],
            )
            found = await cursor.fetchone()
        if found is None or found[0] not in self.people:
            return None
        return User(found[0], self.people[found[0]].schools, found[1])

    async def show(self, request: web.Request) -> web.Response:
        """Show the sign-in page."""
        return page(request, "sign_in.html", failed=False)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Begin a session, if the password is right."""
        check_origin(request)
        form = await request.post()
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        person = self.people.get(name, Person("", frozenset()))
        if not hmac.compare_digest(password.encode(), person.password.encode()) or not password:
            return page(request, "sign_in.html", status=403, failed=True)
        cookie = secrets.token_urlsafe(32)
        async with self.database.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO service.demo_session (cookie_hash, name, csrf_token) "
                "VALUES (%s, %s, %s)",
                [sha256(cookie.encode()).digest(), name, secrets.token_urlsafe(32)],
            )
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            self._cookie, cookie, httponly=True, secure=self.is_https, samesite="Strict"
        )
        return response

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the session."""
        check_origin(request)
        user = await self.current_user(request)
        if user is not None:
            check_token(user, (await request.post()).get("csrf_token"))
            async with self.database.pool.connection() as connection:
                await connection.execute(
                    "DELETE FROM service.demo_session WHERE csrf_token = %s", [user.csrf_token]
                )
        response = web.Response(status=303, headers={"Location": SIGN_IN})
        response.del_cookie(self._cookie, secure=self.is_https, httponly=True, samesite="Strict")
        return response


def add_demo_login(app: web.Application, login: DemoLogin) -> None:
    """Add the pages of the login to an application."""

    async def prepare(_: web.Application) -> AsyncIterator[None]:
        await login.create_table()
        yield

    app.cleanup_ctx.append(prepare)
    app.router.add_get("/static/{file}", static, name="static")
    app.router.add_get(SIGN_IN, login.show)
    app.router.add_post(SIGN_IN, login.sign_in)
    app.router.add_post(SIGN_OUT, login.sign_out)
