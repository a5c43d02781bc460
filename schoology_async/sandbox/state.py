"""The state that the operations of the sandbox share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from attrs import define

from lms_async.sandbox import Clock

from .school import School


@define(kw_only=True)
class Quirks:
    """How the server behaves where the vendor's documents and the live API differ."""

    page_cap: int = 200
    """The maximum number of rows per page, even if the request has a higher limit."""
    default_page: int = 20
    totals: bool = True
    """Whether lists have a ``total``. Several lists of the live API have none."""
    relative_location: bool = False
    """Whether redirects go to ``/v1/users/…``, without a host. The live API has both forms."""
    single_as_object: bool = False
    """Whether a list with one element is printed as that element, as sometimes in the live API."""
    error_key: Literal["message", "error", "errors"] = "message"
    """The key of the error message of a failed row. It is not documented."""
    parent_uid_key: Literal["advisor_uid", "parent_uid"] = "advisor_uid"
    """The key of an imported parent's uid. The documents contradict each other."""
    multiget: Literal["json", "array", "refused"] = "json"
    """The response of ``multiget``: ``json`` has codes and bodies, ``array`` bodies only, and
    ``refused`` is a 415. Neither JSON form is documented."""
    multiget_queries: bool = True
    """Whether ``multiget`` applies the queries of its paths. This is not documented."""
    bulk_delete_rows: bool = True
    """Whether a bulk delete answers 207 with rows, as in the live API, or 204 as documented."""
    run_as_allowed: bool = True
    """Whether the owner of the key may act as another user."""
    second_enrollment: Literal["rejected", "updated"] = "rejected"
    """The effect of a create if the person is already enrolled. This is not documented. Imports by
    codes and ``update_existing`` always update."""
    import_revives: bool = True
    """Whether an import by codes reactivates an expired enrollment. This is not documented."""
    absent_unenrolled: Literal[200, 404] = 404
    """The ``response_code`` of an import row with ``delete`` if the person is not enrolled. This is
    not documented."""
    grades_need_section: bool = False
    """Whether reading a user's grades without ``section_id`` is 403, as in some schools."""
    attendance_gone: bool = False
    """Whether the district takes attendance in another application. Reading it is 410 then."""


@define
class State:
    """The school, the clock, and the settings of the server."""

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
        """Return a user's URL, as responses print it."""
        return f"{self.base_url}users/{uid}"

    def many(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, Any]:
        """Return a list as this server prints it, see ``Quirks.single_as_object``."""
        return rows[0] if self.quirks.single_as_object and len(rows) == 1 else rows
