"""The state that the operations of both APIs share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from attrs import Factory, define

from lms_async.sandbox import Clock, Request, Response

from . import bodies
from .paging import Pager
from .school import School
from .storage import Storage
from .tokens import Authenticator


@define(kw_only=True)
class Quirks:
    """How the server behaves where the vendor's documents are silent or contradict each other."""

    extended: bool = True
    """Whether the school has the package "Extended APIs". Assumed: without it, these calls get a
    401."""
    patch_adds: bool = True
    """Whether ``PATCH classes/{id}/students`` adds students, as on the Memberships page. Otherwise
    it returns ``not_found`` for students who are not in the class, as in the specification."""
    unset_archived: Literal["active", "all"] = "active"
    """The result of the lists of classes and year groups without ``archived``: active ones, as
    clients have seen for classes, or all of them. The vendor does not document it."""
    deleted_rows: Literal["whole", "bare"] = "whole"
    """Whether a deleted person or class has all its fields, or only its id and ``deleted_at``. The
    form is not specified."""
    parent_nulls: bool = False
    """Whether parents have fields with null. The vendor documents only for students and teachers
    that nulls are left out (v2-endpoints.md, 1.8)."""
    relationship_object: bool = False
    """Whether a relationship is an object, as in one client's types, instead of text."""
    class_envelope: bool = False
    """Whether responses to writes of a class have the key ``class``, like responses to reads."""
    assessment_types: Literal["object", "assessment_type", "assessment_types"] = "object"
    """The response of ``assessment_types``: one object, as in the schema, or a list, as the text
    says, below one of two keys."""
    singular_errors: bool = False
    """Whether the errors of fields are below ``error``, as for tasks, instead of ``errors``."""
    report_version: str = "v2"
    """The version in the URLs of a report's files. The specifications still have ``v2``."""
    unknown_ids: Literal["skip", "refuse"] = "skip"
    """Whether add_students and remove_students skip unknown ids, or respond with 404. Skipping is
    assumed; it is documented only for year groups and teachers."""
    welcome_unasked: bool = False
    """Whether a new person without a password gets a welcome email if the request does not say. The
    documents say both."""
    plain_404: bool = False
    """Whether a 404 has no body, as the specification says for most operations."""
    teacher_role: str = "Teacher"
    """The role of a teacher in memberships. Examples of users have ``Advisor`` instead (1.8)."""
    uniq_ids: bool = False
    """Whether memberships have the two keys that are in the schema but in no example."""
    v1_created: Literal[200, 201] = 201
    """The status for a created user: 201 in the document's table, 200 in its sample."""
    v1_dates: Literal["iso", "dotted"] = "iso"
    v1_id_lists: Literal["list", "comma"] = "list"
    v1_basic: Literal["user", "password", "either", "no"] = "either"
    """Where HTTP Basic of v1 has the token. The document does not define it."""
    v1_header: bool = True
    """Whether the header ``auth_token`` arrives. Many proxies drop headers with an underscore."""


@define
class State:
    """The school, the clock, the tokens, and the settings of the server."""

    school: School
    clock: Clock
    auth: Authenticator
    v1_token: str
    pager: Pager
    quirks: Quirks
    storage: Storage
    denied: set[str] = Factory(set)
    """The permissions that no token has, see :attr:`ManageBacSandbox.denied`."""

    def version(self, request: Request) -> str:
        """Return the version that a request is for, such as ``v2p3``."""
        return urlsplit(request.uri).path.split("/")[1]

    def now(self) -> datetime:
        """Return the time in whole milliseconds, like the API's timestamps."""
        now = datetime.fromtimestamp(self.clock.time(), UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def missing(self, what: str, raw_id: object) -> Response:
        """Return the 404 for a record that does not exist."""
        if self.quirks.plain_404:
            return Response(404)
        return bodies.error(404, f"Couldn't find {what} with 'id'={raw_id}")
