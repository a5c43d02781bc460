"""The Schoology client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Literal, Self, Unpack, cast
from urllib.parse import urlsplit

import attrs

from lms_async.client import Client
from lms_async.environment import Variable, read_variables
from lms_async.errors import InvalidInput, UnexpectedResponse
from lms_async.http.call import Call, get
from lms_async.http.options import ClientOptions, open_transport
from lms_async.http.retry import RetryPolicy
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params
from lms_async.http.vendor import checked_base_url, checked_secret
from lms_async.limits.queue import Priority
from lms_async.records.scalar_rules import id_text

from . import models, resources
from .merging import MultigetTransport
from .models.converter import converter, strict_converter
from .multiget import SubResponse, read_many
from .signing import Signature, Signer
from .vendor import BASE_URL, SchoologyVendor

#: What :meth:`Schoology.from_env` and the ``lms`` command read.
VARIABLES: Mapping[str, Variable] = {
    "SCHOOLOGY_KEY": Variable("consumer key"),
    "SCHOOLOGY_SECRET": Variable("consumer secret"),
    "SCHOOLOGY_TOKEN": Variable("access token of a three-legged key", required=False),
    "SCHOOLOGY_TOKEN_SECRET": Variable("the access token's secret", required=False),
    "SCHOOLOGY_BASE_URL": Variable(f"base URL, instead of {BASE_URL}", required=False),
}


class Schoology(Client):
    """A client for one Schoology account, on one event loop.

    Use it as ``async with Schoology(key=…, secret=…) as schoology``, or call :meth:`close`.

    :param key: consumer key.
    :param secret: consumer secret.
    :param token: access token of a three-legged key, with ``token_secret``.
    :param base_url: another host of the vendor's, e.g. ``https://api.schoologyca.com/v1/``.
    :param signature: ``HMAC-SHA1``, or ``PLAINTEXT``, which sends the secret itself over TLS.
    :param options: see :class:`~lms_async.ClientOptions`. The default ``limiter`` allows 13
        requests in 5 seconds for each key.
    :raises InvalidInput: the key or secret is missing or can't be sent, only one of ``token`` and
        ``token_secret`` is set, the signature is unknown, or the base URL is not safe.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        base_url: str = BASE_URL,
        signature: Signature = "HMAC-SHA1",
        **options: Unpack[ClientOptions],
    ) -> None:
        if not key or not secret:
            raise InvalidInput("Schoology needs a consumer key and its secret")
        if (token is None) != (token_secret is None):
            raise InvalidInput("token and token_secret must be set together")
        key = checked_secret(key, "key")
        url = checked_base_url(base_url, allow_http=options.get("allow_http", False))
        signer = Signer(
            key,
            checked_secret(secret, "secret"),
            token=None if token is None else checked_secret(token, "token"),
            token_secret=None
            if token_secret is None
            else checked_secret(token_secret, "token_secret"),
            signature=signature,
        )
        vendor = SchoologyVendor(
            url,
            signer,
            scope=("Schoology", urlsplit(url).netloc, key),
            converter=strict_converter if options.get("strict") else converter,
        )
        self._bind(open_transport(vendor, options))

    @classmethod
    def from_env(
        cls, environment: Mapping[str, str] | None = None, **options: Unpack[ClientOptions]
    ) -> Self:
        """Create a client from the environment variables that the ``lms`` command reads.

        They are ``SCHOOLOGY_KEY``, ``SCHOOLOGY_SECRET`` and, if needed, ``SCHOOLOGY_TOKEN``,
        ``SCHOOLOGY_TOKEN_SECRET`` and ``SCHOOLOGY_BASE_URL``.

        :param environment: by default, the environment of the process.
        :raises InvalidInput: a required variable is not set, or a value can't be used.
        """
        given = read_variables(VARIABLES, environment)
        return cls(
            given["SCHOOLOGY_KEY"],
            given["SCHOOLOGY_SECRET"],
            token=given.get("SCHOOLOGY_TOKEN"),
            token_secret=given.get("SCHOOLOGY_TOKEN_SECRET"),
            base_url=given.get("SCHOOLOGY_BASE_URL", BASE_URL),
            **options,
        )

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        priority: Priority | None = None,
        deadline: float | None = None,
        multiget: bool | None = None,
        run_as: str | int | None = None,
    ) -> Self:
        """Return a view of this client with other options.

        The view uses the same connections. Closing either closes both.

        :param timeout: see :meth:`lms_async.client.Client.with_options`.
        :param retry: see :meth:`lms_async.client.Client.with_options`.
        :param priority: see :meth:`lms_async.client.Client.with_options`.
        :param deadline: see :meth:`lms_async.client.Client.with_options`.
        :param multiget: merge up to 50 reads that wait at the same time into one ``POST multiget``.
            For example, ``await asyncio.gather(*(view.users.get(uid) for uid in uids))`` sends one
            request per 50 users. If one of these reads fails, only its own call raises. Reads that
            ``multiget`` does not support are sent as single requests. If Schoology refuses
            ``multiget``, so are all reads from then on
            (event :class:`~lms_async.events.MergingRefused`).
        :param run_as: act as the user with this Schoology id, a number. Every request of the view
            and of its own views has the header ``X-Schoology-Run-As``. Schoology does not document
            this header. Integrations with a system administrator's key use it. A journal of one
            user can't be continued as another user.
        :raises InvalidInput: ``run_as`` is not a number, or another option is not valid.
        """
        view = super().with_options(
            timeout=timeout, retry=retry, priority=priority, deadline=deadline
        )
        if run_as is not None:
            acting = partial(attrs.evolve, run_as=_checked_uid(run_as))
            view._bind(view._transport.with_options(adapt=acting))
        if multiget is not None:
            kind = MultigetTransport if multiget else Transport
            view._bind(view._transport.with_options(kind=kind))
        return view

    @property
    def _vendor(self) -> SchoologyVendor:
        return cast("SchoologyVendor", self._transport.vendor)

    @cached_property
    def roles(self) -> resources.Roles:
        """Roles of people."""
        return resources.Roles(self._transport)

    @cached_property
    def schools(self) -> resources.Schools:
        """Schools of the account."""
        return resources.Schools(self._transport)

    @cached_property
    def buildings(self) -> resources.Buildings:
        """Buildings of a school."""
        return resources.Buildings(self._transport)

    @cached_property
    def users(self) -> resources.Users:
        """People: their accounts, and what belongs to one person."""
        return resources.Users(self._transport)

    @cached_property
    def grading_periods(self) -> resources.GradingPeriods:
        """Grading periods of the school."""
        return resources.GradingPeriods(self._transport)

    @cached_property
    def courses(self) -> resources.Courses:
        """Courses of the school."""
        return resources.Courses(self._transport)

    @cached_property
    def sections(self) -> resources.Sections:
        """Sections of courses."""
        return resources.Sections(self._transport)

    @cached_property
    def enrollments(self) -> resources.Enrollments:
        """Enrollments of people in sections, groups and courses."""
        return resources.Enrollments(self._transport)

    @cached_property
    def groups(self) -> resources.Groups:
        """Groups of people."""
        return resources.Groups(self._transport)

    async def multiget(self, paths: Iterable[str]) -> list[SubResponse]:
        """Send several reads, 50 per request. Vendor page: "Multi-get requests".

        Use this for reads that this package has no method for. For all others, use
        ``with_options(multiget=True)``, which falls back to single requests.

        :param paths: relative to the base URL and percent-encoded, e.g. ``sections/4318461``.
        :returns: one response per path, in order. A read that Schoology refused raises no error;
            see ``response_code``.
        :raises InvalidInput: a path is not valid. Nothing was sent.
        :raises UnexpectedResponse: a response can't be read, or does not have one part per path.
        """
        return await read_many(self._transport, "multiget", paths)

    async def multioptions(self, paths: Iterable[str]) -> list[SubResponse]:
        """Get the HTTP methods that several paths support, 50 per request. Vendor page:
        "Multi-options".

        Schoology does not document the content of the responses. The responses to single OPTIONS
        requests have named methods that the account may not use.

        :param paths: relative to the base URL and percent-encoded.
        :returns: one response per path, in order.
        :raises InvalidInput: a path is not valid. Nothing was sent.
        :raises UnexpectedResponse: a response can't be read, or does not have one part per path.
        """
        return await read_many(self._transport, "multioptions", paths)

    async def app_user_info(self) -> models.AppUserInfo:
        """Get the id of the user to whom the credentials belong.

        This is the fastest call to check that the credentials are accepted. Vendor page: "Other
        Calls", GET app-user-info.

        :raises Unauthorized: the credentials are not accepted.
        """
        return await self._transport.send(
            get(build_path("app-user-info"), returns=models.AppUserInfo, required_key="api_uid")
        )

    async def search(
        self,
        keywords: str,
        *,
        type: Literal["user", "group", "course"] | None = None,  # noqa: A002 - the vendor's
        page: int = 0,
    ) -> models.SearchResults:
        """Search for users, groups and courses. Vendor page: Search.

        :param keywords: the words to search for.
        :param type: search for this kind only.
        :param page: the page of the results, from 0. Each kind has its own pages.
        :raises Forbidden: the account may not search.
        :raises UnexpectedResponse: the response has no results of any kind.
        """
        query = query_params(keywords=keywords, type=type, page=page)
        call: Call[models.SearchResults] = get(
            build_path("search"), returns=models.SearchResults, query=query
        )
        results = await self._transport.send(call)
        if results.users is None and results.groups is None and results.courses is None:
            raise UnexpectedResponse("the response has no results", call=call)
        return results


def _checked_uid(uid: object) -> str:
    """Return ``uid`` as text.

    :raises InvalidInput: it is not a number. A ``school_uid`` need not be one.
    """
    text = (id_text(uid) or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise InvalidInput("run_as must be a user's Schoology id, a number", hint="see User.uid")
    return text
