from __future__ import annotations

import pytest

from schoology_async.sandbox import School, SchoologySandbox
from tests.schoology.rosters import fill


@pytest.fixture
def school(schoology_sandbox: SchoologySandbox) -> School:
    """A school with the course ``C``, the sections ``C-0`` and ``C-1``, and three people."""
    return fill(schoology_sandbox, sections=2, persons=3)
