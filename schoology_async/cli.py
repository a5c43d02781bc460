"""Schoology's target of the ``lms`` command (extra ``cli``).

The sandbox is imported inside functions, so that an import to the vendor does not load it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.cli.target import Row, RunningSandbox, Variable
from lms_async.events import Listener
from lms_async.journal.journal import Journal
from lms_async.limits.limiter import Limiter

from .client import VARIABLES, Schoology
from .resources.many_users import new_user

if TYPE_CHECKING:
    from lms_async.sandbox import SandboxServer

    from .sandbox import SchoologySandbox

#: The fields that can be set when a user is created.
FIELDS = {
    "school_uid": "the school's own id for the person; must never change",
    "name_first": "first name",
    "name_last": "last name",
    "role_id": "Schoology's id of the role, a number",
    "username": "login name",
    "primary_email": "email address",
    "name_title": "Mr., Mrs., Ms., Miss, Dr. or Professor",
    "name_title_show": "1 to show the title, 0 to hide it",
    "name_first_preferred": "preferred first name",
    "name_middle": "middle name",
    "name_middle_show": "1 to show the middle name, 0 to hide it",
    "gender": "M or F",
    "grad_year": "graduation year, four digits",
    "birthday_date": "YYYY-MM-DD or DD.MM.YYYY",
    "password": "first password",
    "email_login_info": "1 to let Schoology email the login to the person",
    "synced": "1 if an import keeps the account up to date, otherwise 0",
    "position": "job title",
    "tz_name": "time zone, such as America/New_York",
    "language": "language code, such as es",
    "school_id": "Schoology's id of the school",
    "building_id": "Schoology's id of the building",
    "additional_buildings": "Schoology's ids of more buildings, separated by commas",
    "parent_uids": "Schoology's ids of the parents, separated by commas",
    "advisor_uids": "Schoology's ids of the advisors, separated by commas",
    "child_uids": "Schoology's ids of the children, separated by commas",
    "profile_picture_fid": "Schoology's id of an uploaded picture",
    "subjects_taught": "subjects taught",
    "grades_taught": "grades taught",
    "department": "department",
    "bio": "short biography",
    "phone": "telephone number",
    "website": "web address",
    "address": "postal address",
    "interests": "interests",
    "activities": "activities",
}

#: Other names of the fields, as other systems export them.
ALIASES = {
    "student id": "school_uid",
    "student number": "school_uid",
    "sis id": "school_uid",
    "unique id": "school_uid",
    "unique user id": "school_uid",
    "first name": "name_first",
    "given name": "name_first",
    "forename": "name_first",
    "last name": "name_last",
    "family name": "name_last",
    "surname": "name_last",
    "middle name": "name_middle",
    "preferred name": "name_first_preferred",
    "e-mail": "primary_email",
    "email address": "primary_email",
    "mail": "primary_email",
    "role": "role_id",
    "login": "username",
    "login name": "username",
    "graduation year": "grad_year",
    "birthday": "birthday_date",
    "date of birth": "birthday_date",
    "dob": "birthday_date",
    "sex": "gender",
    "time zone": "tz_name",
}

#: Explanations of Schoology's error codes. The response does not say which case of 409 applies.
EXPLAINED = {
    "409": "Another person already has this username or email address. Without --update-existing "
    "it can also mean that a person with this school_uid exists. To update existing people, add "
    "--update-existing --restart.",
}


@attrs.frozen
class SchoologyTarget:
    """Creates users, 50 per request. With ``--update-existing`` it also updates them."""

    name: str = "schoology"
    vendor: str = "Schoology"
    fields: Mapping[str, str] = attrs.field(factory=FIELDS.copy)
    required: Sequence[Sequence[str]] = (
        ("school_uid",),
        ("name_first",),
        ("name_last",),
        ("role_id",),
        ("username", "primary_email"),
    )
    key: Sequence[str] = ("school_uid",)
    aliases: Mapping[str, str] = attrs.field(factory=ALIASES.copy)
    code_explanations: Mapping[str, str] = attrs.field(factory=EXPLAINED.copy)
    variables: Mapping[str, Variable] = attrs.field(factory=lambda: VARIABLES)
    can_update: bool = True
    limit: tuple[int, float] = (13, 5.0)
    demo: SchoologyDemo = attrs.field(factory=lambda: SchoologyDemo())

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> Schoology:
        """Create a client from the ``SCHOOLOGY_…`` variables."""
        return Schoology.from_env(environment, limiter=limiter, trust_env=True, events=events)

    async def verify(self, client: Schoology) -> None:
        """Send GET app-user-info."""
        await client.app_user_info()

    def check_row(self, row: Row) -> None:
        """Check a row as ``users.create_many`` does."""
        new_user(row)

    def count_requests(self, rows: Iterable[Row]) -> int:
        """Count one request per 50 users."""
        return -(-sum(1 for _ in rows) // 50)

    def bulk(
        self,
        client: Schoology,
        rows: Iterable[Any],
        *,
        update_existing: bool,
        journal: Journal | None,
    ) -> Bulk[Any]:
        """Call ``users.create_many``."""
        return client.users.create_many(rows, update_existing=update_existing, journal=journal)

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run a sandbox. Its default limit is the one that users report: 15 requests per 5 s."""
        from .sandbox import School, SchoologySandbox

        return _served(
            SchoologySandbox(
                school=School.seeded(people),
                limit=limit or (15, 5.0),
                latency=latency,
                host=host,
                port=port,
            )
        )


