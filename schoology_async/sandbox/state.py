"""What the operations of a sandbox share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from attrs import define

from lms_async.sandbox import Clock

from .school import School


@define(kw_only=True)
class Quirks:
    """How the server behaves where the vendor's documents and live observations differ."""

    page_cap: int = 200
    """The most rows of a page, whatever was asked for."""
    default_page: int = 20
    totals: bool = True
    """Whether lists have a ``total``; several real ones have none."""
    relative_location: bool = False
    """Whether redirects go to ``/v1/users/…``, without a host; both were seen live."""
    single_as_object: bool = False
    """Whether a list of one is printed as its element; seen live, here and there."""
    error_key: Literal["message", "error", "errors"] = "message"
    """The key under which a failed row explains itself: not documented."""
    parent_uid_key: Literal["advisor_uid", "parent_uid"] = "advisor_uid"
    """The key of an imported parent's uid: the documents disagree with each other."""
    multiget: Literal["json", "array", "refused"] = "json"
    """How ``multiget`` answers: with codes and bodies, with bodies alone, or 415. None of the
    JSON forms is documented."""
    multiget_queries: bool = True
    """Whether the queries of the paths in ``multiget`` are honored: not documented."""
    bulk_delete_rows: bool = True
    """Whether a bulk delete answers 207 with rows, as seen live, or 204 as documented."""
    run_as_allowed: bool = True
    """Whether the key's owner may act as another user."""
    second_enrollment: Literal["rejected", "updated"] = "rejected"
    """What a create does for a person who is enrolled already: not documented. An import by codes
    and ``update_existing`` always update."""
    import_revives: bool = True
    """Whether an import by codes makes an expired enrollment active again: not documented."""
    absent_unenrolled: Literal[200, 404] = 404
    """The ``response_code`` of an import row with ``delete`` for a person who is not enrolled: not
    documented."""
    grades_need_section: bool = False
    """Whether a person's grades are refused (403) without ``section_id``, as some schools do."""
    attendance_gone: bool = False
    """Whether the district takes attendance in another application, so that reading it is 410."""


@define
class State:
    """The school, the clock, and how the server behaves."""

    school: School
    clock: Clock
    quirks: Quirks
    origin: Callable[[], str]
    """Returns ``http://host:port``, once the server listens."""
    root: str
    """The path of the API's root."""

    @property
    def base_url(self) -> str:
        """The URL of the API's root."""
        return self.origin() + self.root

    def location(self, uid: str) -> str:
        """A user's own URL, as responses print it."""
        return f"{self.base_url}users/{uid}"

    def many(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, Any]:
        """A list as this server prints it; a list of one perhaps as its element."""
        return rows[0] if self.quirks.single_as_object and len(rows) == 1 else rows
