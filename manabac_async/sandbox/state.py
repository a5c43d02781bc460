"""What the operations of both APIs share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from attrs import define

from lms_async.sandbox import Clock, Response

from . import bodies
from .paging import Pager
from .school import School
from .tokens import Authenticator


@define(kw_only=True)
class Quirks:
    """How the server behaves where the vendor's documents are silent or contradict each other."""

    extended: bool = True
    """Whether the school has the package "Extended APIs"; without: 401, a choice."""
    patch_adds: bool = True
    """Whether ``PATCH classes/{id}/students`` adds, as the Memberships page says, or answers
    ``not_found`` for who is not in the class, as the specification has it."""
    unknown_ids: Literal["skip", "refuse"] = "skip"
    """What add_students and remove_students do about unknown ids. Skipping is documented for year
    groups and teachers, and a choice for these; else a 404 for all."""
    plain_404: bool = False
    """Whether a 404 has no body, as the specification lists it for most operations."""
    teacher_role: str = "Teacher"
    """What memberships call a teacher: examples of users say ``Advisor`` (1.8)."""
    uniq_ids: bool = False
    """Whether memberships have the two keys that are in the schema and in no example."""
    v1_created: Literal[200, 201] = 201
    """A created user's status: 201 in the document's table, 200 in its sample."""
    v1_dates: Literal["iso", "dotted"] = "iso"
    v1_id_lists: Literal["list", "comma"] = "list"
    v1_header: bool = True
    """Whether ``auth_token`` arrives as a header; many proxies drop a name like this."""


@define
class State:
    """The school, the clock, the tokens, and how the server behaves."""

    school: School
    clock: Clock
    auth: Authenticator
    v1_token: str
    pager: Pager
    quirks: Quirks

    def now(self) -> datetime:
        """The time, to the millisecond, which is all that timestamps show."""
        now = datetime.fromtimestamp(self.clock.time(), UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def missing(self, what: str, said: object) -> Response:
        """The 404 for a record that does not exist."""
        if self.quirks.plain_404:
            return Response(404)
        return bodies.error(404, f"Couldn't find {what} with 'id'={said}")
