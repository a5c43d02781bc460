"""The ``managebac_sandbox`` fixture: a running sandbox, closed when the test is over."""

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
    """A ManageBac of the test's own, in a thread, for synchronous and asynchronous tests.

    ``@pytest.mark.sandbox(limit=…)`` sets its options.
    """
    from .server import ManageBacSandbox  # not for every run of pytest

    with ManageBacSandbox(**options(request)) as sandbox:
        yield sandbox
