"""Tokens that may write records, but not list what the file names."""

from __future__ import annotations

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.sandbox import Fault
from manabac_async.sandbox import ManageBacSandbox, School

from .conftest import Run, writes
from .test_kinds import first, place


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("by_name", [True, False])
async def test_people_need_the_permission_to_list(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School, status: int, by_name: bool
) -> None:
    """The number could be the school's own, and ManageBac's id of somebody else."""
    managebac_sandbox.faults.add(Fault.error(status, method="GET", path="students"))
    row = place(school)
    if by_name:
        row |= {"student_id": "wil@secret.example"}
    ran = await run("memberships", [row])
    assert ran.code == Exit.NOT_AUTHORIZED
    assert "permission to view students." in ran.err
    assert "secret" not in ran.err
    assert writes(managebac_sandbox) == 0


async def test_removal_never_guesses(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    """A school's own numbers could be the ids of other records."""
    managebac_sandbox.faults.add(Fault.error(403, method="GET", path="students"))
    ran = await run("archive", [{"id": first(school.students), "withdrawn_on": "2026-06-30"}])
    assert ran.code == Exit.NOT_AUTHORIZED
    assert ran.err.count("permission to view students.") == 1
    assert writes(managebac_sandbox) == 0
