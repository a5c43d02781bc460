"""A request as a value: what to send to the vendor, and what response to expect.

A resource method builds one :class:`Call` and hands it to the transport. Calls compare by value, so
a test of a resource method is ``assert built == Call("GET", "users/45552", returns=User)``.
"""

from __future__ import annotations

import re
from typing import Any, Generic, Literal, Protocol, TypeVar, overload

import attrs
import orjson

from ..errors import InvalidInput
from .urls import Path, Query, Route, encode_query, resolve_link

T = TypeVar("T")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


#: A segment of a path that is a word, such as ``users``, and not an id or an email address.
_is_word = re.compile(r"[A-Za-z_-]*").fullmatch


def _first_segment(call: Call[Any]) -> str:
    head, slash, _ = call.path.partition("/")
    return (head if _is_word(head) else "…") + ("/…" if slash else "")


@attrs.frozen(kw_only=True)
class Call(Generic[T]):
    """One request, as a frozen value.

    :param method: the HTTP method.
    :param path: relative to the vendor's base URL and percent-encoded, as :func:`build_path`
        returns it.
    :param query: names and values.
    :param body: sent as JSON; ``bytes`` are sent as they are.
    :param returns: the type that the payload is decoded to; ``None`` if nothing is expected.
    :param envelope_key: the key of the response under which the payload must be.
    :param required_key: a key that the payload must have, so that another object is not taken for
        it.
    :param about: a field of the expected record and the value that it must have. A response about
        another record is refused.
    :param repeatable: whether making the call twice has the same effect as making it once.
    :param is_bulk: whether it carries many rows. A 2xx does not mean that each row succeeded.
    :param route: the path as logs and errors may show it, with the names of parameters in place of
        values that identify a person.
    """

    method: Method = attrs.field(kw_only=False)
    path: str = attrs.field(kw_only=False, repr=False)
    query: Query = attrs.field(default=(), repr=False)
    body: Any = attrs.field(default=None, repr=False)
    returns: type[T] | None = None
    envelope_key: str | None = None
    required_key: str | None = None
    about: tuple[str, str] | None = None
    repeatable: bool = False
    is_bulk: bool = False
    route: str = attrs.field(eq=False, default=attrs.Factory(_first_segment, takes_self=True))

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def template(self) -> str:
        """The route without any value, e.g. ``sections/{section_id}/grades``."""
        return self.route.template if isinstance(self.route, Route) else self.route

    def encoded_body(self) -> bytes | None:
        """Return the body as it is sent.

        :raises InvalidInput: it can't be written as JSON.
        """
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        try:
            return orjson.dumps(self.body)
        except TypeError:  # its text may contain the value
            pass
        raise InvalidInput(f"{self}: the body can't be written as JSON")


class AttemptObserver(Protocol):
    """Gets notified of the attempts of a call."""

    async def before_send(self) -> None:
        """Called when an attempt is about to be sent. An error raised here prevents that."""

    def lost(self) -> None:
        """Called when an attempt was sent and the vendor may or may not have acted on it."""

    def will_retry(self) -> None:
        """Called when the vendor has done nothing so far and a retry is scheduled."""


@overload
def get(path: Path, *, returns: type[T], **rest: Any) -> Call[T]: ...
@overload
def get(path: Path, *, returns: None = None, **rest: Any) -> Call[Any]: ...
def get(path: Path, *, returns: type[T] | None = None, **rest: Any) -> Call[Any]:
    """Return a GET call, which is always repeatable."""
    return Call("GET", str(path), route=path.route, returns=returns, repeatable=True, **rest)


def about(field: str, id_: object) -> tuple[str, str] | None:
    """Return ``Call.about`` for a record requested by its ``id_``.

    It is ``None`` if the id is not a number, since vendors accept words such as ``me`` for an id.
    """
    text = str(id_).strip()
    return (field, text) if text.isascii() and text.isdigit() and text[0] != "0" else None


def url_of(call: Call[Any], base_url: str, *, more: Query = ()) -> str:
    """Return the absolute URL of ``call``, percent-encoded.

    :param more: added to its query.
    """
    url = base_url + call.path
    query = call.query + more
    return f"{url}?{encode_query(query)}" if query else url


def follow(call: Call[T], link: str, *, base_url: str) -> Call[T]:
    """Return the call that a redirect or paging ``link`` in the response to ``call`` asks for.

    :raises ValueError: see :func:`~lms_async.http.urls.resolve_link`.
    """
    path, query = resolve_link(link, path=call.path, base_url=base_url)
    return attrs.evolve(call, path=path, query=query)
