"""OAuth 1.0a as Schoology takes it: HMAC-SHA1 or PLAINTEXT, two-legged or three-legged.

The parts that can be got wrong (collecting, normalising, the base string, the header) are
oauthlib's own functions; only what goes into them is ours, and the one step from a base string to
its signature, for which oauthlib escapes both secrets anew for each request.
Vendor page: developers.schoology.com/api-documentation/authentication.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, ClassVar, Literal, cast, get_args
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from oauthlib.oauth1.rfc5849 import signature as rfc5849
from oauthlib.oauth1.rfc5849.parameters import prepare_headers
from oauthlib.oauth1.rfc5849.utils import escape

from lms_async.errors import InvalidInput
from lms_async.redact import Sealed

Signature = Literal["HMAC-SHA1", "PLAINTEXT"]

#: How far the timestamp may lag, in seconds, while requests that carry it are under way.
_LONGEST_LAG = 10


# The timestamp of the last attempt of a task.
_timestamp: ContextVar[int] = ContextVar("timestamp", default=0)

# Marks in a drafted header. Drawn anew in each process, so that nothing signed can look like one.
_NONCE, _TIMESTAMP, _SIGNATURE, _OWN = (secrets.token_hex(16) for _ in range(4))
_MARKS = {"nonce": _NONCE, "timestamp": _TIMESTAMP, "signature": _SIGNATURE}


class Stamps:
    """The one place where the timestamps of a consumer key come from.

    Schoology refuses a timestamp that lies before one it has seen ("must also be in sequence"),
    and concurrent requests overtake each other. So the timestamp stands still while a request that
    carries it is on its way, and moves on when none is, or after ten seconds.

    A timestamp that Schoology refused is given up: if this machine's clock was ahead and has been
    put right, the next request carries the right time. It never falls below one that was accepted.
    """

    _of_key: ClassVar[WeakValueDictionary[str, Stamps]] = WeakValueDictionary()

    def __init__(self) -> None:
        self._current = 0
        self._accepted = 0
        self._on_their_way = 0

    @classmethod
    def of(cls, key: str) -> Stamps:
        """The stamps of ``key``, shared by all clients of this process."""
        stamps = cls._of_key.get(key)
        if stamps is None:
            stamps = cls._of_key[key] = cls()
        return stamps

    def depart(self) -> int:
        """The timestamp for a request that leaves now."""
        now = int(time.time())
        if not self._on_their_way or now - self._current > _LONGEST_LAG:
            self._current = max(self._current, now)
        self._on_their_way += 1
        return self._current

    def arrived(self) -> None:
        """A request that left has its answer, or failed."""
        self._on_their_way -= 1

    def accept(self, timestamp: int) -> None:
        """Schoology took a request with this timestamp."""
        self._accepted = max(self._accepted, timestamp)
        self._current = max(self._current, timestamp)

    def refuse(self, timestamp: int) -> None:
        """Schoology refused a request because of this timestamp."""
        if timestamp == self._current:
            self._current = self._accepted


class Signer:
    """Signs requests with a consumer key, and with an access token where there is one.

    :param token: the access token of a three-legged key; ``None`` for two-legged, where
        ``oauth_token`` is sent empty, as the vendor's page asks.
    :raises InvalidInput: another ``signature`` than these.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        signature: Signature = "HMAC-SHA1",
    ) -> None:
        if signature not in get_args(Signature):
            raise InvalidInput(f"signature is one of {', '.join(get_args(Signature))}")
        self._key = Sealed(key)
        # RFC 5849, 3.4.2 and 3.4.4: the key of the one signature, and the whole of the other.
        both = f"{escape(secret)}&{escape(token_secret or '')}"
        self._plaintext = Sealed(str(escape(both)))
        self._hmac = hmac.new(both.encode(), digestmod="sha1")
        self._token = Sealed(token or "")
        self._method = signature
        header = prepare_headers(  # type: ignore[no-untyped-call]
            [*self._parameters(), ("oauth_signature", _SIGNATURE)], realm="Schoology API"
        )
        self._header = Sealed(_draft(str(header["Authorization"])))
        # oauthlib takes pairs, as its own docstring says; its type stub says a dict.
        own = rfc5849.normalize_parameters(self._parameters())  # type: ignore[arg-type]
        self._own = Sealed(str(escape(own)))
        self._drafted: tuple[str, str] | None = None
        self._base = Sealed("")
        self._stamps = Stamps.of(key)

    def accepted(self) -> None:
        """Note that the last attempt of this task was signed well."""
        self._stamps.accept(_timestamp.get())

    def refused(self) -> int:
        """Note that the timestamp of the last attempt of this task was refused, and give it."""
        timestamp = _timestamp.get()
        self._stamps.refuse(timestamp)
        return timestamp

    def signed(self, method: str, url: str) -> _Signed:
        """The context of one attempt: entered, it gives the headers; left, the answer is in."""
        return _Signed(self, method, url)

    def headers(
        self, method: str, url: str, *, timestamp: int, nonce: str | None = None
    ) -> dict[str, str]:
        """The ``Authorization`` header for one request.

        :param url: absolute, with its query, percent-encoded as it is sent.
        :param timestamp: seconds since the epoch.
        :param nonce: letters and digits, never used before with this timestamp; drawn at random
            where not given.
        """
        values = {"nonce": nonce or secrets.token_hex(12), "timestamp": timestamp}
        base = ""
        if self._method == "HMAC-SHA1":
            if self._drafted != (method, url):  # a bulk goes to one URL again and again
                base = _draft(self._drawn_up(method, url))
                self._drafted, self._base = (method, url), Sealed(base)
            base = self._base.reveal() % values
        signed = self._header.reveal() % {**values, "signature": self._signature(base)}
        return {"Authorization": signed}

    def _parameters(self) -> list[tuple[str, str]]:
        """What OAuth adds to each request, with marks where each attempt has its own values.

        The marks, nonces and timestamps are letters and digits, which no encoding changes: so what
        is put in later is what oauthlib would write.
        """
        return [
            ("oauth_consumer_key", self._key.reveal()),
            ("oauth_nonce", _NONCE),
            ("oauth_signature_method", self._method),
            ("oauth_timestamp", _TIMESTAMP),
            ("oauth_token", self._token.reveal()),
            ("oauth_version", "1.0"),
        ]

    def _drawn_up(self, method: str, url: str) -> str:
        """The base string of a request, with marks.

        Parameters are sorted by their names, and OAuth's own all begin with ``oauth_``: they stand
        together, and are normalised once and for all, unless a name of the query begins so too.
        """
        # A JSON body is not part of the base string (RFC 5849, 3.4.1.3; adding it gives 401).
        query = rfc5849.collect_parameters(uri_query=urlsplit(url).query)
        together = not any(name.startswith("oauth_") for name, _ in query)
        own = [("oauth_", _OWN)] if together else self._parameters()
        normal = rfc5849.normalize_parameters(query + own)  # type: ignore[arg-type]
        base = rfc5849.signature_base_string(
            cast("Any", method), rfc5849.base_string_uri(url), normal
        )
        return str(base).replace(str(escape(f"oauth_={_OWN}")), self._own.reveal())

    def _signature(self, base: str) -> str:
        """As it stands in the header: percent-encoded."""
        if self._method == "PLAINTEXT":
            return self._plaintext.reveal()
        signing = self._hmac.copy()  # one that has its key: to put that in is the dearer half
        signing.update(base.encode())
        text = b64encode(signing.digest()).decode()
        return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _draft(text: str) -> str:
    """``text``, whose marks can be filled in by ``%``."""
    text = text.replace("%", "%%")
    for name, mark in _MARKS.items():
        text = text.replace(mark, f"%({name})s")
    return text


class _Signed:
    """One signed attempt: keeps the timestamp from moving on until its answer is in."""

    __slots__ = ("_method", "_signer", "_url")

    def __init__(self, signer: Signer, method: str, url: str) -> None:
        self._signer = signer
        self._method = method
        self._url = url

    def __enter__(self) -> Mapping[str, str]:
        timestamp = self._signer._stamps.depart()
        _timestamp.set(timestamp)
        return self._signer.headers(self._method, self._url, timestamp=timestamp)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._signer._stamps.arrived()
