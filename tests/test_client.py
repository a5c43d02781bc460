"""Options that every client takes, and clients made from environment variables."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import ClientOptions, InvalidInput, RetryPolicy, Window
from manabac_async import ManageBac, ManageBacV1
from manabac_async.cli import target, target_v1
from schoology_async import Schoology
from schoology_async.cli import target as schoology_target

CLIENTS: list[Any] = [Schoology, ManageBac, ManageBacV1]
ARGUMENTS: dict[Any, tuple[str, ...]] = {
    Schoology: ("key", "secret"),
    ManageBac: ("token",),
    ManageBacV1: ("myschool", "token"),
}
ENVIRONMENTS: dict[Any, dict[str, str]] = {
    Schoology: {"SCHOOLOGY_KEY": "key", "SCHOOLOGY_SECRET": "secret"},
    ManageBac: {"MANAGEBAC_TOKEN": "token"},
    ManageBacV1: {"MANAGEBAC_V1_SCHOOL": "myschool", "MANAGEBAC_V1_TOKEN": "token"},
}


@pytest.mark.parametrize("client", CLIENTS)
def test_each_option_is_accepted_and_documented(client: Any) -> None:
    heard: list[object] = []
    options: ClientOptions = {
        "limiter": Window(7, per=1),
        "retry": RetryPolicy(tries=2),
        "timeout": 9.0,
        "session": None,
        "connector": None,
        "trust_env": True,
        "allow_http": True,
        "events": [heard.append],
        "strict": True,
    }
    made = client(*ARGUMENTS[client], **options)
    assert options.keys() == ClientOptions.__annotations__.keys()
    transport = made._transport
    assert transport._own_limiters == (options["limiter"],)
    assert transport._policy == options["retry"]
    assert (transport._timeout, transport._events) == (9.0, (heard.append,))
    assert transport.wire._trust_env
    assert transport.vendor.converter is not client(*ARGUMENTS[client])._transport.vendor.converter
    assert client(*ARGUMENTS[client])._transport._timeout == 60.0
    for name in ClientOptions.__annotations__:
        assert f":param {name}:" in client.__doc__
    with pytest.raises(TypeError, match="'tiemout'; a client's options: limiter"):
        client(*ARGUMENTS[client], tiemout=5)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("url", ["http://sandbox:8080/v1/", "http://10.0.0.7/"])
def test_http_to_another_machine_needs_allow_http(client: Any, url: str) -> None:
    with pytest.raises(InvalidInput, match="allow_http=True"):
        client(*ARGUMENTS[client], base_url=url)
    assert client(*ARGUMENTS[client], base_url=url, allow_http=True).base_url.startswith(url)
    with pytest.raises(InvalidInput):
        client(*ARGUMENTS[client], base_url="ftp://sandbox/", allow_http=True)
    assert client(*ARGUMENTS[client], base_url="http://127.0.0.1:1/")


@pytest.mark.parametrize("client", CLIENTS)
def test_client_from_the_environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in client.__init__.__globals__["VARIABLES"]:
        monkeypatch.delenv(name, raising=False)
    environment = ENVIRONMENTS[client]
    for missing in environment:
        with pytest.raises(InvalidInput, match=f"not set in the environment: .*{missing}"):
            client.from_env({**environment, missing: " "})
        with pytest.raises(InvalidInput, match=missing):
            client.from_env()
    by_hand = client(*ARGUMENTS[client])
    for name, value in environment.items():
        monkeypatch.setenv(name, f" {value}\n")
    made = client.from_env(timeout=9)
    assert made.base_url == by_hand.base_url
    assert made._transport.account == by_hand._transport.account
    assert made._transport._timeout == 9
    assert client.from_env(environment)._transport.account == by_hand._transport.account


@pytest.mark.parametrize(
    ("client", "variables", "options"),
    [
        (
            Schoology,
            {
                "SCHOOLOGY_TOKEN": "t",
                "SCHOOLOGY_TOKEN_SECRET": "s",
                "SCHOOLOGY_BASE_URL": "https://x.example/",
            },
            {"token": "t", "token_secret": "s", "base_url": "https://x.example/"},
        ),
        (
            ManageBac,
            {"MANAGEBAC_REGION": "cn", "MANAGEBAC_VERSION": "v2p1"},
            {"region": "cn", "version": "v2p1"},
        ),
        (
            ManageBac,
            {"MANAGEBAC_BASE_URL": "https://x.example/"},
            {"base_url": "https://x.example/"},
        ),
        (
            ManageBacV1,
            {"MANAGEBAC_V1_BASE_URL": "https://x.example/"},
            {"base_url": "https://x.example/"},
        ),
    ],
)
def test_optional_variables(client: Any, variables: dict[str, str], options: Any) -> None:
    made = client.from_env({**ENVIRONMENTS[client], **variables})
    by_hand = client(*ARGUMENTS[client], **options)
    assert made.base_url == by_hand.base_url
    signed = "get", f"{made.base_url}x"
    with (
        made._transport.vendor.auth_headers(*signed) as headers,
        by_hand._transport.vendor.auth_headers(*signed) as others,
    ):
        assert headers.keys() == others.keys()
        assert ("oauth_token" in str(headers)) == ("token" in options)


def test_oauth_client_replaces_the_token_but_not_both() -> None:
    oauth = {"MANAGEBAC_CLIENT_ID": "id", "MANAGEBAC_CLIENT_SECRET": "secret"}
    assert ManageBac.from_env(oauth)._transport.account[-1] == "id"  # type: ignore[index]
    with pytest.raises(InvalidInput, match="both a token and an OAuth 2 client"):
        ManageBac.from_env({**oauth, "MANAGEBAC_TOKEN": "t"})
    with pytest.raises(InvalidInput, match="MANAGEBAC_TOKEN .*MANAGEBAC_CLIENT_SECRET instead"):
        ManageBac.from_env({"MANAGEBAC_CLIENT_ID": "id"})


def test_command_reads_the_same_variables() -> None:
    for client, of in (
        (Schoology, schoology_target),
        (ManageBac, target),
        (ManageBacV1, target_v1),
    ):
        assert of.variables is client.__init__.__globals__["VARIABLES"]
