"""A request as a value: what is asked, and what is expected back, with nothing done yet.

A resource method builds one :class:`Call` and hands it to the transport. Calls compare by value, so
a test of a resource method is ``assert built == Call("GET", "users/45552", returns=User)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any, Generic, Literal, Protocol, TypeVar, overload
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

import attrs

from ..errors import InvalidInput
from ..records.scalars import id_text
from .responses import Response

T = TypeVar("T")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Query = tuple[tuple[str, str], ...]

#: A path as RFC 3986 has it, percent-encoded.
_IS_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*").fullmatch
_HAS_CONTROLS = re.compile(r"[\x00-\x1f\x7f]").search
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch


def _first_segment(call: Call[Any]) -> str:
    head, slash, _ = call.path.partition("/")
    return head + ("/…" if slash else "")


@attrs.frozen(kw_only=True)
class Call(Generic[T]):
    """One request, as a frozen value.

    ``path`` is relative to the vendor's base URL and already percent-encoded, as :func:`build_path`
    makes it.
    ``route`` is what may be said of the path in a log or an error: it names the path's parameters
    instead of showing the ones that identify a person.
    ``body`` is what goes over the wire as JSON; ``bytes`` are sent as they are.
    ``returns`` is the type that the payload is decoded to (``None``: nothing is expected back),
    ``envelope_key`` the key under which it must be found, ``required_key`` a key that the payload
    itself must have, so that another object is not taken for it. ``about`` is a field of the record
    that is expected back, and the value that it must have: a response about another record is not
    ours.
    ``repeatable`` says whether the vendor ends in the same state when the call is made twice.
    ``is_bulk`` marks a bulk call, whose 2xx says nothing yet about its rows.
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

    @property
    def is_matched(self) -> bool:
        """Whether a response to another request can't pass for this one's, or does no harm: that
        of a read, one whose rows name their keys, or one that the caller is given as it is."""
        keyed = self.is_bulk and self.envelope_key is not None
        return self.method == "GET" or keyed or self.returns is Response

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


class AttemptObserver(Protocol):
    """Who is told of the attempts of a call."""

    async def before_send(self) -> None:
        """An attempt is about to leave, its slot is there; what this raises keeps it from that."""

    def lost(self) -> None:
        """An attempt was sent, and nobody knows whether it was acted on."""

    def will_retry(self) -> None:
        """An attempt was refused for now or never sent, and none before it was lost: nothing was
        done, and another attempt is waited for."""


class Path(str):
    """A filled path that remembers the template it was made from, in the form that may be said."""

    __slots__ = ("route",)
    route: str


@overload
def get(path: Path, *, returns: type[T], **rest: Any) -> Call[T]: ...
@overload
def get(path: Path, *, returns: None = None, **rest: Any) -> Call[Any]: ...
def get(path: Path, *, returns: type[T] | None = None, **rest: Any) -> Call[Any]:
    """A GET: reading is always repeatable."""
    return Call("GET", str(path), route=path.route, returns=returns, repeatable=True, **rest)


def about(field: str, id_: object) -> tuple[str, str] | None:
    """``Call.about`` for a record asked for by its ``id_``; ``None`` if that is no number, since
    vendors take words such as ``me`` for an id too."""
    text = str(id_).strip()
    return (field, text) if text.isascii() and text.isdigit() and text[0] != "0" else None


def build_path(template: str, **values: object) -> Path:
    """Fill a path template, e.g. ``fill("users/{uid:person}", uid="45552")``.

    Every value is percent-encoded whole (``/`` becomes ``%2F``). A field marked ``:person`` is kept
    out of :attr:`Path.route`; other values are shown there.

    :raises InvalidInput: for an empty value, ``.`` or ``..``, which would name another resource.
    """
    path, route = [], []
    for literal, name, spec, _ in Formatter().parse(template):
        path.append(literal)
        route.append(literal)
        if name is None:
            continue
        value = values[name]
        text = id_text(value) or ""
        if text.strip() in ("", ".", "..") or not _encodes(text):
            raise InvalidInput(f"{name} of {template!r} must be an identifier, not empty or dots")
        path.append(quote(text, safe=""))
        route.append("{" + name + "}" if spec == "person" else quote(text, safe=""))
    filled = Path("".join(path))
    filled.route = "".join(route)
    return filled


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_encoded_path(path: str) -> bool:
    """Whether ``path`` is percent-encoded as it must be sent, and names no other one by dots."""
    return bool(_IS_PATH(path)) and not {".", ".."} & set(unquote(path).split("/"))


