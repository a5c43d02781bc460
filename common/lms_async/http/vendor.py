"""The base class :class:`Vendor`, which a vendor package implements.

It covers all in which vendors differ: credentials, URLs, limits, errors and paging.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urlsplit

import attrs
from cattrs import Converter
from yarl import URL

from ..errors import InvalidInput
from ..limits.limiter import Limiter
from .call import Call, url_of
from .responses import Response, read_payload, refusal
from .urls import is_encoded_path

#: The names of this machine.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
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
        url = URL(base_url)
        host = parts.hostname and url.host and url.raw_host  # reading `host` decodes it: "xn--"
        sound = parts.port != 0 and _is_host(host or "") and is_encoded_path(parts.path)
    except (ValueError, TypeError, AttributeError):
        sound = False
    if not sound or "@" in parts.netloc or set(base_url) & _NOT_IN_A_BASE_URL:
        raise InvalidInput("a base URL is scheme, host and path, e.g. https://api.example.com/v1/")
    plain = parts.scheme == "http" and (allow_http or parts.hostname in LOOPBACK)
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
        ip_address(host.partition("%")[0])  # raises ValueError
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(_IS_LABEL(label) for label in labels)


def checked_secret(secret: str, what: str) -> str:
    """Return ``secret`` without blanks and line breaks at its ends, which files and clipboards add.

    :param what: name of the secret for the error message, which does not show the value.
    :raises InvalidInput: the secret is blank or not a text, or it can't be sent in a header because
        it contains blanks, control characters or letters that are not ASCII.
    """
    stripped = secret.strip() if isinstance(secret, str) else ""
    if not stripped:
        raise InvalidInput(f"the {what} is missing or blank")
    if not _IS_PRINTABLE(stripped):
        raise InvalidInput(
            f"the {what} contains a blank, a control character or a letter that is not ASCII",
            hint="copy it again",
        )
    return stripped


@attrs.frozen
class Page:
    """One page of a list.

    :param rows: the rows, not yet decoded.
    :param next: the call for the next page; ``None`` at the end.
    :param overlaps: whether ``next`` begins at this page's last row. If the first row of the next
        page is another one, the list has shifted.
    :param guessed: whether the vendor does not say if there is a next page.
    :param total: how many rows the list had when this page was made. Give it only for a list by
        page numbers: if it changes between two pages, the list has shifted.
    """

    rows: list[Any] = attrs.field(repr=False)
    next: Call[Any] | None = None
    overlaps: bool = False
    guessed: bool = False
    total: int | None = None


class Vendor(ABC):
    """What the transport, pages and bulks need to know about a vendor.

    ``base_url`` is scheme, host and base path, and ends in ``/``, see :func:`checked_base_url`.
    ``scope`` names what the vendor counts requests by: clients of one scope share their limiter.
    ``converter`` reads and writes the vendor's models, see ``records/converter.py``.
    """

    #: The vendor's name, for messages.
    name: ClassVar[str]
    #: What the user can do about an error, by status.
    hints: ClassVar[Mapping[int, str]] = {}
    #: Seconds to pause after a 429 that names no time.
    default_retry_after: ClassVar[float] = 5.0

    base_url: str
    scope: Hashable
    converter: Converter

    @property
    def account(self) -> Hashable:
        """What identifies this account. It may contain a secret, so it is never shown."""
        return (self.name, self.base_url, self.scope)

    @property
    def shown_base_url(self) -> str:
        """The base URL as events may show it."""
        return self.base_url

    @abstractmethod
    def default_limiter(self) -> Limiter:
        """Return a limiter that is safe for this vendor, used if the caller gives none."""

    @abstractmethod
    def auth_headers(self, method: str, url: str) -> AbstractContextManager[Mapping[str, str]]:
        """Return the headers that authorize one attempt. The context ends at its response."""

    @abstractmethod
    def page(self, call: Call[Any], payload: Any) -> Page:
        """Return the rows of a list's payload, and the call for the next page."""

    def limits(self, call: Call[Any]) -> Mapping[Hashable, Callable[[], Limiter]]:
        """Return the limits that count ``call``, by scope. The call waits for all of them.

        A vendor that limits an endpoint separately returns that scope too, before its own.
        """
        return {self.scope: self.default_limiter}

    def weight(self, call: Call[Any]) -> int:
        """Return how much of the limit ``call`` uses. It is 1 unless a vendor counts it as more."""
        return 1

    def url(self, call: Call[Any]) -> str:
        """Return the absolute URL of ``call``, percent-encoded as it is sent."""
        return url_of(call, self.base_url)

    def headers(self, call: Call[Any]) -> Mapping[str, str]:
        """Return headers for ``call``, in addition to the usual ones and the credentials."""
        return {}

    async def prepare(self) -> None:  # noqa: B027 - most vendors need nothing
        """Obtain what an attempt needs to be signed, e.g. a token that has not expired.

        It is awaited before the attempt waits for its slot.
        """

    def is_prepared(self) -> bool:
        """Return whether what :meth:`prepare` obtained is still valid after the wait."""
        return True

    def generation(self) -> int | None:
        """Return a number that changes with each renewal; ``None`` if nothing is renewed.

        It is read just before an attempt is signed.
        """
        return None

    def expire(self, generation: int) -> None:  # noqa: B027 - most vendors have nothing to renew
        """Make :meth:`prepare` renew the credentials of ``generation``, which were refused."""

    def check(self, call: Call[Any], response: Response) -> Any:
        """Return the payload of a success.

        :raises LmsError: the response is not a success, or a 2xx without what was requested.
        """
        if not 200 <= response.status < 300:
            raise refusal(
                call,
                response,
                default_retry_after=self.default_retry_after,
                hint=self.hint(response.status),
                reasons=self.reasons,
            )
        return read_payload(call, response, is_empty=self.is_empty)

    def hint(self, status: int) -> str:
        """Return what the user can do about an error with this HTTP status.

        A 404 may also mean that the path in the base URL is wrong, so a base URL that the user has
        chosen is named.
        """
        hint = self.hints.get(status, "")
        if status != 404 or self.has_own_base_url():
            return hint
        doubt = f"if all calls fail in this way, check the base URL {self.shown_base_url}"
        return f"{hint}; {doubt}" if hint else doubt

    def has_own_base_url(self) -> bool:
        """Return whether the base URL is one that the vendor publishes.

        The error for a 404 names any other base URL. By default, no base URL is named.
        """
        return True

    def reasons(self, call: Call[Any], payload: Any) -> Mapping[str, Any]:
        """Return the reasons in the JSON ``payload`` of a refusal, by field name.

        Return only names of fields. They are shown in errors; the reasons are scrubbed first.
        """
        return {}

    def is_empty(self, call: Call[Any], payload: dict[str, Any]) -> bool:
        """Return whether a response without the key of the list says that the list is empty.

        Return true only if the response has a count of 0. The key is also missing if the account
        may not see the list.
        """
        return False

    def identity(self, row: Any) -> Hashable | None:
        """Return what identifies a row of a list, or ``None``. It is used to drop repeated rows."""
        known = row.get("id") if isinstance(row, dict) else None
        return str(known) if known else None  # several rows may have "" or 0 for an id

    def ahead(self, page: Page, payload: Any) -> Iterable[Call[Any]]:
        """Return the calls of the pages after ``page``, in order, beginning with ``page.next``.

        They are fetched side by side. Return them if the payload says how long the list is. They
        may be wrong, or too many or too few: each page is checked before its rows are used. Return
        a generator, since a vendor may claim any length.
        """
        return ()

    def earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        """Return the call for a page that begins ``rows`` earlier, or at the start of the list.

        For a list by page numbers, return the call for the page before. Return ``None`` if there is
        no such call, or if the page is the first one.
        """
        return None
