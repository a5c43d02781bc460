"""``managebac.parents`` and ``managebac.children``, through a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import BadRequest, Guard, InvalidInput, NotFound, OutcomeUnknown
from lms_async.sandbox import Fault
from manabac_async import ChildLink, ManageBac
from manabac_async.sandbox import ManageBacSandbox, School

from .rosters import filled


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


async def test_list(managebac: ManageBac, school: School) -> None:
    first, second, *_ = school.parents.values()
    second.archived = True
    listed = {parent.id: parent for parent in await managebac.parents.list(per_page=4)}
    assert set(listed) == set(map(str, school.parents))
    shown = listed[str(first.id)]
    assert shown.child_ids == tuple(map(str, first.kin))
    assert [child.id for child in shown.children or ()] == list(map(str, first.kin))
    assert all(child.relationship for child in shown.children or ())
    assert [one.id for one in await managebac.parents.list(archived=True)] == [str(second.id)]
    assert [one.id for one in await managebac.parents.list(q=first.email)] == [str(first.id)]
    assert [one.id for one in await managebac.parents.list(ids=[first.id])] == [str(first.id)]


@pytest.mark.parametrize("nulls", [False, True])
async def test_get(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, nulls: bool
) -> None:
    managebac_sandbox.quirks.parent_nulls = nulls
    known = next(iter(school.parents.values()))
    known.fields |= {"salutation": "Dr.", "work_city": "Kyiv"}
    parent = await managebac.parents.get(known.id)
    assert (parent.id, parent.salutation, parent.work_city) == (str(known.id), "Dr.", "Kyiv")
    assert parent.employer is None
    assert parent.extra == {}


async def test_create(managebac: ManageBac, school: School) -> None:
    child = next(iter(school.students))
    parent = await managebac.parents.create(
        {
            "email": "eva@family.example",
            "last_name": "Novák",
            "salutation": "Ms.",
            "child_ids": [child],
        }
    )
    known = school.parents[int(parent.id or 0)]
    assert (known.email, known.fields["salutation"], known.kin) == (
        "eva@family.example",
        "Ms.",
        [child],
    )
    wrong: Any = {"email": "x@family.example", "last_name": "X", "salutation": "Sir"}
    with pytest.raises(InvalidInput) as refused:
        await managebac.parents.create(wrong)
    assert set(refused.value.fields) == {"salutation"}


async def test_update(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents.values()))
    assert (await managebac.parents.update(known.id, {"employer": "Acme"})).employer == "Acme"
    assert known.fields["employer"] == "Acme"


async def test_archive_and_unarchive(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents.values()))
    await managebac.parents.archive(known.id)
    assert known.archived
    await managebac.parents.unarchive(known.id)
    assert not known.archived


async def test_send_welcome_email(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents))
    await managebac.parents.send_welcome_email(known)
    assert school.welcome_mails == [known]


@pytest.mark.parametrize("as_object", [False, True])
async def test_list_children(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, as_object: bool
) -> None:
    managebac_sandbox.quirks.relationship_object = as_object
    known = next(parent for parent in school.parents.values() if len(parent.kin) > 1)
    listed = await managebac.children.list(known.id, per_page=1)
    assert {child.id: child.relationship for child in listed} == {
        str(number): school.relations.kinds[known.id, number] for number in known.kin
    }


async def test_get_child(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents.values()))
    child = await managebac.children.get(known.id, known.kin[0])
    assert child.id == str(known.kin[0])
    assert child.relationship == school.relations.kinds[known.id, known.kin[0]]
    with pytest.raises(NotFound) as missing:
        await managebac.children.get(known.id, 424242)
    assert "424242" not in str(missing.value)
    assert str(known.id) not in str(missing.value)


async def test_add_child(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.parents.values()))
    new = next(number for number in school.students if number not in known.kin)
    added = await managebac.children.add(known.id, ChildLink(id=new, relationship="Mother"))
    assert (added.id, added.relationship) == (str(new), "Mother")
    assert new in known.kin
    with pytest.raises(BadRequest) as twice:
        await managebac.children.add(known.id, {"id": new, "relationship": "Mother"})
    assert twice.value.status == 422
    with pytest.raises(BadRequest) as missing:
        await managebac.children.add(known.id, {"id": 424242, "relationship": "Father"})
    assert missing.value.fields == {"child": "must exist"}
    managebac_sandbox.log.clear()
    wrong: Any = {"id": new, "relationship": "Mum"}
    with pytest.raises(InvalidInput) as refused:
        await managebac.children.add(known.id, wrong)
    assert set(refused.value.fields) == {"relationship"}
    assert len(managebac_sandbox.log) == 0


async def test_lost_add_child_raises_outcome_unknown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    known = next(iter(school.parents.values()))
    new = next(number for number in school.students if number not in known.kin)
    with pytest.raises(OutcomeUnknown):
        await managebac.children.add(known.id, {"id": new, "relationship": "Mother"})
    assert managebac_sandbox.log.count("POST") == 1


async def test_replace_children(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents.values()))
    new = [number for number in school.students if number not in known.kin][:2]
    replaced = await managebac.children.replace(
        known.id, [{"id": number, "relationship": "Father"} for number in new]
    )
    assert {child.id: child.relationship for child in replaced} == dict.fromkeys(
        map(str, new), "Father"
    )
    assert set(known.kin) == set(new)
    await managebac.children.replace(known.id, [], allow_empty=True)
    assert known.kin == []


async def test_replace_children_with_invalid_input_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(parent for parent in school.parents.values() if len(parent.kin) > 1)
    before = list(known.kin)
    mother = {"id": before[0], "relationship": "Mother"}
    wrong: list[tuple[Any, dict[str, Any]]] = [
        ([], {}),
        ({"id": 1}, {}),
        ([mother, mother], {}),
        ([{"id": 1}], {}),
        ([mother], {"guard": Guard(0)}),
        ([mother], {"guard": Guard("10%")}),
    ]
    for children, options in wrong:
        with pytest.raises(InvalidInput):
            await managebac.children.replace(known.id, children, **options)
    assert known.kin == before
    assert managebac_sandbox.log.count("PUT") == 0
    await managebac.children.replace(known.id, [mother], guard=Guard(1))
    assert known.kin == before[:1]


async def test_update_child(managebac: ManageBac, school: School) -> None:
    known = next(iter(school.parents.values()))
    changed = await managebac.children.update(known.id, known.kin[0], "Legal Guardian")
    assert changed.relationship == "Legal Guardian"
    assert school.relations.kinds[known.id, known.kin[0]] == "Legal Guardian"
    with pytest.raises(NotFound):
        await managebac.children.update(known.id, 424242, "Aunt")


async def test_remove_child(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.parents.values()))
    child = known.kin[0]
    await managebac.children.remove(known.id, child)
    assert child not in known.kin
    with pytest.raises(NotFound):
        await managebac.children.remove(known.id, child)
    await managebac.children.add(known.id, {"id": child, "relationship": "Uncle"})
    assert child in known.kin
    managebac_sandbox.faults.add(Fault.cut(after=True, method="DELETE"))
    managebac_sandbox.log.clear()
    with pytest.raises(OutcomeUnknown):
        await managebac.children.remove(known.id, child)
    assert managebac_sandbox.log.count("DELETE") == 1
