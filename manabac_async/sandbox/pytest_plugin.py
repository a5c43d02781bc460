"""The ``managebac_sandbox`` fixture: a running sandbox that is closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from lms_async.sandbox.pytest_plugin import options, pytest_configure

if TYPE_CHECKING:
    from .server import ManageBacSandbox

__all__ = ["managebac_sandbox", "pytest_configure"]


@pytest.fixture
def managebac_sandbox(request: pytest.FixtureRequest) -> Iterator[ManageBacSandbox]:
    """A separate ManageBac sandbox for the test, in a thread, for sync and async tests.

    ``@pytest.mark.sandbox(limit=…)`` sets its options.
    """
    from .server import ManageBacSandbox  # imported here because most runs of pytest do not need it

    with ManageBacSandbox(**options(request)) as sandbox:
        yield sandbox