@asynccontextmanager
async def _served(sandbox: SchoologySandbox) -> AsyncIterator[RunningSandbox]:
    async with sandbox:
        yield RunningSandbox(
            sandbox,
            {
                "SCHOOLOGY_KEY": sandbox.key,
                "SCHOOLOGY_SECRET": sandbox.secret,
                "SCHOOLOGY_BASE_URL": sandbox.base_url,
            },
        )


class SchoologyDemo:
    """The rows and the simulated failures of ``lms demo``."""

    noun = "people"
    #: The vendor's own limit would make the demo take more than a minute.
    limit = None

    def valid_rows(self, count: int) -> Iterator[Row]:
        """Yield teachers, students and parents."""
        from .sandbox.seed import people

        for person in people(count, seed=1):
            yield {name: str(value) for name, value in person.fields.items() if value != ""}

    def vendor_rejected_rows(self) -> Sequence[Row]:
        """Return a person whose username is taken."""
        taken = {"school_uid": "X90001", "name_first": "Biff", "name_last": "Tannen"}
        return [{**taken, "role_id": "1214", "username": "mrstrickland"}]

    def invalid_rows(self) -> Sequence[Row]:
        """Return a person with an invalid email address, and one without a last name."""
        person: Row = {"name_first": "Marty", "role_id": "1214"}
        return [
            {**person, "school_uid": "X90002", "name_last": "McFly", "primary_email": "marty"},
            {**person, "school_uid": "X90003", "username": "marty"},
        ]

    def prepare(self, server: SandboxServer, count: int) -> None:
        """Do nothing: the import creates all users."""

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Add failures to POST users."""
        from lms_async.sandbox import Fault

        where: Any = {"method": "POST", "path": "users"}
        server.faults.add(
            Fault.refuse(times=5, retry_after=0.4, skip=30, **where),
            Fault.cut(after=True, skip=25, **where),
            Fault.error(503, skip=60, **where),
        )
        return (
            "5 rate limit refusals (429)",
            "a connection lost after the request was processed",
            "a server error (503)",
        )

    async def read_back(self, client: Schoology) -> AsyncIterator[Row]:
        """Yield all users with a ``school_uid``."""
        async for user in client.users.list():
            if user.school_uid:
                shown = attrs.asdict(user, recurse=False)
                yield {name: _written(shown[name]) for name in FIELDS if name in shown}


def _written(value: Any) -> str:
    """Return a value as it would be in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


target = SchoologyTarget()
