"""Any input from a caller or a vendor raises at most an LmsError, which quotes none of the
input."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms_async import Call, InvalidInput, LmsError
from lms_async.http.call import follow
from lms_async.http.responses import Response, refusal, requested_wait
from lms_async.http.urls import build_path
from lms_async.http.urls import query_params as query_of
from lms_async.http.vendor import checked_base_url
from manabac_async import ManageBac, ManageBacV1
from manabac_async.credentials import ClientCredentials, QueryToken, Token
from schoology_async import Schoology

CONTROLS = [chr(code) for code in (*range(32), 127)]
TEXT = st.text() | st.sampled_from(CONTROLS) | st.text(alphabet="\n\r\t \x00\x7fé日\ud800.abc/%")
ANYTHING = st.none() | st.integers() | st.binary() | TEXT | st.lists(TEXT, max_size=2)

MAKES: dict[str, Callable[[Any], Any]] = {
    "ManageBac": ManageBac,
    "Token": lambda one: ManageBac(Token(one)),
    "QueryToken": lambda one: ManageBac(QueryToken(one)),
    "a header": lambda one: ManageBac(QueryToken("t", headers={"x": one})),
    "a header's name": lambda one: ManageBac(QueryToken("t", headers={one: "x"})),
    "client_id": lambda one: ManageBac(ClientCredentials(one, "s")),
    "client_secret": lambda one: ManageBac(ClientCredentials("c", one)),
    "ManageBacV1": lambda one: ManageBacV1("s", one),
    "school": lambda one: ManageBacV1(one, "t"),
    "key": lambda one: Schoology(one, "s"),
    "secret": lambda one: Schoology("k", one),
    "token": lambda one: Schoology("k", "s", token=one, token_secret="s"),
    "token_secret": lambda one: Schoology("k", "s", token="t", token_secret=one),
}


@pytest.mark.parametrize("name", MAKES)
@given(value=ANYTHING)
def test_any_credential_is_accepted_or_rejected(name: str, value: Any) -> None:
    if name == "a header's name" and isinstance(value, list):
        return  # a list can't be a dict key
    with suppress(InvalidInput):
        MAKES[name](value)


@pytest.mark.parametrize("name", [name for name in MAKES if name != "school"])
@pytest.mark.parametrize(
    "value",
    ["Okafor\x00x", "Okafor\nx", "Okafor x", "Okafor\u00e9", "Okafor\u65e5", "Okafor\ud800"],
)
def test_unsendable_credentials_are_rejected_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        MAKES[name](value)
    assert "Okafor" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("around", ["\n", "\r\n", " ", "\t", "\u00a0", "\ufeff"[:0]])
def test_whitespace_around_credentials_is_stripped(around: str) -> None:
    token = Token(f"{around}abc{around}")
    assert token.headers() == {"auth-token": "abc"}
    assert QueryToken(f"abc{around}").query() == (("auth_token", "abc"),)
    one, other = Schoology(f"k{around}", f"s{around}"), Schoology("k", "s")
    assert one._transport.vendor.scope == other._transport.vendor.scope


@pytest.mark.parametrize(
    "url",
    [
        "https://a..b/",
        "https://xn--/",
        "https://exa mple/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://\u2603" * 2,
        "https://xn--\u00e9/",
        "https://a.example/\x00",
        "https://a\n.example/",
        "https://a.example/v 1/",
        "https://a.example/%zz/",
        "https://a.example/v1/../",
        "https://-a.example/",
        "https://.a/",
        "https://[::1/",
        "https://[::g]/",
        "https://a:b/",
        "https://a:99999/",
        "https://a.example/v1/?x=1",
        "https://a.example/v1/#x",
        "https://user@a.example/",
        "https://\ud800/",
        "https:///v1/",
        "",
    ],
)
def test_invalid_base_url_is_rejected(url: str) -> None:
    for make in (
        lambda: Schoology("k", "s", base_url=url),
        lambda: ManageBac("t", base_url=url or "x"),
        lambda: ManageBacV1("s", "t", base_url=url or "x"),
    ):
        with pytest.raises(InvalidInput):
            make()


@given(ANYTHING | TEXT.map("https://{}/".format) | TEXT.map("https://a.example/{}".format))
def test_any_base_url_is_accepted_or_rejected(url: Any) -> None:
    with suppress(InvalidInput):
        kept = checked_base_url(url)
        assert kept.isascii()
        assert kept.isprintable()
        assert urlsplit(kept).hostname


def test_international_host_names_are_encoded() -> None:
    assert checked_base_url("https://schüle.example/v1") == "https://xn--schle-mva.example/v1/"
    assert checked_base_url("https://schüle.example:444/") == "https://xn--schle-mva.example:444/"
    assert checked_base_url("https://[::1]:444/v1/") == "https://[::1]:444/v1/"
    assert checked_base_url("https://a_b.example./") == "https://a_b.example./"


LINKS = [
    "http://127.0.0.1:ada.okafor/",
    "http://127.0.0.1:99999999/ada.okafor",
    "http://[ada.okafor/",
    "http://[::1/ada.okafor",
    "http://ada.okafor\u2100.example/",
    "http://ada.okafor@elsewhere.example/",
    "https://ada.okafor.example/v1/users",
    "//ada.okafor/",
    "ada.okafor\x00",
    "ada.okafor\r\nX: y",
    "\ud800ada.okafor",
    "../../ada.okafor",
    "/elsewhere/ada.okafor",
    "users/%2e%2e/ada.okafor",
    "users/%zzada.okafor",
]


@pytest.mark.parametrize("link", LINKS)
def test_error_quotes_nothing_of_a_link(link: str) -> None:
    call: Call[Any] = Call("GET", "users/1")
    with pytest.raises(ValueError) as raised:
        follow(call, link, base_url="http://127.0.0.1/v1/")
    shown = "".join(traceback.format_exception(raised.value)).replace(repr(link), "")
    assert raised.value.__context__ is None
    assert "okafor" not in str(raised.value)
    assert "okafor" not in shown


@given(TEXT | TEXT.map("http://127.0.0.1{}".format) | TEXT.map("/v1/{}".format))
@example("http://127.0.0.1:x/")
def test_any_link_is_followed_below_the_base_url_or_rejected(link: str) -> None:
    base = "http://127.0.0.1/v1/"
    try:
        followed = follow(Call("GET", "users"), link, base_url=base)
    except ValueError as refused:
        assert str(refused).startswith("the link ")  # noqa: PT017
        return
    assert followed.path.isascii()
    assert followed.path.isprintable()
    assert " " not in followed.path


@given(st.dictionaries(st.sampled_from(["retry-after", "date", "x-ratelimit-reset"]), TEXT))
@example({"retry-after": "1" * 400})
@example({"retry-after": "inf"})
@example(
    {"retry-after": "Thu, 01 Jan 9999 23:59:59 -2359", "date": "Mon, 01 Jan 0001 00:00:00 GMT"}
)
def test_any_headers_give_a_wait_of_at_most_a_day(headers: dict[str, str]) -> None:
    wait = requested_wait(headers)
    assert wait is None or 0 < wait <= 24 * 3600


@given(st.integers(300, 999), st.binary(), st.dictionaries(st.text(max_size=5), TEXT, max_size=3))
def test_any_error_response_gives_an_lms_error(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    call: Call[Any] = Call("POST", "users", body={"name": "x"})
    error = refusal(call, Response(status, headers, body), default_retry_after=1.0)
    assert isinstance(error, LmsError)


@given(ANYTHING)
def test_any_path_and_query_value_is_accepted_or_rejected(value: Any) -> None:
    with suppress(InvalidInput):
        assert build_path("users/{uid}", uid=value).isascii()
    with suppress(InvalidInput):
        query_of(uid=value)
