"""What every vendor's sandbox fixture shares: its options come from a marker.

``@pytest.mark.sandbox(limit=(15, 0.5))`` on a test, class or module sets what the sandbox of that
test is made with.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for runs with ``--strict-markers``."""
    config.addinivalue_line("markers", "sandbox(**options): what the test's sandbox is made with")


def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The keyword arguments of the test's nearest ``sandbox`` marker."""
    marker = request.node.get_closest_marker("sandbox")
    return dict(marker.kwargs) if marker else {}


def sandbox_fixture(function: Callable[..., AsyncIterator[Any]]) -> Any:
    """``function`` as an async fixture; without pytest-asyncio, as one that says what is missing.

    A plugin is loaded for every run of pytest in its environment, also for those that never ask
    for its fixture.
    """
    try:
        import pytest_asyncio
    except ImportError:
        name = function.__name__

        @pytest.fixture(name=name)
        def missing() -> None:
            pytest.fail(f"the fixture {name} needs pytest-asyncio")

        return missing
    return pytest_asyncio.fixture(function)
