from __future__ import annotations

from pathlib import Path

import pytest

from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import Keeper, prepared


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    managebac_sandbox.school = prepared()
    return managebac_sandbox.school


@pytest.fixture
def keeper(managebac: ManageBac, school: School, tmp_path: Path) -> Keeper:
    return Keeper(ManageBacRoster(managebac), tmp_path)
