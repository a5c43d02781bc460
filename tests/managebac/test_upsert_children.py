"""Link children to parents and change existing links, in one bulk call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Journal
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    made = managebac_sandbox.school
    children = [made.add_student(f"s{number}@x.example").id for number in range(3)]
    parent = made.add_parent("p@x.example", children=children[:1])
    made.relations.kinds[parent.id, children[0]] = "Mother"
    return made


def links(school: School, relationship: str) -> list[Any]:
    (parent_id,) = school.parents
    return [
        {"parent_id": parent_id, "child_id": child_id, "relationship": relationship}
        for child_id in school.students
    ]


def relations(school: School) -> list[str]:
    (parent_id,) = school.parents
    return [school.relations.kinds[parent_id, child_id] for child_id in school.students]


async def test_new_links_are_added_and_existing_ones_changed(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = [*links(school, "Aunt"), {**links(school, "Aunt")[0], "parent_id": 99}]
    outcomes = await ended(managebac.children.upsert_many(rows))
    assert [code_of(outcome) for outcome in outcomes] == [None, None, None, "404"]
    assert relations(school) == ["Aunt"] * 3
    assert managebac_sandbox.log.count("PUT") == 1


async def test_lost_responses_are_looked_up(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    for method in ("POST", "PUT"):
        managebac_sandbox.faults.add(Fault.cut(after=True, method=method, times=9))
    outcomes = await ended(managebac.children.upsert_many(links(school, "Uncle")))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert relations(school) == ["Uncle"] * 3


async def test_second_run_with_a_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    for _ in range(2):
        journal = Journal(tmp_path / "j.db")
        bulk = managebac.children.upsert_many(links(school, "Aunt"), journal=journal)
        assert [outcome.status for outcome in await ended(bulk)] == ["done"] * 3
    assert len(managebac_sandbox.log) == 4
