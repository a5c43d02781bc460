"""The ``schoology_sandbox`` fixture: a started sandbox, closed when the test is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from lms_async.sandbox.pytest_plugin import options, pytest_configure, sandbox_fixture

if TYPE_CHECKING:
    from .server import SchoologySandbox

__all__ = ["pytest_configure", "schoology_sandbox"]


@sandbox_fixture
async def schoology_sandbox(request: pytest.FixtureRequest) -> AsyncIterator[SchoologySandbox]:
    """A Schoology of the test's own; ``@pytest.mark.sandbox(limit=…)`` sets its options."""
    from .server import SchoologySandbox  # not for every run of pytest

    async with SchoologySandbox(**options(request)) as sandbox:
        yield sandbox
