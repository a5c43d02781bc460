"""Our signatures, checked by oauthlib's provider side and against its client."""

from __future__ import annotations

import gc
import pickle
import time
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.common import Request
from oauthlib.oauth1 import Client as Oauthlib
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from lms_async import InvalidInput
from lms_async.http.urls import build_path, encode_query
from schoology_async import Schoology
from schoology_async.signing import Signature, Signer, Timestamps

KEY, SECRET, TOKEN, TOKEN_SECRET = "k%(nonce)s ü", "s&cr%t ü", "token", "t&k~n"


class Provider(RequestValidator):
    """An OAuth provider that knows one key and one token, and does not check nonces."""

    enforce_ssl = False
    dummy_client = dummy_access_token = "dummy"

    def check_client_key(self, client_key: str) -> bool:
        return bool(client_key)

    def check_access_token(self, request_token: str) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: Request) -> bool:
        return client_key == KEY

    def validate_access_token(self, client_key: str, token: str, request: Request) -> bool:
        return token in ("", TOKEN)

    def get_client_secret(self, client_key: str, request: Request) -> str:
        return SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Request) -> str:
        return TOKEN_SECRET if token else ""

    def validate_timestamp_and_nonce(self, *args: Any, **kwargs: Any) -> bool:
        return True


class Endpoint(SignatureOnlyEndpoint):
    """Checks only the signature, with the token's secret if a token was sent."""

    def accepts(self, method: str, url: str, headers: dict[str, str]) -> bool:
        request = self._create_request(url, method, None, headers)
        self._check_transport_security(request)
        self._check_mandatory_parameters(request)
        return bool(self._check_signature(request))


text = st.text(max_size=12)
# A provider takes each name that begins with oauth_ as its own.
others = st.tuples(text, text).filter(lambda pair: any(pair) and not pair[0].startswith("oauth_"))
queries = st.lists(others, max_size=5)
# Names close to those that OAuth adds, because parameters are sorted by name. They are compared
# with oauthlib's client instead.
near = st.builds(str.__add__, st.sampled_from(["", "oaut", "oauth", "oauth_", "oauth_n"]), text)
near_queries = st.lists(st.tuples(near, text).filter(lambda pair: pair[0] or pair[1]), max_size=5)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segment=text.filter(lambda value: value.strip() not in ("", ".", "..")),
    query=queries
    | st.just([("school_uids", "S 1,S+2,100%,Zoë"), ("empty", ""), ("a", "b"), ("a", "a")]),
    legs=st.sampled_from([2, 3]),
    signature=st.sampled_from(["HMAC-SHA1", "PLAINTEXT"]),
)
def test_provider_accepts_our_signature(
    method: str, segment: str, query: list[tuple[str, str]], legs: int, signature: Signature
) -> None:
    try:
        segment.encode()
        "".join(name + value for name, value in query).encode()
    except UnicodeEncodeError:
        return
    url = "https://api.schoology.com/v1/" + build_path("users/ext/{id}", id=segment)
    if query:
        url += "?" + encode_query(tuple(query))
    token = {"token": TOKEN, "token_secret": TOKEN_SECRET} if legs == 3 else {}
    signer = Signer(KEY, SECRET, signature=signature, **token)
    headers = signer.headers(method, url, timestamp=int(time.time()))
    assert headers["Authorization"].startswith('OAuth realm="Schoology API", ')
    assert Endpoint(Provider()).accepts(method, url, headers)
    impostor = Signer(KEY, SECRET + "!", signature=signature, **token)
    forged = impostor.headers(method, url, timestamp=int(time.time()))
    assert not Endpoint(Provider()).accepts(method, url, forged)


