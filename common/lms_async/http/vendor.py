"""The handful of things in which vendors differ.

A vendor package implements :class:`Vendor`; nothing else of it is known here.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urlsplit

import attrs
from cattrs import Converter
from yarl import URL

from ..errors import InvalidInput
from ..limits.window import Limiter
from .call import Call, url_of
from .responses import Response, read_payload, refusal
from .urls import is_encoded_path

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NOT_IN_A_BASE_URL = {*map(chr, range(33)), "\x7f", "?", "#"}
_IS_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}").fullmatch
_IS_PRINTABLE = re.compile(r"[!-~]+").fullmatch


def checked_base_url(base_url: str, *, allow_http: bool = False) -> str:
    """Return ``base_url`` if credentials may be sent there.

    A missing last ``/`` is added, and a host name that is not ASCII is encoded.

    :param allow_http: accept ``http://`` to other machines too, not to this machine only.
    :raises InvalidInput: the URL can't be used, or would send credentials unencrypted.
    """
    host: str | None = None
    try:
        parts = urlsplit(base_url)
        host = parts.hostname and URL(base_url).raw_host
        sound = parts.port != 0 and _is_host(host or "") and is_encoded_path(parts.path)
    except (ValueError, TypeError, AttributeError):
        sound = False
    if not sound or "@" in parts.netloc or set(base_url) & _NOT_IN_A_BASE_URL:
        raise InvalidInput("a base URL is scheme, host and path, e.g. https://api.example.com/v1/")
    plain = parts.scheme == "http" and (allow_http or parts.hostname in _LOOPBACK)
    if parts.scheme != "https" and not plain:
        raise InvalidInput(
            "an http:// base URL would send credentials unencrypted to another machine",
            hint="use https://; in code, allow_http=True permits it in a network that you trust",
        )
    if not parts.netloc.isascii():
        netloc = str(host) if parts.port is None else f"{host}:{parts.port}"
        base_url = f"{parts.scheme}://{netloc}{parts.path}"
    return base_url if base_url.endswith("/") else base_url + "/"


def _is_host(host: str) -> bool:
    if ":" in host:
        ip_address(host.partition("%")[0])  # a ValueError, if it is none
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(_IS_LABEL(label) for label in labels)


def checked_secret(secret: str, what: str) -> str:
    """``secret`` without the blanks and line breaks around it, as files and clipboards add them.

    :param what: what it is, for the message, which does not show it.
    :raises InvalidInput: it is blank, no text, or holds blanks, control characters or other letters
        than ASCII, which can't be sent in a header.
    """
    stripped = secret.strip() if isinstance(secret, str) else ""
    if not stripped:
        raise InvalidInput(f"the {what} is needed, as a text that is not blank")
    if not _IS_PRINTABLE(stripped):
        raise InvalidInput(
            f"the {what} holds a blank, a control character or a letter that is not ASCII",
            hint="copy it again",
        )
    return stripped


@attrs.frozen
class Page:
    """One page of a list, as rows not yet decoded, and the call for the next one.

    ``overlaps``: ``next`` begins at this page's last row, so that its first row must be one that
    was read before, or the list has shifted meanwhile.
    """

    rows: list[Any] = attrs.field(repr=False)
    next: Call[Any] | None = None
    overlaps: bool = False


class Vendor(ABC):
    """What the transport, the pages and the bulk need to know of a vendor.

    ``base_url`` is scheme, host and base path, and ends in ``/``, see :func:`checked_base_url`.
    ``scope`` is what the vendor counts requests by: clients of one scope share their limiter.
    ``converter`` is that of the vendor's models, see ``records/converter.py``.
    """

    #: The vendor's name, for messages.
    name: ClassVar[str]
    #: What to do about a refusal, by status.
    hints: ClassVar[Mapping[int, str]] = {}
    #: Seconds to pause after a 429 that names no time.
    default_retry_after: ClassVar[float] = 5.0

    base_url: str
    scope: Hashable
    converter: Converter

    @property
    def account(self) -> Hashable:
        """What tells this account from others of the vendor; may hold a secret, is never shown."""
        return (self.name, self.base_url, self.scope)

    @abstractmethod
    def default_limiter(self) -> Limiter:
        """A limiter that is safe for this vendor, used where the caller gives none."""

    @abstractmethod
    def auth_headers(self, method: str, url: str) -> AbstractContextManager[Mapping[str, str]]:
        """Headers that authorise this one attempt; the context ends when its answer begins."""

    @abstractmethod
    def page(self, call: Call[Any], payload: Any) -> Page:
        """The rows of a list's payload, and the call for the next page."""

    def limits(self, call: Call[Any]) -> Mapping[Hashable, Callable[[], Limiter]]:
        """What counts ``call``, by scope: all of it must let the call go.

        For a vendor that limits an endpoint by itself: that scope too, before the vendor's own.
        """
        return {self.scope: self.default_limiter}

    def weight(self, call: Call[Any]) -> int:
        """How much of the limit ``call`` uses, where a vendor counts some calls for more."""
        return 1

    def url(self, call: Call[Any]) -> str:
        """Where ``call`` goes: absolute, and percent-encoded as it is sent."""
        return url_of(call, self.base_url)

    async def prepare(self) -> None:  # noqa: B027 - most vendors need nothing
        """Get what must be had before an attempt can be signed, e.g. a token that is not too old.

        Awaited before the attempt waits for its slot.
        """

    def is_prepared(self) -> bool:
        """Whether what :meth:`prepare` got is still good, now that the slot is there."""
        return True

    def generation(self) -> int | None:
        """What tells the credentials of now from renewed ones; ``None`` if they can't be renewed.
        Asked as an attempt is about to be signed."""
        return None

    def expire(self, generation: int) -> None:  # noqa: B027 - most vendors have nothing to renew
        """Have :meth:`prepare` renew the credentials of ``generation``, which were refused."""

    def check(self, call: Call[Any], answer: Response) -> Any:
        """The payload of a success.

        :raises LmsError: for anything else, also a 2xx that is not what was asked for.
        """
        if not 200 <= answer.status < 300:
            raise refusal(
                call, answer, hints=self.hints, default_retry_after=self.default_retry_after
            )
        return read_payload(call, answer, is_empty=self.is_empty)

    def is_empty(self, call: Call[Any], payload: dict[str, Any]) -> bool:
        """Whether a response without the key of the list says that the list is empty. It must say
        so by a count: a key is missing also where an account may not see the list."""
        return False

    def identity(self, row: Any) -> Hashable | None:
        """What tells a list's rows apart, so that none is given twice; ``None`` if nothing does."""
        known = row.get("id") if isinstance(row, dict) else None
        return None if known is None else str(known)

    def earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        """The call for a page that begins ``rows`` further to the front, or at the beginning.

        ``None`` where the list can't be read so, or where the page is its beginning already.
        """
        return None
