"""A running sandbox, and a raw client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from schoology_async.sandbox import SchoologySandbox

from .raw import Raw


@pytest_asyncio.fixture
async def raw(schoology_sandbox: SchoologySandbox) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(schoology_sandbox, session)


@pytest.fixture
def sandbox(schoology_sandbox: SchoologySandbox) -> SchoologySandbox:
    return schoology_sandbox
