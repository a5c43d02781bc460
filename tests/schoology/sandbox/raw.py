"""An HTTP client that does not use this package, to test the sandbox alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
from attrs import frozen
from multidict import CIMultiDict, MultiDict
from oauthlib.oauth1 import Client
from yarl import URL

from lms_async.sandbox import Request
from schoology_async.sandbox import SchoologySandbox

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@frozen
class Got:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        assert self.headers["Content-Type"] == JSON
        return json.loads(self.text)


class RawClient:
    """A minimal client that signs with oauthlib."""

    def __init__(self, sandbox: SchoologySandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: str | None = JSON,
        kind: str = JSON,
        send: dict[str, str] | None = None,
        **query: Any,
    ) -> Got:
        url = self.sandbox.base_url + path + (f"?{urlencode(query)}" if query else "")
        signer = Client(self.sandbox.key, self.sandbox.secret)
        data = body if isinstance(body, str | None) else json.dumps(body)
        headers = {} if body is None else {"Content-Type": kind}
        signed = data if kind == FORM else None  # OAuth signs the fields of a form, but no JSON
        _, headers, _ = signer.sign(url, method, signed, headers)  # type: ignore[arg-type]
        headers |= send or {}
        if accept:
            headers["Accept"] = accept
        async with self.session.request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=data,
            allow_redirects=False,
            skip_auto_headers=["Accept"],  # otherwise aiohttp sends */*
        ) as response:
            return Got(response.status, response.headers, await response.text())


def outer(sandbox: SchoologySandbox) -> Request:
    """Return a ``multiget`` request, for ``SchoologySandbox.dispatch``."""
    headers = CIMultiDict({"Accept": JSON})
    return Request("POST", "multiget", sandbox.base_url, MultiDict(), headers, b"<requests />")
