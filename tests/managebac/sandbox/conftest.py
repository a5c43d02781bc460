"""A running sandbox, its school, and a raw client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import RawClient


@pytest.fixture
def sandbox(managebac_sandbox: ManageBacSandbox) -> ManageBacSandbox:
    return managebac_sandbox


@pytest.fixture
def school(sandbox: ManageBacSandbox) -> School:
    return sandbox.school


@pytest_asyncio.fixture
async def call(sandbox: ManageBacSandbox) -> AsyncIterator[RawClient]:
    async with aiohttp.ClientSession() as session:
        yield RawClient(sandbox, session)
