"""The ``schoology_sandbox`` fixture: a started sandbox, closed when the test is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from lms_async.sandbox.pytest_plugin import options, pytest_configure

from .server import SchoologySandbox

__all__ = ["pytest_configure", "schoology_sandbox"]


@pytest_asyncio.fixture
async def schoology_sandbox(request: pytest.FixtureRequest) -> AsyncIterator[SchoologySandbox]:
    """A Schoology of the test's own; ``@pytest.mark.sandbox(limit=…)`` sets its options."""
    async with SchoologySandbox(**options(request)) as sandbox:
        yield sandbox
