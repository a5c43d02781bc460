"""Sign requests with OAuth 1.0a: HMAC-SHA1 or PLAINTEXT, two-legged or three-legged.

oauthlib collects and normalizes the parameters, and builds the base string and the header, since
that is easy to get wrong. The signature itself is computed here, because oauthlib escapes both
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

#: For how many seconds, at most, the same timestamp is used while requests with it are in flight.
_LONGEST_LAG = 10


# The timestamp of the last attempt of a task.
_timestamp: ContextVar[int] = ContextVar("timestamp", default=0)

# Placeholders in templates of headers and base strings. They are random, so that no signed text
# contains one.
_NONCE, _TIMESTAMP, _SIGNATURE, _OAUTH_PARAMETERS = (secrets.token_hex(16) for _ in range(4))
_PLACEHOLDERS = {"nonce": _NONCE, "timestamp": _TIMESTAMP, "signature": _SIGNATURE}


class Timestamps:
    """Provides the timestamps for all requests with one consumer key.

    Schoology refuses a timestamp that is earlier than one it has received ("must also be in
    sequence"), and concurrent requests can overtake each other. So the timestamp stays the same
    while requests with it are in flight. It changes when there are none, or after ten seconds.

    A timestamp that Schoology refused is not used again. If this machine's clock was ahead and has
    been corrected, the next request has the correct time. Timestamps never go back below one that
    was accepted.
    """

    _of_key: ClassVar[WeakValueDictionary[str, Timestamps]] = WeakValueDictionary()

    def __init__(self) -> None:
        self._current = 0
        self._accepted = 0
        self._in_flight = 0

    @classmethod
    def of(cls, key: str) -> Timestamps:
        """Return the object for ``key``, which all clients of this process share."""
        timestamps = cls._of_key.get(key)
        if timestamps is None:
            timestamps = cls._of_key[key] = cls()
        return timestamps

    def take(self) -> int:
        """Return the timestamp for a request that is sent now."""
        now = int(time.time())
        if not self._in_flight or now - self._current > _LONGEST_LAG:
            self._current = max(self._current, now)
        self._in_flight += 1
        return self._current

    def release(self) -> None:
        """Record that a request got its response, or failed."""
        self._in_flight -= 1

    def accept(self, timestamp: int) -> None:
        """Record that Schoology accepted this timestamp."""
        self._accepted = max(self._accepted, timestamp)
        self._current = max(self._current, timestamp)

    def refuse(self, timestamp: int) -> None:
        """Record that Schoology refused this timestamp."""
        if timestamp == self._current:
            self._current = self._accepted


class Signer:
    """Signs requests with a consumer key, and with an access token if there is one.

    :param token: the access token of a three-legged key. Without it (two-legged), an empty
        ``oauth_token`` is sent, as the vendor's page requires.
    :raises InvalidInput: the ``signature`` is unknown.
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
            raise InvalidInput(f"signature must be one of {', '.join(get_args(Signature))}")
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
        self._header = Sealed(_to_template(str(header["Authorization"])))
        # oauthlib takes pairs, as its docstring says; its type stub wrongly says a dict.
        own = rfc5849.normalize_parameters(self._parameters())  # type: ignore[arg-type]
        self._own = Sealed(str(escape(own)))
        self._template_of: tuple[str, str] | None = None
        self._base = Sealed("")
        self._timestamps = Timestamps.of(key)

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
        """Record that Schoology accepted the signature of this task's last attempt."""
        self._timestamps.accept(_timestamp.get())

    def refused(self) -> int:
        """Record that the timestamp of this task's last attempt was refused, and return it."""
        timestamp = _timestamp.get()
        self._timestamps.refuse(timestamp)
        return timestamp

    def signed(self, method: str, url: str) -> _Signed:
        """Return a context manager for one attempt. It yields the headers, and ends with the
        response."""
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
            if self._template_of != (method, url):  # a bulk sends many requests to the same URL
                base = _to_template(self._base_template(method, url))
                self._template_of, self._base = (method, url), Sealed(base)
            base = self._base.reveal() % values
        signed = self._header.reveal() % {**values, "signature": self._signature(base)}
        return {"Authorization": signed}

    def _parameters(self) -> list[tuple[str, str]]:
        """Return the OAuth parameters, with placeholders for the values that differ per attempt.

        Placeholders, nonces and timestamps consist of letters and digits, which are never encoded.
        So filling them in later gives the same result as oauthlib.
        """
        return [
            ("oauth_consumer_key", self._key.reveal()),
            ("oauth_nonce", _NONCE),
            ("oauth_signature_method", self._method),
            ("oauth_timestamp", _TIMESTAMP),
            ("oauth_token", self._token.reveal()),
            ("oauth_version", "1.0"),
        ]

    def _base_template(self, method: str, url: str) -> str:
        """Build the base string of a request, with placeholders.

        Parameters are sorted by name, and OAuth's parameters all begin with ``oauth_``. So these
        are adjacent and need to be normalized only once, unless a name in the query begins with
        ``oauth_`` too.
        """
        # A JSON body is not part of the base string (RFC 5849, 3.4.1.3).
        query = rfc5849.collect_parameters(uri_query=urlsplit(url).query)
        together = not any(name.startswith("oauth_") for name, _ in query)
        own = [("oauth_", _OAUTH_PARAMETERS)] if together else self._parameters()
        normal = rfc5849.normalize_parameters(query + own)  # type: ignore[arg-type]
        base = rfc5849.signature_base_string(
            cast("Any", method), rfc5849.base_string_uri(url), normal
        )
        return str(base).replace(str(escape(f"oauth_={_OAUTH_PARAMETERS}")), self._own.reveal())

    def _signature(self, base: str) -> str:
        """Return the signature, percent-encoded for the header."""
        if self._method == "PLAINTEXT":
            return self._plaintext.reveal()
        signing = self._hmac.copy()  # faster than a new HMAC with the same key
        signing.update(base.encode())
        text = b64encode(signing.digest()).decode()
        return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _to_template(text: str) -> str:
    """Convert the placeholders in ``text`` to those of the ``%`` operator."""
    text = text.replace("%", "%%")
    for name, placeholder in _PLACEHOLDERS.items():
        text = text.replace(placeholder, f"%({name})s")
    return text


class _Signed:
    """One signed attempt. Its timestamp counts as in flight until the response comes."""

    __slots__ = ("_method", "_signer", "_url")

    def __init__(self, signer: Signer, method: str, url: str) -> None:
        self._signer = signer
        self._method = method
        self._url = url

    def __enter__(self) -> Mapping[str, str]:
        timestamp = self._signer._timestamps.take()
        _timestamp.set(timestamp)
        return self._signer.headers(self._method, self._url, timestamp=timestamp)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._signer._timestamps.release()
