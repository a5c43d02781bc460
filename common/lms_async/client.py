"""The base of every vendor's client: closing, views with other options, requests of any kind."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from inspect import cleandoc
from types import TracebackType
from typing import Any, Self, TypeVar, cast, get_args

from .errors import InvalidInput, LmsError
from .http.call import Call, Method
from .http.gather import gather
from .http.options import ClientOptions
from .http.pages import Pages
from .http.responses import Response
from .http.retry import RetryPolicy
from .http.transport import Transport
from .http.urls import is_encoded_path, query_params
from .limits.queue import Priority

I = TypeVar("I")  # noqa: E741 - the type of an item
T = TypeVar("T")


class Client:
    """The base of the vendors' clients. Each of them has its resources as attributes."""

    _transport: Transport

    def __init_subclass__(cls, **rest: Any) -> None:
        """Add the common options to the documentation that ``help()`` shows."""
        super().__init_subclass__(**rest)
        if cls.__doc__:
            options = cleandoc(ClientOptions.__doc__ or "").partition("\n\n")[2]
            cls.__doc__ = f"{cleandoc(cls.__doc__)}\n\nOptions of every client:\n\n{options}"

    def _bind(self, transport: Transport) -> None:
        """Use ``transport`` for all resources of this client."""
        # All resources need this module. It is loaded here so that neither the import of a client
        # nor the first call, in a running event loop, takes long.
        from . import resource  # noqa: F401

        self._transport = transport

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._transport.vendor.base_url}>"

    @property
    def base_url(self) -> str:
        """The URL to which requests are sent. It contains no credentials."""
        return self._transport.vendor.base_url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, unless the session is the caller's own."""
        await self._transport.wire.close()

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        priority: Priority | None = None,
        deadline: float | None = None,
    ) -> Self:
        """Return this client with other options, on the same connections. Closing one closes both.

        :param timeout: seconds for one attempt.
        :param retry: when a failed call is made again.
        :param priority: ``interactive`` for calls that a person waits for. They pass the calls of a
            running import, which still gets every fourth slot.
        :param deadline: seconds for each call as a whole: the queue for the rate limit, pauses,
            retries and the requests. After that the call raises
            :class:`~lms_async.DeadlineExceeded`, or :class:`~lms_async.OutcomeUnknown` if a write
            may have been done. Each page of a list and each request of a bulk has its own deadline.
            Rows that a bulk could not send in time are ``skipped``.
        """
        view = object.__new__(type(self))
        view._bind(
            self._transport.with_options(
                timeout=timeout, retry=retry, priority=priority, deadline=deadline
            )
        )
        return view

    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: dict[str, str | int | bool | None] | None = None,
        body: Any = None,
        idempotent: bool | None = None,
    ) -> Response:
        """Send a request that this package has no method for.

        It is signed, rate-limited and retried like any other call.

        :param path: relative to the base URL and percent-encoded, e.g. ``schools``.
        :param query: parameters; those that are ``None`` or ``False`` are left out.
        :param body: sent as JSON.
        :param idempotent: whether sending it twice does no harm. If so, it is sent again when the
            response is lost. By default only a GET is.
        :returns: status, headers and body of a 2xx response.
        :raises LmsError: for any other response, see :mod:`lms_async.errors`.
        """
        repeatable = method == "GET" if idempotent is None else idempotent
        call: Call[Response] = _call(
            method, path, query, body=body, returns=Response, repeatable=repeatable
        )
        return await self._transport.send(call)

    def pages(
        self,
        method: Method,
        path: str,
        *,
        key: str,
        model: type[T],
        query: dict[str, str | int | bool | None] | None = None,
    ) -> Pages[T]:
        """Read a list that this package has no method for, with the vendor's paging.

        :param path: relative to the base URL and percent-encoded, e.g. ``courses``.
        :param key: the key of the response under which the rows are, e.g. ``course``.
        :param model: the type of a row: one of this package's models, or ``dict``.
        :param query: parameters; those that are ``None`` or ``False`` are left out.
        """
        returns = cast("type[list[T]]", list[model])  # type: ignore[valid-type]
        repeatable = method == "GET"
        call: Call[list[T]] = _call(
            method, path, query, returns=returns, envelope_key=key, repeatable=repeatable
        )
        return Pages(self._transport, call, model)

    def gather(
        self, read: Callable[[I], Awaitable[T]], items: Iterable[I]
    ) -> AsyncGenerator[tuple[I, T | LmsError], None]:
        """Read something for each item, up to the rate limit, and return the results in order.

        ``async for section_id, rows in client.gather(list_enrollments, section_ids)`` yields each
        item with its result. If its call failed, the error takes the place of the result, and the
        other calls go on. Up to 200 results are waited for or unread, so a slow reader holds the
        requests back. Leaving early cancels the calls that still run.

        :param read: makes one call, such as a method of this client.
        :param items: the arguments of ``read``. They are taken as they are needed. An error that
            they raise is raised after the results of the items before it.
        """
        return gather(read, items)


def _call(
    method: Method, path: str, query: dict[str, str | int | bool | None] | None, **rest: Any
) -> Call[Any]:
    """Return a call that was put together by the caller.

    :raises InvalidInput: the method is unknown, or the path can't be sent.
    """
    if method not in get_args(Method):
        raise InvalidInput(f"method must be one of {', '.join(get_args(Method))}")
    if path.startswith("/") or "://" in path or not is_encoded_path(path):
        raise InvalidInput(
            "path must be relative to the base URL, percent-encoded and without a query",
            hint='encode each part of it with urllib.parse.quote(part, safe="")',
        )
    return Call(method, path, query=query_params(**(query or {})), **rest)
