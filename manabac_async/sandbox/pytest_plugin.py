"""The ``managebac_sandbox`` fixture: a started sandbox, closed when the test is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from lms_async.sandbox.pytest_plugin import options, pytest_configure, sandbox_fixture

if TYPE_CHECKING:
    from .server import ManageBacSandbox

__all__ = ["managebac_sandbox", "pytest_configure"]


@sandbox_fixture
async def managebac_sandbox(request: pytest.FixtureRequest) -> AsyncIterator[ManageBacSandbox]:
    """A ManageBac of the test's own; ``@pytest.mark.sandbox(limit=…)`` sets its options."""
    from .server import ManageBacSandbox  # not for every run of pytest

    async with ManageBacSandbox(**options(request)) as sandbox:
        yield sandbox
