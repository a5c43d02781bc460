"""The ``schoology_sandbox`` fixture: a running sandbox, closed when the test is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from lms_async.sandbox.pytest_plugin import options, pytest_configure

if TYPE_CHECKING:
    from .server import SchoologySandbox

__all__ = ["pytest_configure", "schoology_sandbox"]


@pytest.fixture
def schoology_sandbox(request: pytest.FixtureRequest) -> Iterator[SchoologySandbox]:
    """A Schoology of the test's own, in a thread, for synchronous and asynchronous tests.

    ``@pytest.mark.sandbox(limit=…)`` sets its options.
    """
    from .server import SchoologySandbox  # not for every run of pytest

    with SchoologySandbox(**options(request)) as sandbox:
        yield sandbox
