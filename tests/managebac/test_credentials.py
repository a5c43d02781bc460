"""OAuth 2: access tokens with odd lifetimes, and tokens that are revoked early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import LmsError, RetryPolicy, Unauthorized, UnexpectedResponse, Window
from manabac_async import ClientCredentials, ManageBac


class Vendor:
    """Issues tokens with the lifetime that a test chooses, and rejects revoked ones."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload
        self.issued: list[str] = []
        self.revoked: set[str] = set()
        self.refuses_all = False
        self.token_status = 200
        self.calls: list[str] = []

    async def token(self, request: web.Request) -> web.Response:
        self.issued.append(f"token{len(self.issued) + 1}")
        if self.token_status != 200:
            return web.Response(status=self.token_status, text="<html>")
        return web.json_response({"access_token": self.issued[-1], **self.payload})

    async def call(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append(token)
        if self.refuses_all or token in self.revoked:
            return web.json_response({"error": "Access Denied"}, status=401)
        return web.json_response({"status": "Success", "memberships": []})


@asynccontextmanager
async def vendor_and_client(
    payload: dict[str, Any], **options: Any
) -> AsyncIterator[tuple[Vendor, ManageBac]]:
    vendor = Vendor(payload)
    app = web.Application()
    app.router.add_post("/oauth/token", vendor.token)
    app.router.add_route("*", "/v2/{rest:.*}", vendor.call)
    async with (
        TestServer(app) as server,
        ManageBac(
            ClientCredentials("id", "secret"),
            base_url=str(server.make_url("/")),
            retry=RetryPolicy(tries=1),
            **{"limiter": Window(10_000, per=0.01), **options},
        ) as client,
    ):
        yield vendor, client


@pytest.mark.parametrize(
    "life",
    [None, "", "soon", "3600", 3600.5, 10**17, 10**400, 1e300, [], {}, True, "missing"],
)
async def test_missing_or_odd_lifetime_gets_a_default(life: Any) -> None:
    payload = {} if life == "missing" else {"expires_in": life}
    async with vendor_and_client(payload) as (vendor, client):
        try:
            for _ in range(20):
                await client.memberships.list()
        except LmsError:
            assert life == 10**400
            return
        assert len(vendor.issued) == 1


@pytest.mark.parametrize("life", [0, -1, "0", -(10**9), 0.0])
async def test_expired_token_raises_and_is_not_renewed_forever(life: Any) -> None:
    async with vendor_and_client({"expires_in": life}) as (vendor, client):
        with pytest.raises(UnexpectedResponse, match="already expired") as raised:
            await client.memberships.list()
        assert "token1" not in str(raised.value)
        assert vendor.issued == ["token1"]
        assert vendor.calls == []


@pytest.mark.parametrize("token", ["a\nb", "", " ", "a b", "日", "a\x00"])
async def test_unsendable_token_raises(token: str) -> None:
    async with vendor_and_client({"access_token": token}) as (vendor, client):
        with pytest.raises(UnexpectedResponse, match="can't be sent"):
            await client.memberships.list()
        assert vendor.calls == []


@pytest.mark.parametrize("token", [None, 5.5, [], {"a": 1}])
async def test_token_that_is_not_text_raises(token: Any) -> None:
    async with vendor_and_client({"access_token": token}) as (_, client):
        with pytest.raises(UnexpectedResponse):
            await client.memberships.list()


async def test_lifetime_shorter_than_the_wait_for_a_slot_is_not_renewed_forever() -> None:
    async with vendor_and_client({"expires_in": 0.01}, limiter=Window(1, per=0.03)) as (
        vendor,
        client,
    ):
        for _ in range(3):
            await client.memberships.list()
        assert len(vendor.calls) == 3
        assert len(vendor.issued) <= 9


async def test_revoked_token_is_renewed_once_and_the_call_repeated_once() -> None:
    async with vendor_and_client({"expires_in": 3600}) as (vendor, client):
        await client.memberships.list()
        vendor.revoked.add("token1")
        await client.classes.add_students(
            1, [5]
        )  # without a new token, this call is never repeated
        assert vendor.calls == ["token1", "token1", "token2"]
        await client.memberships.list()
        assert vendor.issued == ["token1", "token2"]


async def test_call_rejected_with_the_new_token_raises() -> None:
    async with vendor_and_client({"expires_in": 3600}) as (vendor, client):
        vendor.refuses_all = True
        with pytest.raises(Unauthorized) as raised:
            await client.memberships.list()
        assert raised.value.attempts == 2
        assert vendor.calls == ["token1", "token2"]


async def test_concurrent_rejections_renew_the_token_once() -> None:
    async with vendor_and_client({"expires_in": 3600}) as (vendor, client):
        await client.memberships.list()
        vendor.revoked.add("token1")
        await asyncio.gather(*(client.classes.add_students(n, [5]) for n in range(1, 30)))
        assert vendor.issued == ["token1", "token2"]


@pytest.mark.parametrize("status", [500, 502, 401, 404, 204])
async def test_rows_are_skipped_without_a_token(
    status: int,
) -> None:
    async with vendor_and_client({}) as (vendor, client):
        vendor.token_status = status
        with pytest.raises(LmsError) as raised:
            await client.classes.add_students(1, [5])
        assert not raised.value.may_have_acted
        assert len(vendor.issued) == 1
        report = await client.memberships.update_many(
            {"class_id": n, "student_id": 5} for n in range(1, 9)
        )
        assert report.counts == {"skipped": 8}
        assert report.stop_reason is not None
        assert len(vendor.issued) <= 9  # at most one request per call
        assert vendor.calls == []


async def test_fixed_token_is_not_renewed() -> None:
    async with vendor_and_client({}) as (vendor, client):
        vendor.refuses_all = True
        async with ManageBac(
            "fixed", base_url=client._transport.vendor.base_url.removesuffix("v2/")
        ) as fixed:
            with pytest.raises(Unauthorized) as raised:
                await fixed.memberships.list()
        assert raised.value.attempts == 1
        assert vendor.issued == []


@pytest.mark.parametrize("status", [400, 401])
async def test_rejected_credentials_raise_unauthorized(status: int) -> None:
    """OAuth 2 rejects an unknown client with 400 or 401 (RFC 6749, 5.2)."""
    async with vendor_and_client({"expires_in": 3600}) as (vendor, client):
        vendor.token_status = status
        with pytest.raises(Unauthorized, match=f"oauth/token: HTTP {status}"):
            await client.classes.list_students(1)
        report = await client.classes.update_students(1, [{"id": 1}])
    assert isinstance(report.stop_reason, Unauthorized)
    assert report.counts == {"skipped": 1}
    assert vendor.calls == []
