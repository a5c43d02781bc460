"""The ``managebac_sandbox`` fixture: a started sandbox, closed when the test is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from lms_async.sandbox.pytest_plugin import options, pytest_configure

from .server import ManageBacSandbox

__all__ = ["managebac_sandbox", "pytest_configure"]


@pytest_asyncio.fixture
async def managebac_sandbox(request: pytest.FixtureRequest) -> AsyncIterator[ManageBacSandbox]:
    """A ManageBac of the test's own; ``@pytest.mark.sandbox(limit=…)`` sets its options."""
    async with ManageBacSandbox(**options(request)) as sandbox:
        yield sandbox
