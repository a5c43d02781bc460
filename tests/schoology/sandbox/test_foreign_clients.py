"""Third-party clients work with the sandbox, and are rejected where Schoology would reject them.

They are synchronous and run in a thread. The sandbox runs on the test's event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pytest
import requests
import schoolopy
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_PLAINTEXT, Client
from requests_oauthlib import OAuth1, OAuth1Session

from schoology_async.sandbox import SchoologySandbox

REPLAYED = "Duplicate timestamp/nonce combination, possible replay attack.  Request rejected."
JOHN = {"name_first": "John", "name_last": "Smith", "role_id": "2451"}
PEOPLE = [JOHN | {"school_uid": f"S{n}", "username": f"s{n}"} for n in range(3)]
T = TypeVar("T")
BOTH = pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA1, SIGNATURE_PLAINTEXT])


async def in_thread(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


def session(sandbox: SchoologySandbox, **options: Any) -> OAuth1Session:
    made = OAuth1Session(sandbox.key, sandbox.secret, **options)
    made.headers["Accept"] = "application/json"
    return made


@BOTH
@pytest.mark.parametrize("legs", [2, 3])
async def test_requests_oauthlib_reads_writes_and_follows_redirects(
    schoology_sandbox: SchoologySandbox, method: str, legs: int
) -> None:
    sandbox = schoology_sandbox
    token = {
        "resource_owner_key": sandbox.token,
        "resource_owner_secret": sandbox.token_secret,
    }

    def work() -> None:
        extra = token if legs == 3 else {}
        with session(sandbox, signature_method=method, **extra) as client:
            listed = client.get(sandbox.base_url + "users", params={"limit": 2, "role_ids": "1,2"})
            assert (listed.status_code, listed.json()["total"]) == (200, "0")
            body = {"users": {"user": PEOPLE}}
            created = client.post(sandbox.base_url + "users", json=body)
            assert created.status_code == 207
            assert [row["response_code"] for row in created.json()["user"]] == [200] * 3
            me = client.get(sandbox.base_url + "users/me", allow_redirects=False)
            assert me.status_code == 303
            assert client.get(me.headers["Location"]).json()["uid"] == "45552"
            ext = client.get(sandbox.base_url + "users/ext/S1", allow_redirects=False)
            assert client.get(ext.headers["Location"]).json()["school_uid"] == "S1"

    await in_thread(work)
    assert sandbox.school.creates == {"S0": 1, "S1": 1, "S2": 1}
    assert sandbox.log.count("GET", "users/me") == 1


async def test_redirect_followed_with_the_old_header_is_a_replay(
    schoology_sandbox: SchoologySandbox,
) -> None:
    auth = OAuth1(
        schoology_sandbox.key, schoology_sandbox.secret, signature_method=SIGNATURE_PLAINTEXT
    )

    def work() -> requests.Response:
        # unlike OAuth1Session, it does not sign the redirected request again
        with requests.Session() as plain:
            return plain.get(schoology_sandbox.base_url + "users/me", auth=auth)

    answer = await in_thread(work)
    assert answer.status_code == 401
    assert answer.text == REPLAYED
    assert answer.headers["Content-Type"] == "text/plain"
    assert [seen.status for seen in schoology_sandbox.log] == [303, 401]


async def test_schoolopy_lists_and_creates(schoology_sandbox: SchoologySandbox) -> None:
    for person in PEOPLE:
        schoology_sandbox.school.add(person)

    def work() -> tuple[Any, ...]:
        auth = schoolopy.Auth(schoology_sandbox.key, schoology_sandbox.secret)
        with auth.oauth:
            client = schoolopy.Schoology(auth, api_host=schoology_sandbox.base_url)
            client.limit = 3
            people = client.get_users()
            new = client.create_user(JOHN | {"school_uid": "S9", "username": "s9"})
            return people, new, client.get_languages()

    people, new, languages = await in_thread(work)
    assert [person["school_uid"] for person in people] == ["", "S0", "S1"]
    assert new["uid"] in schoology_sandbox.school.users
    assert len(languages) == 8


# -- hand-written headers


def header(sandbox: SchoologySandbox, **changes: str | None) -> str:
    """Return the header of the vendor's documentation: two-legged, PLAINTEXT, with realm and empty
    token."""
    parameters = {
        "realm": "Schoology API",
        "oauth_consumer_key": sandbox.key,
        "oauth_token": "",
        "oauth_nonce": "4e4ab65e26d9f",
        "oauth_timestamp": str(int(sandbox.clock.time())),
        "oauth_signature_method": "PLAINTEXT",
        "oauth_version": "1.0",
        "oauth_signature": f"{sandbox.secret}%26",
        **changes,
    }
    return "OAuth " + ",".join(f'{k}="{v}"' for k, v in parameters.items() if v is not None)


async def ask(sandbox: SchoologySandbox, authorization: str | None, path: str = "users") -> Any:
    headers = {"Authorization": authorization} if authorization else {}
    with requests.Session() as plain:
        return await in_thread(
            lambda: plain.get(sandbox.base_url + path, headers=headers, allow_redirects=False)
        )


@pytest.mark.parametrize("realm", ["Schoology API", "Schoology%20API", "", None])
@pytest.mark.parametrize("token", ["", None])
@pytest.mark.parametrize("ampersand", ["%26", "&"])
async def test_documented_header_is_accepted_in_all_variants(
    schoology_sandbox: SchoologySandbox, realm: str | None, token: str | None, ampersand: str
) -> None:
    signature = schoology_sandbox.secret + ampersand
    written = header(schoology_sandbox, realm=realm, oauth_token=token, oauth_signature=signature)
    assert (await ask(schoology_sandbox, written)).status_code == 200


@pytest.mark.parametrize("realm", ["Schoology API", None])
async def test_hmac_signature_includes_an_empty_token(
    schoology_sandbox: SchoologySandbox, realm: str | None
) -> None:
    url = schoology_sandbox.base_url + "users?limit=1&role_ids=1%2C2"

    class EmptyToken(Client):
        def get_oauth_params(self, request: Any) -> list[tuple[str, str]]:
            parameters = super().get_oauth_params(request)  # type: ignore[no-untyped-call]
            return [*parameters, ("oauth_token", "")]

    signer = EmptyToken(schoology_sandbox.key, schoology_sandbox.secret, realm=realm)
    _, headers, _ = signer.sign(url)
    assert 'oauth_token=""' in headers["Authorization"]
    path = url.removeprefix(schoology_sandbox.base_url)
    assert (await ask(schoology_sandbox, headers["Authorization"], path)).status_code == 200
    other = path.replace("limit=1", "limit=2")
    _, headers, _ = signer.sign(url)
    answer = await ask(schoology_sandbox, headers["Authorization"], other)
    assert (answer.status_code, answer.text) == (401, "Invalid signature.")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"oauth_signature": "wrong%26"}, "Invalid signature."),
        ({"oauth_consumer_key": "nobody"}, ""),
        ({"oauth_token": "nobody"}, ""),
        # the token's secret is missing
        ({"oauth_token": "sandbox-access-token"}, "Invalid signature."),
        ({"oauth_signature_method": "HMAC-SHA256"}, ""),
        ({"oauth_version": "2.0"}, ""),
        ({"oauth_nonce": None}, ""),
        ({"oauth_timestamp": "soon"}, ""),
    ],
)
async def test_invalid_authorization_is_rejected(
    schoology_sandbox: SchoologySandbox, changes: dict[str, str | None], text: str
) -> None:
    answer = await ask(schoology_sandbox, header(schoology_sandbox, **changes))
    assert (answer.status_code, answer.text) == (401, text)
    # A rejected attempt does not use up its nonce.
    assert (await ask(schoology_sandbox, header(schoology_sandbox))).status_code == 200


async def test_request_without_a_valid_header_is_rejected(
    schoology_sandbox: SchoologySandbox,
) -> None:
    for written in (None, "Bearer token", "OAuth", "nonsense"):
        assert (await ask(schoology_sandbox, written)).status_code == 401


@BOTH
async def test_nonce_is_accepted_once(schoology_sandbox: SchoologySandbox, method: str) -> None:
    signer = Client(
        schoology_sandbox.key, schoology_sandbox.secret, signature_method=method, nonce="12345678"
    )
    signer.timestamp = str(int(time.time()))
    url = schoology_sandbox.base_url + "users"
    _, headers, _ = signer.sign(url)
    answers = [await ask(schoology_sandbox, headers["Authorization"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[1].text == REPLAYED
    signer.nonce = "12345679"
    _, headers, _ = signer.sign(url)
    assert (await ask(schoology_sandbox, headers["Authorization"])).status_code == 200


async def test_timestamp_must_not_go_back(schoology_sandbox: SchoologySandbox) -> None:
    now = int(schoology_sandbox.clock.time())

    async def at(timestamp: int, nonce: str) -> tuple[int, str]:
        written = header(schoology_sandbox, oauth_timestamp=str(timestamp), oauth_nonce=nonce)
        answer = await ask(schoology_sandbox, written)
        return answer.status_code, answer.text if answer.status_code == 401 else ""

    assert await at(now, "a") == (200, "")
    assert await at(now + 2, "a") == (200, "")
    assert await at(now + 2, "b") == (200, "")
    assert await at(now + 1, "c") == (401, REPLAYED)
    schoology_sandbox.sequence_slack = 1
    assert await at(now + 1, "c") == (200, "")
    assert await at(now + 1, "c") == (401, REPLAYED)


async def test_wrong_clock_is_rejected(schoology_sandbox: SchoologySandbox) -> None:
    written = header(schoology_sandbox)
    schoology_sandbox.clock.turn(700)
    answer = await ask(schoology_sandbox, written)
    assert answer.status_code == 401
    assert "out of sequence" in answer.text
    assert (await ask(schoology_sandbox, header(schoology_sandbox))).status_code == 200


# -- three-legged OAuth


async def test_three_legged_oauth(schoology_sandbox: SchoologySandbox) -> None:
    sandbox = schoology_sandbox
    somebody = sandbox.school.add(school_uid="S1").uid

    async def get(path: str, **options: Any) -> Any:
        auth = OAuth1(sandbox.key, sandbox.secret, **options)
        with requests.Session() as plain:
            plain.headers["Accept"] = "application/json"  # has no effect on these endpoints
            url = sandbox.base_url + path
            return await in_thread(lambda: plain.get(url, auth=auth, allow_redirects=False))

    def token(answer: Any) -> dict[str, str]:
        form = {key: value for key, (value,) in parse_qs(answer.text).items()}
        key, secret = form["oauth_token"], form["oauth_token_secret"]
        return {"resource_owner_key": key, "resource_owner_secret": secret}

    first = await get("oauth/request_token")
    assert first.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "xoauth_token_ttl=3600" in first.text
    requested = token(first)
    assert (await get("oauth/access_token", **requested)).status_code == 401  # not authorized yet
    sandbox.authorize(requested["resource_owner_key"], somebody)
    # a request token is no access token
    assert (await get("app-user-info", **requested)).status_code == 401
    second = await get("oauth/access_token", **requested)
    assert second.status_code == 200
    access = token(second)
    assert (await get("app-user-info", **access)).json()["api_uid"] == int(somebody)
    assert (await get("oauth/access_token", **requested)).status_code == 401  # already exchanged
    sandbox.clock.turn(91 * 24 * 3600)
    old = await get("app-user-info", **access, timestamp=str(int(sandbox.clock.time())))
    assert old.status_code == 401


async def test_request_token_expires(schoology_sandbox: SchoologySandbox) -> None:
    sandbox = schoology_sandbox

    def request_token() -> dict[str, str]:
        with session(sandbox) as client:
            return dict(client.fetch_request_token(sandbox.base_url + "oauth/request_token"))

    # requests-oauthlib sends a POST here; Schoology and the sandbox require a GET
    with pytest.raises(ValueError):
        await in_thread(request_token)

    def get(path: str, **options: Any) -> Any:
        with session(sandbox, **options) as client:
            return client.get(sandbox.base_url + path)

    form = parse_qs((await in_thread(lambda: get("oauth/request_token"))).text)
    key, secret = form["oauth_token"][0], form["oauth_token_secret"][0]
    sandbox.authorize(key)
    sandbox.clock.turn(3700)
    late = {
        "resource_owner_key": key,
        "resource_owner_secret": secret,
        "timestamp": str(int(sandbox.clock.time())),
    }
    answer = await in_thread(lambda: get("oauth/access_token", **late))
    assert answer.status_code == 401
