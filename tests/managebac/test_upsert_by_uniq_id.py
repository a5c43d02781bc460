"""Create classes and update those that exist, by the school's own id of the class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Journal
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    managebac_sandbox.school = School.seeded(students=1)
    return managebac_sandbox.school


def row(school: School, uniq_id: str, **more: Any) -> Any:
    academics = school.academics
    first, *_, last = [t for t in academics.terms.values() if academics.program_of(t) == "myp"]
    subject = next(s for s in academics.subjects.values() if s.program == "myp")
    return {
        "uniq_id": uniq_id,
        "program": "myp",
        "grade_number": 8,
        "language": "en",
        "start_term_id": first.id,
        "end_term_id": last.id,
        "subject_id": subject.id,
        **more,
    }


def patches(sandbox: ManageBacSandbox) -> int:
    return sandbox.log.count("PATCH")


async def test_new_classes_are_created_and_existing_ones_updated(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    await ended(managebac.classes.upsert_by_uniq_id([row(school, "C1")]))
    rows = [row(school, f"C{number}", name=f"Class {number}") for number in (1, 2, 3)]
    outcomes = await ended(managebac.classes.upsert_by_uniq_id(rows, update_existing=True))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert sorted(one.name for one in school.classes.values()) == ["Class 1", "Class 2", "Class 3"]
    assert patches(managebac_sandbox) == 3


async def test_existing_class_is_rejected_without_update_existing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_class("Old", uniq_id="C1")
    rows = [row(school, "C1"), row(school, "C2"), {**row(school, "C3"), "uniq_id": " "}]
    outcomes = await ended(managebac.classes.upsert_by_uniq_id(rows))
    assert [code_of(outcome) for outcome in outcomes] == ["invalid", None, "invalid"]
    assert [fields_of(outcome) for outcome in outcomes] == [{"uniq_id"}, set(), {"uniq_id"}]
    assert len(school.classes) == 2


async def test_rows_that_cannot_update_a_class_do_not_stop_others(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = [row(school, f"C{number}") for number in range(3)]
    await ended(managebac.classes.upsert_by_uniq_id(rows))
    school.add_class("Twice", uniq_id="C2")
    rows[1] |= {"grade_number": 9, "language": "fr"}
    outcomes = await ended(
        managebac.classes.upsert_by_uniq_id([*rows, row(school, "C9")], update_existing=True)
    )
    assert [code_of(outcome) for outcome in outcomes] == [None, "invalid", "invalid", None]
    assert fields_of(outcomes[1]) == {"grade_number", "language"}
    assert fields_of(outcomes[2]) == {"uniq_id"}


async def test_second_run_with_a_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    for _ in range(2):
        journal = Journal(tmp_path / "j.db")
        bulk = managebac.classes.upsert_by_uniq_id([row(school, "C1")], journal=journal)
        assert [outcome.status for outcome in await ended(bulk)] == ["done"]
    assert len(managebac_sandbox.log) == 3  # two lists and one write, all of the first run


async def test_a_class_that_a_killed_run_created_is_found(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=True, method="PATCH", times=9))
    managebac_sandbox.faults.add(Fault.error(403, method="GET", skip=2))
    old = school.add_class("Old", uniq_id="OLD")
    statuses = []
    for rows in ([row(school, "C1")], [row(school, "C1"), row(school, "OLD")]):
        journal = Journal(tmp_path / "j.db")
        bulk = managebac.classes.upsert_by_uniq_id(rows, journal=journal)
        statuses += [outcome.status for outcome in await ended(bulk)]
    assert statuses == ["unknown", "done", "rejected"]
    assert len(school.classes) == 2
    assert old.name == "Old"
