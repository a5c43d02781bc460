"""Three-legged OAuth. The sandbox verifies each signature."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

import sign_in
from lms_async import InvalidInput, OutcomeUnknown, RetryPolicy, Unauthorized
from lms_async.errors import UnexpectedResponse
from lms_async.events import Event, RequestSent
from lms_async.sandbox import Fault
from schoology_async import Schoology, oauth
from schoology_async.sandbox import School, SchoologySandbox

pytestmark = pytest.mark.sandbox(school=School.seeded(5))


@pytest.mark.parametrize("signature", ["HMAC-SHA1", "PLAINTEXT"])
async def test_three_legs_return_a_token_that_acts_for_the_person(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox, signature: str
) -> None:
    person = list(schoology_sandbox.school.users)[3]
    application = connect(signature=signature)
    request = await oauth.request_token(application)
    assert request.expires_in == 3600
    schoology_sandbox.authorize(request.token, person)
    access = await oauth.access_token(application, request)
    own = connect(token=access.token, token_secret=access.secret, signature=signature)
    assert (await own.app_user_info()).api_uid == person
    assert (await application.app_user_info()).api_uid != person


async def test_any_client_of_the_application_can_start_the_flow(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    three_legged = connect(
        token=schoology_sandbox.token, token_secret=schoology_sandbox.token_secret
    )
    for application in (three_legged, connect().with_options(run_as=7, multiget=True)):
        request = await oauth.request_token(application)
        schoology_sandbox.authorize(request.token)
        assert await oauth.access_token(application, request)


def test_the_authorize_url_is_on_the_schools_own_domain() -> None:
    request = oauth.RequestToken("t+k/n", "secret")
    url = oauth.authorize_url(
        request, domain="lincoln.schoology.com", callback="https://app.example/back?a=1&b=2"
    )
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("https", "lincoln.schoology.com")
    assert parts.path == "/oauth/authorize"
    assert parse_qs(parts.query) == {
        "oauth_callback": ["https://app.example/back?a=1&b=2"],
        "oauth_token": ["t+k/n"],
    }
    assert "secret" not in url


@pytest.mark.parametrize(
    ("domain", "callback"),
    [
        ("http://lincoln.schoology.com", "https://app.example"),
        ("https://me@lincoln.schoology.com", "https://app.example"),
        ("lincoln school", "https://app.example"),
        ("", "https://app.example"),
        ("lincoln.schoology.com", " "),
    ],
)
def test_an_unsafe_authorize_url_is_refused(domain: str, callback: str) -> None:
    with pytest.raises(InvalidInput):
        oauth.authorize_url(oauth.RequestToken("t", "s"), domain=domain, callback=callback)


async def test_an_unapproved_used_or_unknown_token_is_refused(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    request = await oauth.request_token(schoology)
    with pytest.raises(Unauthorized):
        await oauth.access_token(schoology, request)
    schoology_sandbox.authorize(request.token)
    await oauth.access_token(schoology, request)
    with pytest.raises(Unauthorized):
        await oauth.access_token(schoology, request)
    with pytest.raises(InvalidInput):
        await oauth.access_token(schoology, oauth.RequestToken("", "x"))


async def test_a_wrong_secret_is_refused(connect: Callable[..., Schoology]) -> None:
    with pytest.raises(Unauthorized):
        await oauth.request_token(connect(secret="wrong"))


async def test_an_access_token_expires_after_ninety_days(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = connect()
    request = await oauth.request_token(application)
    schoology_sandbox.authorize(request.token)
    access = await oauth.access_token(application, request)
    issued = schoology_sandbox.auth.tokens[access.token].issued
    own = connect(token=access.token, token_secret=access.secret)
    await own.app_user_info()
    day = 24 * 3600
    schoology_sandbox.auth.tokens[access.token].issued = (
        issued - (oauth.ACCESS_TOKEN_DAYS - 1) * day
    )
    await own.app_user_info()
    schoology_sandbox.auth.tokens[access.token].issued = issued - oauth.ACCESS_TOKEN_DAYS * day - 1
    with pytest.raises(Unauthorized):
        await own.app_user_info()


async def test_a_lost_request_token_is_retried_and_a_lost_access_token_is_not(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.cut(after=True, path="oauth/request_token"))
    request = await oauth.request_token(schoology)
    schoology_sandbox.authorize(request.token)
    schoology_sandbox.faults.add(Fault.cut(after=True, path="oauth/access_token"))
    with pytest.raises(OutcomeUnknown):
        await oauth.access_token(schoology, request)
    assert schoology_sandbox.log.count("GET", "oauth/request_token") == 2
    assert schoology_sandbox.log.count("GET", "oauth/access_token") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.blank(),
        Fault.html(status=200),
        Fault.error(200, body="oauth_token=halfofit"),
        Fault.error(200, body='{"oauth_token": "halfofit"}'),
        Fault.error(200, body="oauth_token=&oauth_token_secret=halfofit"),
    ],
)
async def test_a_response_without_token_and_secret_is_an_error_and_not_quoted(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, fault: Fault
) -> None:
    schoology_sandbox.faults.add(fault)
    with pytest.raises(UnexpectedResponse, match="no token and secret") as raised:
        await oauth.request_token(schoology)
    assert raised.value.response is None
    assert "halfofit" not in repr(raised.value)


async def test_no_token_is_shown(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
) -> None:
    application = connect(retry=RetryPolicy(tries=1))
    with caplog.at_level(logging.DEBUG):
        request = await oauth.request_token(application)
        schoology_sandbox.authorize(request.token)
        access = await oauth.access_token(application, request)
        with pytest.raises(Unauthorized) as refused:
            await oauth.access_token(application, request)
    sent = [event.route for event in events if isinstance(event, RequestSent)]
    assert sent == ["GET oauth/request_token", *["GET oauth/access_token"] * 2]
    ours = [record.getMessage() for record in caplog.records if record.name == "lms_async"]
    shown = f"{request!r} {access!r} {refused.value!r} {refused.value} {events!r} {ours}"
    for value in (request.token, request.secret, access.token, access.secret):
        assert value not in shown


async def test_the_example_signs_a_visitor_in(schoology_sandbox: SchoologySandbox) -> None:
    person = list(schoology_sandbox.school.users.values())[3]
    port = unused_port()
    app = sign_in.make_app(
        {
            "key": schoology_sandbox.key,
            "secret": schoology_sandbox.secret,
            "base_url": schoology_sandbox.base_url,
        },
        domain=schoology_sandbox.origin,
        url=f"http://127.0.0.1:{port}",
    )
    async with (
        TestServer(app, port=port) as server,
        TestClient(server, cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor,
        aiohttp.ClientSession(server.make_url("/")) as stranger,
    ):
        assert (await visitor.get("/")).status == 401
        sent = await visitor.get("/sign-in", allow_redirects=False)
        query = parse_qs(urlsplit(sent.headers["Location"]).query)
        (token,) = query["oauth_token"]
        (back,) = query["oauth_callback"]
        assert back == f"{app[sign_in.URL]}/callback"
        assert (await visitor.get("/callback?oauth_token=other")).status == 403
        schoology_sandbox.authorize(token, person.uid)
        assert (await stranger.get(f"/callback?oauth_token={token}")).status == 403
        greeted = await visitor.get(f"/callback?oauth_token={token}")
        assert greeted.status == 200
        assert await greeted.text() == f"Hello, {person.name_display}!"
        assert (await visitor.get(f"/callback?oauth_token={token}")).status == 403
        (session,) = app[sign_in.SESSIONS].values()
        assert session.access is not None
        del schoology_sandbox.auth.tokens[session.access.token]  # 90 days later
        assert await (await visitor.get("/")).text() == "Please sign in again."
