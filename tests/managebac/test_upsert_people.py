"""Create people and update those who exist, in one bulk call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import InvalidInput, Journal
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import ended, fields_of

NEW = {"email": "new@x.example", "last_name": "New"}


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return managebac_sandbox.school


def writes(sandbox: ManageBacSandbox) -> list[str]:
    return [seen.method for seen in sandbox.log if seen.method != "GET"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("students", "student_id"), ("teachers", "identifier"), ("parents", "identifier")],
)
async def test_existing_people_are_updated_and_others_created(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str, code: str
) -> None:
    add = getattr(school, f"add_{kind[:-1]}")
    by_code = add("old@x.example", **{code: "K1"})
    by_email = add("mail@x.example")
    if kind == "students":
        by_email.student_id = ""
    rows: list[Any] = [
        {"email": "moved@x.example", "last_name": "One", code: "K1", "password": "swordfish"},
        {"email": "Mail@X.example", "last_name": "Two", code: "K2"},
        NEW,
    ]
    outcomes = await ended(getattr(managebac, kind).upsert_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert [outcome.id for outcome in outcomes[:2]] == [str(by_code.id), str(by_email.id)]
    assert (by_code.email, by_code.fields["last_name"]) == ("moved@x.example", "One")
    assert not by_code.has_password
    assert by_email.fields["last_name"] == "Two"
    assert len(getattr(school, kind)) == 3
    assert sorted(writes(managebac_sandbox)) == ["PATCH", "PATCH", "POST"]


async def test_rows_that_may_be_about_the_wrong_person_are_rejected(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_teacher("a@x.example", identifier="T1")
    school.add_teacher("b@x.example", identifier="T1")
    school.add_teacher("c@x.example", identifier="T3")
    rows: list[Any] = [
        {**NEW, "identifier": "T1"},  # two people have it
        {"email": "c@x.example", "last_name": "C", "identifier": "T4"},  # somebody else's address
        {"email": "c2@x.example", "last_name": "C", "identifier": "T3"},
        {"email": "C@x.example ".strip(), "last_name": "C"},
    ]
    outcomes = await ended(managebac.teachers.upsert_many(rows[:3]))
    assert [outcome.status for outcome in outcomes] == ["rejected", "rejected", "done"]
    assert fields_of(outcomes[0]) == {"identifier"}
    assert fields_of(outcomes[1]) == {"email"}
    assert sorted(writes(managebac_sandbox)) == ["PATCH", "POST"]
    outcomes = await ended(
        managebac.teachers.upsert_many(
            [
                {"email": "c3@x.example", "last_name": "C", "identifier": "T3"},
                {"email": "c2@x.example", "last_name": "C"},
            ]
        )
    )
    assert [outcome.status for outcome in outcomes] == ["done", "rejected"]
    assert outcomes[1].error is not None
    assert "earlier row" in outcomes[1].error.message


async def test_second_run_with_a_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    for _ in range(2):
        journal = Journal(tmp_path / "j.db")
        outcomes = await ended(managebac.students.upsert_many([NEW], journal=journal))
        assert [outcome.status for outcome in outcomes] == ["done"]
    assert [(seen.method, seen.path) for seen in managebac_sandbox.log] == [
        ("GET", "students"),
        ("POST", "students"),
    ]


async def test_lost_responses_are_looked_up(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    school.add_parent("old@x.example", identifier="P1")
    for method in ("POST", "PATCH"):
        managebac_sandbox.faults.add(Fault.cut(after=True, method=method, times=9))
    rows: list[Any] = [NEW, {"email": "old@x.example", "last_name": "B", "identifier": "P1"}]
    outcomes = await ended(managebac.parents.upsert_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert school.parents.creates["new@x.example"] == 1


async def test_nothing_is_sent_if_the_existing_people_cannot_be_read(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.error(403, method="GET", times=9))
    bulk = managebac.students.upsert_many([NEW, {**NEW, "email": "b@x.example"}])
    outcomes = [outcome async for outcome in bulk]
    assert [outcome.status for outcome in outcomes] == ["skipped", "skipped"]
    assert bulk.report.stop_reason is not None
    assert writes(managebac_sandbox) == []


async def test_wrong_option_is_rejected(managebac: ManageBac) -> None:
    with pytest.raises(InvalidInput, match="send_welcome_email"):
        managebac.students.upsert_many([NEW], send_welcome_email="yes")  # type: ignore[arg-type]