def query_params(**parameters: str | int | bool | Iterable[str | int] | None) -> Query:
    """The query of those parameters that are not ``None``.

    ``True`` is sent as ``1``; ``False`` is left out, since vendors take the mere presence of some
    flags for a yes, whatever their value. Iterables are joined by commas.

    :raises InvalidInput: for anything else.
    """
    query = []
    for name, value in parameters.items():
        if value is None or value is False:
            continue
        if value is True:
            query.append((name, "1"))
        elif (text := id_text(value)) is not None:
            query.append((name, text))
        elif isinstance(value, Iterable):
            query.append((name, ",".join(str(element) for element in value)))
        else:
            raise InvalidInput(f"{name} must be a text or a whole number, or several of them")
    return tuple(query)


#: The longest query that is made of many ids, in bytes as it is sent. Servers and proxies refuse
#: URLs of more than 8,190 bytes, some of them shorter ones.
MOST_QUERY = 4000


def portions(
    ids: Iterable[str], *, at_most: int | None = None, around: int = 3, room: int = MOST_QUERY
) -> list[list[str]]:
    """``ids`` in order, cut so that each portion can be put into the query of one request.

    :param at_most: ids in a portion.
    :param around: bytes that each takes beside its own: those of an encoded comma, where the ids
        are joined by commas.
    """
    cut: list[list[str]] = []
    size = 0
    for id_ in ids:
        more = len(_quoted(id_)) + around
        if not cut or len(cut[-1]) == at_most or size + more > room:
            cut.append([])
            size = 0
        cut[-1].append(id_)
        size += more
    return cut


def encode_query(query: Query) -> str:
    """The query string, percent-encoded as RFC 3986 and OAuth 1 (RFC 5849, 3.6) both read it."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query)


def _quoted(text: str) -> str:
    unreserved = _UNRESERVED(text)  # most are, and quote() takes its time
    return unreserved[0] if unreserved else quote(text, safe="")


def url_of(call: Call[Any], base_url: str, *, more: Query = ()) -> str:
    """The absolute URL of ``call``, percent-encoded as it is sent.

    :param more: what is added to its query.
    """
    url = base_url + call.path
    query = call.query + more
    return f"{url}?{encode_query(query)}" if query else url


def follow(call: Call[T], link: str, *, base_url: str) -> Call[T]:
    """The call that a vendor's redirect or paging ``link`` asks for.

    Only the link's path and query are taken. Its host must be the base URL's; its scheme is not
    looked at, since vendors print ``http://`` links to hosts that speak TLS only.

    :raises ValueError: the link can't be read, or leads to another host or out of the base path.
        The text holds no part of the link.
    """
    if not _encodes(link) or _HAS_CONTROLS(link):
        raise ValueError("the link is not text that can be sent")
    base = urlsplit(base_url)
    target = same_host = None
    try:
        target = urlsplit(urljoin(base_url + call.path, link))
        same_host = _host(target) == _host(base)
    except ValueError:  # its own text quotes the link, so it is not to be seen as the context
        pass
    if target is None or same_host is None:
        raise ValueError("the link can't be read")
    if not same_host:
        raise ValueError("the link leads to another host")
    if not target.path.startswith(base.path):
        raise ValueError("the link leads out of the API's base path")
    path = quote(target.path[len(base.path) :], safe="/%!$&'()*+,;=:@~")
    if not is_encoded_path(path):
        raise ValueError("the link climbs out of the API's base path, or is not encoded as a link")
    query = tuple(parse_qsl(target.query, keep_blank_values=True))
    return attrs.evolve(call, path=path, query=query)


def _host(url: SplitResult) -> tuple[str | None, int | None]:
    """Host and port, the port of the scheme's own taken as none: schemes are not compared."""
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.hostname, None if url.port == default else url.port


def replace_query(query: Query, **parameters: str | int) -> Query:
    """``query`` with the given parameters put in place of those of the same name."""
    kept: Mapping[str, str] = {name: str(value) for name, value in parameters.items()}
    return tuple(pair for pair in query if pair[0] not in kept) + tuple(kept.items())
