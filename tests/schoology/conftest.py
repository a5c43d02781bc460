from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.schoology.scripted import Scripted, scripted_vendor


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[Scripted]:
    async with scripted_vendor() as vendor:
        yield vendor
