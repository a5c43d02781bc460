"""Fill path templates, encode queries, and read links that the vendor sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

from ..errors import InvalidInput
from ..records.scalar_rules import id_text

Query = tuple[tuple[str, str], ...]

#: A path as RFC 3986 defines it, percent-encoded.
_IS_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*").fullmatch
_HAS_CONTROLS = re.compile(r"[\x00-\x1f\x7f]").search
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch


class Route(str):
    """A path in the form that logs and errors may show.

    ``template`` is the path with the names of parameters in place of all values, e.g.
    ``sections/{section_id}/grades``.
    """

    __slots__ = ("template",)
    template: str


def shown_as(route: str, *, template: str) -> Route:
    """Return ``route`` with its template."""
    shown = Route(route)
    shown.template = template
    return shown


class Path(str):
    """A filled path that remembers in which form logs and errors may show it."""

    __slots__ = ("route",)
    route: str


def build_path(template: str, **values: object) -> Path:
    """Fill a path template, e.g. ``build_path("users/{uid:person}", uid="45552")``.

    Every value is percent-encoded whole (``/`` becomes ``%2F``). A field marked ``:person`` is kept
    out of :attr:`Path.route`; other values are shown there. A field marked ``:number`` must be a
    whole number. ``template`` must contain no value, since metrics show it.

    :raises InvalidInput: a value is empty, ``.`` or ``..``, which would name another resource, or
        the value of a ``:number`` field is not a number.
    """
    path, route, names = [], [], []
    for literal, name, spec, _ in Formatter().parse(template):
        path.append(literal)
        route.append(literal)
        names.append(literal)
        if name is None:
            continue
        value = values[name]
        text = id_text(value) or ""
        if text.strip() in ("", ".", "..") or not _encodes(text):
            raise InvalidInput(f"{name} of {template!r} must be an id, not empty or dots")
        if spec == "number":
            text = text.strip()
            if not (text.isascii() and text.isdigit()):
                fault = "must be a whole number"
                raise InvalidInput(f"{name} of {template!r} can't be sent", fields={name: fault})
        path.append(quote(text, safe=""))
        route.append("{" + name + "}" if spec == "person" else quote(text, safe=""))
        names.append("{" + name + "}")
    filled = Path("".join(path))
    filled.route = shown_as("".join(route), template="".join(names))
    return filled


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_encoded_path(path: str) -> bool:
    """Return whether ``path`` is percent-encoded and has no segment ``.`` or ``..``."""
    return bool(_IS_PATH(path)) and not {".", ".."} & set(unquote(path).split("/"))


def query_params(**parameters: str | int | bool | Iterable[str | int] | None) -> Query:
    """Return the query made of those parameters that are not ``None``.

    ``True`` is sent as ``1``. ``False`` is left out, since some vendors treat a flag as true
    whenever it is present. Iterables are joined by commas.

    :raises InvalidInput: a parameter has another type.
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


def replace_query(query: Query, **parameters: str | int) -> Query:
    """Return ``query`` with ``parameters`` in place of those of the same name."""
    kept: Mapping[str, str] = {name: str(value) for name, value in parameters.items()}
    return tuple(pair for pair in query if pair[0] not in kept) + tuple(kept.items())


#: The longest query with many ids, in bytes as it is sent. Servers and proxies refuse URLs of more
#: than 8,190 bytes, and some refuse shorter ones.
MOST_QUERY = 4000


def portions(
    ids: Iterable[str], *, at_most: int | None = None, around: int = 3, room: int = MOST_QUERY
) -> list[list[str]]:
    """Split ``ids``, in order, into lists that each fit into the query of one request.

    :param at_most: the most ids in one list.
    :param around: extra bytes that each id takes. The default is an encoded comma.
    :param room: the most bytes in one list.
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
    """Return the query string, percent-encoded as both RFC 3986 and OAuth 1 (RFC 5849, 3.6) ask."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query)


def _quoted(text: str) -> str:
    unreserved = _UNRESERVED(text)  # quote() is slow, and most texts do not need it
    return unreserved[0] if unreserved else quote(text, safe="")


def resolve_link(link: str, *, path: str, base_url: str) -> tuple[str, Query]:
    """Return the path and query of a redirect or paging link that the vendor sent.

    The host of the link must be that of ``base_url``. The scheme is ignored, since vendors send
    ``http://`` links to hosts that only speak TLS.

    :param path: of the request whose response has the link, relative to ``base_url``.
    :raises ValueError: the link can't be read, or leads to another host or out of the base path.
        The text holds no part of the link.
    """
    if not _encodes(link) or _HAS_CONTROLS(link):
        raise ValueError("the link is not text that can be sent")
    base = urlsplit(base_url)
    target = same_host = None
    try:
        target = urlsplit(urljoin(base_url + path, link))
        same_host = _host(target) == _host(base)
    except ValueError:  # its text quotes the link, so it must not become our error's context
        pass
    if target is None or same_host is None:
        raise ValueError("the link can't be read")
    if not same_host:
        raise ValueError("the link leads to another host")
    if not target.path.startswith(base.path):
        raise ValueError("the link leads out of the API's base path")
    relative = quote(target.path[len(base.path) :], safe="/%!$&'()*+,;=:@~")
    if not is_encoded_path(relative):
        raise ValueError("the link leads out of the API's base path, or is not encoded as a link")
    return relative, tuple(parse_qsl(target.query, keep_blank_values=True))


def _host(url: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port, without a default port. So http:// and https:// links compare equal."""
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.hostname, None if url.port == default else url.port
