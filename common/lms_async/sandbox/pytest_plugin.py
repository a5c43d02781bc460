"""The ``sandbox`` marker, for the vendors' pytest plugins.

``@pytest.mark.sandbox(limit=(15, 0.5))`` on a test, class or module sets the arguments of the
sandbox of that test.
"""

from __future__ import annotations

from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for runs with ``--strict-markers``."""
    config.addinivalue_line("markers", "sandbox(**options): the arguments of the test's sandbox")


def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the keyword arguments of the test's nearest ``sandbox`` marker."""
    marker = request.node.get_closest_marker("sandbox")
    return dict(marker.kwargs) if marker else {}
