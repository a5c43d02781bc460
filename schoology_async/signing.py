"""OAuth 1.0a as Schoology takes it: HMAC-SHA1 or PLAINTEXT, two-legged or three-legged.

oauthlib's functions do what is easy to get wrong: collecting, normalizing, the base string and the
header. Only the step from the base string to the signature is ours, because oauthlib escapes both
secrets again for each request.
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

#: The most seconds for which a timestamp is kept while requests that carry it are in flight.
_LONGEST_LAG = 10


# The timestamp of the last attempt of a task.
_timestamp: ContextVar[int] = ContextVar("timestamp", default=0)

# Placeholders in a header template. Random in each process, so that no signed text equals one.
_NONCE, _TIMESTAMP, _SIGNATURE, _OWN = (secrets.token_hex(16) for _ in range(4))
_MARKS = {"nonce": _NONCE, "timestamp": _TIMESTAMP, "signature": _SIGNATURE}


class Stamps:
    """The source of all timestamps of one consumer key.

    Schoology refuses a timestamp that is earlier than one it has seen ("must also be in sequence"),
    and concurrent requests overtake each other. So the timestamp stays the same while a request
    that carries it is in flight, and moves on when none is, or after ten seconds.

    A timestamp that Schoology refused is dropped: if this machine's clock was ahead and has been
    corrected, the next request has the right time. It never falls below one that was accepted.
    """

    _of_key: ClassVar[WeakValueDictionary[str, Stamps]] = WeakValueDictionary()

    def __init__(self) -> None:
        self._current = 0
        self._accepted = 0
        self._on_their_way = 0

    @classmethod
    def of(cls, key: str) -> Stamps:
        """Return the timestamps of ``key``, shared by all clients of this process."""
        stamps = cls._of_key.get(key)
        if stamps is None:
            stamps = cls._of_key[key] = cls()
        return stamps

    def depart(self) -> int:
        """Return the timestamp for a request that is sent now."""
        now = int(time.time())
        if not self._on_their_way or now - self._current > _LONGEST_LAG:
            self._current = max(self._current, now)
        self._on_their_way += 1
        return self._current

    def arrived(self) -> None:
        """Note that a request has its response, or failed."""
        self._on_their_way -= 1

    def accept(self, timestamp: int) -> None:
        """Note that Schoology accepted this timestamp."""
        self._accepted = max(self._accepted, timestamp)
        self._current = max(self._current, timestamp)

    def refuse(self, timestamp: int) -> None:
        """Note that Schoology refused this timestamp."""
        if timestamp == self._current:
            self._current = self._accepted


class Signer:
    """Signs requests with a consumer key, and with an access token where there is one.

    :param token: the access token of a three-legged key; ``None`` for two-legged, where
        ``oauth_token`` is sent empty, as the vendor's page asks.
    :raises InvalidInput: an unknown ``signature``.
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
        self._secret = Sealed(secret)
        # RFC 5849, 3.4.2 and 3.4.4: the key of HMAC-SHA1, and the whole signature of PLAINTEXT.
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

    def with_token(self, token: str | None, token_secret: str | None) -> Signer:
        """Return a signer with the same consumer key and another token, or none."""
        return Signer(
            self._key.reveal(),
            self._secret.reveal(),
            token=token,
            token_secret=token_secret,
            signature=self._method,
        )

    def accepted(self) -> None:
        """Note that Schoology accepted the signature of this task's last attempt."""
        self._stamps.accept(_timestamp.get())

    def refused(self) -> int:
        """Note that the timestamp of this task's last attempt was refused, and return it."""
        timestamp = _timestamp.get()
        self._stamps.refuse(timestamp)
        return timestamp

    def signed(self, method: str, url: str) -> _Signed:
        """Return the context of one attempt: it gives the headers, and ends with the response."""
        return _Signed(self, method, url)

    def headers(
        self, method: str, url: str, *, timestamp: int, nonce: str | None = None
    ) -> dict[str, str]:
        """Build the ``Authorization`` header of one request.

        :param url: absolute, with its query, percent-encoded as it is sent.
        :param timestamp: seconds since the epoch.
        :param nonce: letters and digits, never used before with this timestamp; random by
            default.
        """
        values = {"nonce": nonce or secrets.token_hex(12), "timestamp": timestamp}
        base = ""
        if self._method == "HMAC-SHA1":
            if self._drafted != (method, url):  # a bulk sends to one URL again and again
                base = _draft(self._drawn_up(method, url))
                self._drafted, self._base = (method, url), Sealed(base)
            base = self._base.reveal() % values
        signed = self._header.reveal() % {**values, "signature": self._signature(base)}
        return {"Authorization": signed}

    def _parameters(self) -> list[tuple[str, str]]:
        """Return the OAuth parameters, with placeholders for the values that differ per attempt.

        Placeholders, nonces and timestamps are letters and digits, which no encoding changes. So
        filling them in later gives what oauthlib would write.
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
        """Build the base string of a request, with placeholders.

        Parameters are sorted by name, and OAuth's own all begin with ``oauth_``. So they are
        adjacent and normalized only once, unless a name in the query begins that way too.
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
        """Return the signature as the header has it: percent-encoded."""
        if self._method == "PLAINTEXT":
            return self._plaintext.reveal()
        signing = self._hmac.copy()  # keyed already, which is the slower half
        signing.update(base.encode())
        text = b64encode(signing.digest()).decode()
        return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _draft(text: str) -> str:
    """Turn the placeholders in ``text`` into those of the ``%`` operator."""
    text = text.replace("%", "%%")
    for name, mark in _MARKS.items():
        text = text.replace(mark, f"%({name})s")
    return text


class _Signed:
    """One signed attempt: keeps the timestamp the same until its response is there."""

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
