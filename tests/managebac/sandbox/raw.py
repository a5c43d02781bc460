"""An HTTP client that uses none of our code."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from attrs import frozen
from yarl import URL

from manabac_async.sandbox import ManageBacSandbox

JSON = "application/json"
DENIED = {"error": "Access Denied"}
MALFORMED = {"error": "Invalid payload data structure."}
OK = {"status": "ok"}


@frozen
class Got:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        assert self.headers["Content-Type"].startswith(JSON)
        return json.loads(self.text)


class RawClient:
    """A client of no library's."""

    def __init__(self, sandbox: ManageBacSandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session
        self.headers = {"auth-token": sandbox.token}

    async def send(
        self, method: str, url: str, body: Any = None, headers: Any = None, kind: str = JSON
    ) -> Got:
        data = body if isinstance(body, str | None) else json.dumps(body)
        headers = {**(headers or {}), **({} if body is None else {"Content-Type": kind})}
        address = URL(url, encoded=True)
        async with self.session.request(
            method, address, data=data, headers=headers, allow_redirects=False
        ) as response:
            return Got(response.status, response.headers, await response.text())

    async def __call__(
        self, method: str, path: str, body: Any = None, *, version: str = "v2"
    ) -> Got:
        """Send a request to v2, with the token in a header."""
        url = f"{self.sandbox.base_url}{version}/{path}"
        return await self.send(method, url, body, self.headers)

    async def v1(self, method: str, path: str, body: Any = None) -> Got:
        """Send a request below ``/api/``, with the token in the query."""
        sign = "&" if "?" in path else "?"
        url = f"{self.sandbox.v1_base_url}{path}{sign}auth_token={self.sandbox.v1_token}"
        return await self.send(method, url, body)
