"""What every vendor's sandbox fixture shares: its options come from a marker.

``@pytest.mark.sandbox(limit=(15, 0.5))`` on a test, class or module sets what the sandbox of that
test is made with.
"""

from __future__ import annotations

from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for runs with ``--strict-markers``."""
    config.addinivalue_line("markers", "sandbox(**options): what the test's sandbox is made with")


def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The keyword arguments of the test's nearest ``sandbox`` marker."""
    marker = request.node.get_closest_marker("sandbox")
    return dict(marker.kwargs) if marker else {}
