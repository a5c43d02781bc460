"""The client for ManageBac's legacy API v1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Self, Unpack, cast
from urllib.parse import urlsplit

from lms_async.client import Client
from lms_async.environment import Variable, read_variables
from lms_async.errors import InvalidInput
from lms_async.http.options import ClientOptions, open_transport
from lms_async.http.transport import Transport
from lms_async.http.vendor import checked_base_url

from ..credentials import BasicToken, Credentials, QueryToken, Token
from ..models.converter import converter, strict_converter
from .resources import ClassesV1, Groups, IbGroups, UsersV1
from .vendor import ManageBacV1Vendor

#: What :meth:`ManageBacV1.from_env` and the ``lms`` command read.
VARIABLES: Mapping[str, Variable] = {
    "MANAGEBAC_V1_SCHOOL": Variable("the school's subdomain, before .managebac.com"),
    "MANAGEBAC_V1_TOKEN": Variable("API token"),
    "MANAGEBAC_V1_BASE_URL": Variable(
        "base URL, instead of https://SCHOOL.managebac.com/api/", required=False
    ),
    "MANAGEBAC_V1_TOKEN_IN": Variable(
        "where the token is sent: query (default), header or basic", required=False
    ),
}

#: Where the token is sent.
TokenIn = Literal["query", "header", "basic"]


class ManageBacV1(Client):
    """A client for the legacy API v1 of one school's ManageBac, on one event loop.

    Use it as ``async with ManageBacV1("myschool", token) as managebac``, or call :meth:`close`.

    :param school: the school's subdomain, as in ``https://{school}.managebac.com``.
    :param token: the API token.
    :param token_in: where to send the token. ``query`` sends it in the URL, as common clients do,
        and in the header ``auth_token`` too, as the vendor's page shows for writes. ``header``
        sends only that header, and ``basic`` sends HTTP Basic, which the page mentions: both keep
        the token out of URLs, which access logs record. The page does not say which of them a
        school's server accepts for reads, and some proxies drop headers with an underscore.
    :param base_url: another base URL, e.g. ``https://myschool.managebac.cn/api/``.
    :param options: see :class:`~lms_async.ClientOptions`. The default ``limiter`` allows 50
        requests in a second to a host, and is shared with v2.
    :raises InvalidInput: there is no token, ``school`` is not a subdomain, the base URL is not
        safe, or ``token_in`` is none of the three.
    """

    def __init__(
        self,
        school: str,
        token: str,
        *,
        base_url: str | None = None,
        token_in: TokenIn = "query",  # noqa: S107 - a place, not a secret
        **options: Unpack[ClientOptions],
    ) -> None:
        if not token:
            raise InvalidInput("ManageBac needs a token")
        if not isinstance(school, str) or not re.fullmatch(r"[A-Za-z0-9-]+", school):
            raise InvalidInput("school must be the subdomain alone, e.g. myschool")
        url = checked_base_url(
            base_url or f"https://{school}.managebac.com/api/",
            allow_http=options.get("allow_http", False),
        )
        credentials = _credentials(token, token_in)
        scope = ("ManageBac", urlsplit(url).netloc)
        read = strict_converter if options.get("strict") else converter
        vendor = ManageBacV1Vendor(url, credentials, scope, read)
        self._bind(open_transport(vendor, options))

    @classmethod
    def from_env(
        cls, environment: Mapping[str, str] | None = None, **options: Unpack[ClientOptions]
    ) -> Self:
        """Create a client from the environment variables that the ``lms`` command reads.

        They are ``MANAGEBAC_V1_SCHOOL``, ``MANAGEBAC_V1_TOKEN`` and, if needed,
        ``MANAGEBAC_V1_BASE_URL`` and ``MANAGEBAC_V1_TOKEN_IN``.

        :param environment: by default, the environment of the process.
        :raises InvalidInput: a required variable is not set, or a value can't be used.
        """
        given = read_variables(VARIABLES, environment)
        return cls(
            given["MANAGEBAC_V1_SCHOOL"],
            given["MANAGEBAC_V1_TOKEN"],
            base_url=given.get("MANAGEBAC_V1_BASE_URL"),
            token_in=cast("TokenIn", given.get("MANAGEBAC_V1_TOKEN_IN") or "query"),
            **options,
        )

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.users = UsersV1(transport)
        self.ib_groups = IbGroups(transport)
        self.classes = ClassesV1(transport)
        self.groups = Groups(transport)


def _credentials(token: str, token_in: TokenIn) -> Credentials:
    match token_in:
        case "query":
            return QueryToken(token, headers={"auth_token": token})
        case "header":
            return Token(token, header="auth_token")
        case "basic":
            return BasicToken(token)
    raise InvalidInput("token_in must be query, header or basic")