@given(near_queries, st.sampled_from(["HMAC-SHA1", "PLAINTEXT"]))
def test_signature_equals_that_of_oauthlibs_client(
    query: list[tuple[str, str]], signature: Signature
) -> None:
    try:
        "".join(name + value for name, value in query).encode()
    except UnicodeEncodeError:
        return
    url = "https://api.schoology.com/v1/users"
    if query:
        url += "?" + encode_query(tuple(query))
    theirs = Oauthlib(
        KEY,
        client_secret=SECRET,
        resource_owner_key=TOKEN,
        resource_owner_secret=TOKEN_SECRET,
        signature_method=signature,
        nonce="a" * 24,
        timestamp="1500000000",
        realm="Schoology API",
    )
    _, headers, _ = theirs.sign(url, "GET")
    ours = Signer(KEY, SECRET, token=TOKEN, token_secret=TOKEN_SECRET, signature=signature).headers(
        "GET", url, timestamp=1500000000, nonce="a" * 24
    )
    assert _parts(ours["Authorization"]) == _parts(cast("dict[str, str]", headers)["Authorization"])


def _parts(header: str) -> set[str]:
    return set(header.removeprefix("OAuth ").split(", "))


def test_two_legged_signature_has_an_empty_token() -> None:
    header = Signer(KEY, SECRET).headers("GET", "https://h/v1/users", timestamp=1)["Authorization"]
    assert 'oauth_token=""' in header
    plain = Signer("k", "SECRET", signature="PLAINTEXT")
    shown = plain.headers("GET", "https://h/v1/users", timestamp=1)["Authorization"]
    assert 'oauth_signature="SECRET%26"' in shown


def test_nonces_never_repeat() -> None:
    signer = Signer(KEY, SECRET)
    url = "https://h/v1/users"
    headers = {signer.headers("GET", url, timestamp=1)["Authorization"] for _ in range(1000)}
    assert len(headers) == 1000


def test_timestamp_is_reused_while_requests_are_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "time", lambda: now)
    stamps = Timestamps()
    assert stamps.take() == 100
    now = 105.9
    assert stamps.take() == 100  # a later timestamp could arrive before the first one
    stamps.release()
    assert stamps.take() == 100
    stamps.release()
    stamps.release()
    assert stamps.take() == 105
    now = 120
    assert stamps.take() == 120  # the previous request hangs, and the wait for it is limited
    now = 90
    stamps.release()
    stamps.release()
    assert stamps.take() == 120  # timestamps do not go back with the clock


def test_signers_with_one_key_share_timestamps() -> None:
    one, other = Signer("shared", "a"), Signer("shared", "b")
    assert one._timestamps is other._timestamps
    assert Signer("another", "a")._timestamps is not one._timestamps
    del one, other
    gc.collect()
    assert "shared" not in Timestamps._of_key


def test_failed_attempt_releases_its_timestamp() -> None:
    signer = Signer("failing", SECRET)
    with (
        pytest.raises(ConnectionError),
        signer.signed("GET", "https://h/v1/users") as headers,
    ):
        assert "Authorization" in headers
        raise ConnectionError
    assert signer._timestamps._in_flight == 0


def test_repr_of_a_signer_shows_no_secret() -> None:
    signer = Signer(KEY, "S3CRET", token="T0KEN", token_secret="TS3CRET")
    shown = repr(signer) + repr(vars(signer))
    assert "S3CRET" not in shown
    assert "T0KEN" not in shown
    for part in (signer, signer._plaintext, signer._header, signer._hmac):
        with pytest.raises(TypeError):
            pickle.dumps(part)


def test_unknown_signature_method_is_rejected() -> None:
    with pytest.raises(InvalidInput, match="one of HMAC-SHA1, PLAINTEXT"):
        Schoology("k", "s", signature="HMAC-SHA256")  # type: ignore[arg-type]


@pytest.mark.parametrize("which", ["key", "secret", "token", "token_secret"])
def test_unencodable_credentials_are_rejected_and_not_shown(which: str) -> None:
    parts = {"key": "k", "secret": "s", "token": "t", "token_secret": "u", which: "S3CRET\ud800"}
    with pytest.raises(InvalidInput) as refused:
        Schoology(**parts)
    error: BaseException | None = refused.value
    assert error is not None
    assert "S3CRET" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
