"""The client for ManageBac's API v2."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Self, Unpack
from urllib.parse import urlsplit

from lms_async.client import Client
from lms_async.environment import Variable, read_variables
from lms_async.errors import InvalidInput
from lms_async.http.options import ClientOptions, open_transport, open_wire
from lms_async.http.transport import Transport
from lms_async.http.vendor import checked_base_url

from . import resources
from .credentials import (
    BearerCredentials,
    ClientCredentials,
    Credentials,
    NoCredentials,
    QueryToken,
    Token,
)
from .models.converter import converter, strict_converter
from .vendor import REGIONS, VERSIONS, ManageBacVendor

#: What :meth:`ManageBac.from_env` and the ``lms`` command read.
VARIABLES: Mapping[str, Variable] = {
    "MANAGEBAC_TOKEN": Variable(
        "API token", alternatives=("MANAGEBAC_CLIENT_ID", "MANAGEBAC_CLIENT_SECRET")
    ),
    "MANAGEBAC_CLIENT_ID": Variable("OAuth 2 client", required=False),
    "MANAGEBAC_CLIENT_SECRET": Variable("the OAuth 2 client's secret", required=False),
    "MANAGEBAC_REGION": Variable(f"one of {', '.join(REGIONS)}", required=False),
    "MANAGEBAC_VERSION": Variable(f"one of {', '.join(VERSIONS)}", required=False),
    "MANAGEBAC_BASE_URL": Variable("base URL, instead of a region", required=False),
}


class ManageBac(Client):
    """A client for the API v2 of one school's ManageBac, on one event loop.

    Use it as ``async with ManageBac(token) as managebac``, or call :meth:`close`.

    :param token: the API token, sent as a header; or a :class:`QueryToken`, or OAuth 2
        :class:`ClientCredentials`.
    :param region: ``com``, ``cn``, ``us1``, ``us2`` or ``uat``.
    :param version: ``v2``, or one of the pinned versions ``v2p0`` to ``v2p3``.
    :param base_url: another base URL, without the version. It replaces ``region``.
    :param options: see :class:`~lms_async.ClientOptions`. The default ``limiter`` allows 50
        requests in a second to a host, since the vendor counts by IP address.
    :raises InvalidInput: there is no token, the region or version is unknown, or the base URL is
        not safe.
    """

    def __init__(
        self,
        token: str | Token | QueryToken | ClientCredentials,
        *,
        region: str = "com",
        version: str = "v2",
        base_url: str | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        if not token or not isinstance(token, str | Token | QueryToken | ClientCredentials):
            raise InvalidInput("ManageBac needs a token")
        if base_url is None and region not in REGIONS:
            raise InvalidInput(f"unknown region; known are {', '.join(REGIONS)}")
        if version not in VERSIONS:
            raise InvalidInput(f"unknown version; known are {', '.join(VERSIONS)}")
        root = checked_base_url(
            base_url or REGIONS[region], allow_http=options.get("allow_http", False)
        )
        scope = ("ManageBac", urlsplit(root).netloc)
        wire = open_wire(options)
        read = strict_converter if options.get("strict") else converter

        def over(url: str, credentials: Credentials) -> Transport:
            return open_transport(
                ManageBacVendor(url, credentials, scope, read), options, wire=wire
            )

        credentials: Credentials
        if isinstance(token, ClientCredentials):
            # The path of oauth/token has no version prefix.
            credentials = BearerCredentials(token, over(root, NoCredentials()))
        else:
            credentials = Token(token) if isinstance(token, str) else token
        self._bind(over(f"{root}{version}/", credentials))

    @classmethod
    def from_env(
        cls, environment: Mapping[str, str] | None = None, **options: Unpack[ClientOptions]
    ) -> Self:
        """Create a client from the environment variables that the ``lms`` command reads.

        They are ``MANAGEBAC_TOKEN``, or ``MANAGEBAC_CLIENT_ID`` and ``MANAGEBAC_CLIENT_SECRET``;
        and, if needed, ``MANAGEBAC_REGION``, ``MANAGEBAC_VERSION`` and ``MANAGEBAC_BASE_URL``.

        :param environment: by default, the environment of the process.
        :raises InvalidInput: a required variable is not set, or a value can't be used.
        """
        given = read_variables(VARIABLES, environment)
        token = given.get("MANAGEBAC_TOKEN")
        client_id = given.get("MANAGEBAC_CLIENT_ID", "")
        secret = given.get("MANAGEBAC_CLIENT_SECRET", "")
        if token and (client_id or secret):
            raise InvalidInput(
                "both a token and an OAuth 2 client are set in the environment",
                hint="set either MANAGEBAC_TOKEN, or MANAGEBAC_CLIENT_ID and "
                "MANAGEBAC_CLIENT_SECRET",
            )
        return cls(
            token or ClientCredentials(client_id, secret),
            region=given.get("MANAGEBAC_REGION", "com"),
            version=given.get("MANAGEBAC_VERSION", "v2"),
            base_url=given.get("MANAGEBAC_BASE_URL"),
            **options,
        )

    @cached_property
    def auth(self) -> resources.Auth:
        """The permissions of the token."""
        return resources.Auth(self._transport)

    @cached_property
    def school(self) -> resources.TheSchool:
        """The school to which the token belongs."""
        return resources.TheSchool(self._transport)

    @cached_property
    def academic_years(self) -> resources.AcademicYears:
        """Academic years of the programs."""
        return resources.AcademicYears(self._transport)

    @cached_property
    def terms(self) -> resources.Terms:
        """Terms of academic years."""
        return resources.Terms(self._transport)

    @cached_property
    def subjects(self) -> resources.Subjects:
        """Subjects of one program."""
        return resources.Subjects(self._transport)

    @cached_property
    def subject_groups(self) -> resources.SubjectGroups:
        """Groups of the subjects of one program."""
        return resources.SubjectGroups(self._transport)

    @cached_property
    def reports(self) -> resources.Reports:
        """Term reports of one program."""
        return resources.Reports(self._transport)

    @cached_property
    def year_groups(self) -> resources.YearGroups:
        """Year groups and their students."""
        return resources.YearGroups(self._transport)

    @cached_property
    def classes(self) -> resources.Classes:
        """Classes of the school, their students and teachers."""
        return resources.Classes(self._transport)

    @cached_property
    def students(self) -> resources.Students:
        """Students of the school."""
        return resources.Students(self._transport)

    @cached_property
    def teachers(self) -> resources.Teachers:
        """Teachers of the school."""
        return resources.Teachers(self._transport)

    @cached_property
    def parents(self) -> resources.Parents:
        """Parents of students."""
        return resources.Parents(self._transport)

    @cached_property
    def children(self) -> resources.Children:
        """Links of a parent to children, who are students."""
        return resources.Children(self._transport)

    @cached_property
    def memberships(self) -> resources.Memberships:
        """Memberships of students, teachers and administrators."""
        return resources.Memberships(self._transport)
