"""``managebac.children`` in bulk: the children of many parents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from manabac_async import ChildLink, ManageBac, ParentChildLink, ParentChildren
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of

from .bulk_rows import fill, ids, links


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox)


def pairs(rows: list[Any]) -> set[tuple[int, int]]:
    return {(row["parent_id"], row["child_id"]) for row in rows}


def linked(school: School) -> list[Any]:
    """Return all links, as rows to remove."""
    return [
        {"parent_id": parent.id, "child_id": child}
        for parent in school.parents.values()
        for child in parent.kin
    ]


@pytest.mark.parametrize("as_object", [False, True])
async def test_add_many_links_each_child_once(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, as_object: bool
) -> None:
    managebac_sandbox.quirks.relationship_object = as_object
    rows = links(school, parents=3, children=2)
    outcomes = await ended(managebac.children.add_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 6
    assert [outcome.id for outcome in outcomes] == [str(row["child_id"]) for row in rows]
    assert set(school.relations.creates) == pairs(rows)
    assert {school.relations.kinds[pair] for pair in pairs(rows)} == {"Aunt"}
    assert managebac_sandbox.log.count() == 6


async def test_add_many_rejects_bad_rows_alone(managebac: ManageBac, school: School) -> None:
    good, taken = links(school, parents=1, children=2)
    await managebac.children.add_many([taken])
    rows: list[Any] = [
        {**good, "relationship": "Boss"},
        {**good, "relationship": None},
        {**good, "child_id": 424242},
        {**good, "parent_id": 424242},
        {**good, "child_id": "one"},
        taken,
        ParentChildLink(**good),
        good,
    ]
    outcomes = await ended(managebac.children.add_many(rows))
    assert [outcome.status for outcome in outcomes] == [*["rejected"] * 6, "done", "rejected"]
    assert [(code_of(one), fields_of(one)) for one in outcomes if one.error] == [
        ("invalid", {"relationship"}),
        ("invalid", {"relationship"}),
        ("422", {"child"}),
        ("404", {"parent_id"}),
        ("invalid", {"child_id"}),
        ("422", {"child"}),
        ("duplicate", set()),
    ]


@pytest.mark.parametrize(
    ("before", "status", "code"), [("Aunt", "done", None), ("Mother", "unknown", "exists")]
)
async def test_lost_link_that_is_there_is_done_only_with_the_same_relationship(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    before: str,
    status: str,
    code: str | None,
) -> None:
    rows = links(school, parents=1, children=1)
    await managebac.children.add_many([{**rows[0], "relationship": before}])
    managebac_sandbox.faults.add(Fault.cut(method="POST"))
    (outcome,) = await ended(managebac.children.add_many(rows))
    assert (outcome.status, code_of(outcome)) == (status, code)
    assert len(school.relations.creates) == 1


async def test_child_that_does_not_exist_is_rejected_after_a_lost_response(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    """ "must exist" is no conflict: the look-up shows that there is no link."""
    managebac_sandbox.faults.add(Fault.cut(method="POST"))
    (row,) = links(school, parents=1, children=1)
    (outcome,) = await ended(managebac.children.add_many([{**row, "child_id": 424242}]))
    assert (outcome.status, code_of(outcome)) == (Status.REJECTED, "422")


async def test_update_many_changes_the_relationship(managebac: ManageBac, school: School) -> None:
    rows = [{**row, "relationship": "Uncle"} for row in linked(school)[:2]]
    rows.append({**rows[0], "child_id": 424242})
    outcomes = await ended(managebac.children.update_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "done", "rejected"]
    assert (code_of(outcomes[2]), fields_of(outcomes[2])) == ("404", {"parent_id", "child_id"})
    assert {school.relations.kinds[pair] for pair in pairs(rows[:2])} == {"Uncle"}


async def test_remove_many_removes_each_link_once(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = linked(school)
    managebac_sandbox.faults.add(Fault.cut(after=True, method="DELETE"))
    outcomes = await ended(managebac.children.remove_many([*rows, rows[0]]))
    assert [outcome.status for outcome in outcomes] == [*["done"] * len(rows), "rejected"]
    assert code_of(outcomes[-1]) == "duplicate"
    assert set(school.relations.deletes.values()) == {1}
    assert linked(school) == []
    assert managebac_sandbox.log.count("DELETE") == len(rows)
    (gone,) = await ended(managebac.children.remove_many(rows[:1]))
    assert (gone.status, code_of(gone)) == (Status.REJECTED, "404")


async def test_guard_of_remove_many_counts_rows(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = linked(school)
    with pytest.raises(InvalidInput, match=f"{len(rows)} would be removed"):
        await managebac.children.remove_many(rows, guard=Guard("50%"))
    assert managebac_sandbox.log.count("DELETE") == 0


def family(parent_id: int, *children: int) -> Any:
    return {
        "parent_id": parent_id,
        "children": [{"id": one, "relationship": "Aunt"} for one in children],
    }


async def test_replace_many_leaves_exactly_the_given_children(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    one, two, three = ids(school.students, 3)
    first, second, third = ids(school.parents, 3)
    kept = list(school.parents[third].kin)
    rows = [
        family(first, one, two),
        ParentChildren(parent_id=second, children=[ChildLink(id=three, relationship="Father")]),
    ]
    outcomes = await ended(managebac.children.replace_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert [[part.id for part in outcome.parts] for outcome in outcomes] == [
        [str(one), str(two)],
        [str(three)],
    ]
    assert sorted(school.parents[first].kin) == [one, two]
    assert school.parents[second].kin == [three]
    assert school.parents[third].kin == kept
    # The parents are read once, to count the links that would be removed.
    assert managebac_sandbox.log.count("GET") == 1
    assert managebac_sandbox.log.count("PUT") == 2


async def test_replace_many_rejects_bad_rows_alone(managebac: ManageBac, school: School) -> None:
    one, two = ids(school.students, 2)
    first, second = ids(school.parents, 2)
    before = list(school.parents[first].kin)
    rows: list[Any] = [
        family(first),
        family(first, one, one),
        {"parent_id": first},
        {"parent_id": first, "children": [{"id": one, "relationship": "Boss"}]},
        family(first, one, 424242),
        family(424242, one),
        family(second, two),
    ]
    outcomes = await ended(managebac.children.replace_many(rows))
    assert [outcome.status for outcome in outcomes] == [*["rejected"] * 6, "done"]
    assert [(code_of(outcome), fields_of(outcome)) for outcome in outcomes[:6]] == [
        ("invalid", {"children"}),
        ("invalid", {"children"}),
        ("invalid", {"children"}),
        ("invalid", {"children[0].relationship"}),
        ("422", {"child"}),
        ("404", {"parent_id"}),
    ]
    assert school.parents[first].kin == before


async def test_replace_many_removes_all_children_only_if_asked(
    managebac: ManageBac, school: School
) -> None:
    parent = next(iter(school.parents))
    report = await managebac.children.replace_many([family(parent)], allow_empty=True)
    assert report.counts == {Status.DONE: 1}
    assert school.parents[parent].kin == []


async def test_guard_of_replace_many_counts_the_links_that_would_be_removed(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    parents = list(school.parents.values())
    removed = sum(len(parent.kin) for parent in parents)
    rows = [family(parent.id) for parent in parents]
    replace_many = managebac.children.replace_many
    with pytest.raises(InvalidInput, match=f"{removed} would be removed, and the guard allows 1"):
        await replace_many(rows, allow_empty=True, guard=Guard(1))
    with pytest.raises(InvalidInput, match="the guard allows"):
        await replace_many(rows, allow_empty=True, guard=Guard("50%"))
    assert managebac_sandbox.log.count("PUT") == 0
    kept = [family(parent.id, *parent.kin) for parent in parents if parent.kin]
    report = await replace_many(kept, guard=Guard(0))
    assert report.counts == {Status.DONE: len(kept)}


@pytest.mark.parametrize("guard", [500, "5%", None])
async def test_guard_that_is_no_guard_is_refused(managebac: ManageBac, guard: Any) -> None:
    for method in (managebac.children.replace_many, managebac.children.remove_many):
        with pytest.raises(InvalidInput, match="guard must be a Guard"):
            method([], guard=guard)
    with pytest.raises(InvalidInput, match="rows must be a list"):
        managebac.children.replace_many(family(1))


async def test_child_that_the_response_does_not_show_is_unknown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    one, two = ids(school.students, 2)
    body = f'{{"children": [{{"id": {one}, "relationship": "Aunt"}}]}}'
    managebac_sandbox.faults.add(
        Fault("other", status=200, body=body, scope={"method": "PUT", "share": 1.0})
    )
    (outcome,) = await ended(
        managebac.children.replace_many([family(ids(school.parents)[0], one, two)])
    )
    assert outcome.status is Status.UNKNOWN
    assert [part.status for part in outcome.parts] == ["done", "unknown"]
    assert fields_of(outcome) == {"children[1]"}


async def test_second_run_with_the_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    rows = links(school)
    for _ in range(2):
        journal = Journal(tmp_path / "children.db")
        report = await managebac.children.add_many(rows, journal=journal)
        assert report.counts == {Status.DONE: len(rows)}
    assert managebac_sandbox.log.count("POST") == len(rows)
