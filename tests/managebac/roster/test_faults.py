"""Each change of a plan is made once, also if a response is lost or the program is killed."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from lms_async.http.call import Method
from lms_async.roster import Action, Plan, Relationship
from lms_async.sandbox import Fault
from lms_async.sandbox.log import Seen
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import (
    ADA,
    BEN,
    PARENT,
    ROOM,
    SEATS,
    TEACHER,
    WITHOUT_BEN,
    Keeper,
    prepared,
)

Kinds = dict[str, list[Any]]
_OTHER_ROOM = attrs.evolve(ROOM, id="k2", title="Biology 2")
_ROOMS: Kinds = {"sections": [ROOM, _OTHER_ROOM]}
_ONE_ROOM: Kinds = {"sections": [_OTHER_ROOM], "enrollments": []}
_WITHOUT_SEATS: Kinds = {"enrollments": []}
_RENAMED: Kinds = {"people": [attrs.evolve(ADA, grades=("12",)), BEN, TEACHER, PARENT]}
_LINKED_TO_BEN: Kinds = {
    "relationships": [Relationship(person_id="p2", other_id="g1", kind="parent")]
}


@attrs.frozen
class Case:
    """A plan, and the request of it that fails.

    :param kind: what the plan changes with this request.
    :param method: the method of the request. The first one with this method fails.
    :param before: the states of the school that were applied before.
    :param after: the state of the school for which the plan is made.
    """

    kind: str
    action: Action
    method: Method
    before: tuple[Kinds, ...]
    after: Kinds


CASES = [
    Case("people", Action.CREATE, "POST", (), {}),
    Case("people", Action.UPDATE, "PATCH", ({},), _RENAMED),
    Case("people", Action.ARCHIVE, "PUT", ({},), WITHOUT_BEN),
    Case("people", Action.RETURN, "PUT", ({}, WITHOUT_BEN), {}),
    Case("people", Action.RETURN, "PATCH", ({}, WITHOUT_BEN), {}),
    Case("relationships", Action.LINK, "POST", ({"relationships": []},), {}),
    Case("relationships", Action.UNLINK, "DELETE", ({},), _LINKED_TO_BEN),
    Case("sections", Action.CREATE, "POST", ({"sections": [], "enrollments": []},), _ROOMS),
    Case("sections", Action.UPDATE, "PATCH", ({},), {"sections": [attrs.evolve(ROOM, title="B")]}),
    Case("sections", Action.ARCHIVE, "PATCH", (_ROOMS,), _ONE_ROOM),
    Case("sections", Action.RETURN, "PATCH", (_ROOMS, _ONE_ROOM), _ROOMS),
    Case("enrollments", Action.LINK, "POST", (_WITHOUT_SEATS,), {}),
    Case("enrollments", Action.UNLINK, "POST", ({},), {"enrollments": [SEATS[0], SEATS[2]]}),
    Case("enrollments", Action.UNLINK, "DELETE", ({},), {"enrollments": SEATS[:2]}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.action}-{case.method}")
@pytest.mark.parametrize("trouble", ["two responses lost", "killed"])
async def test_change_is_made_once(
    case: Case,
    trouble: Literal["two responses lost", "killed"],
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    tmp_path: Path,
) -> None:
    school = managebac_sandbox.school = prepared()
    keeper = Keeper(ManageBacRoster(managebac), tmp_path)
    for kinds in case.before:
        await keeper.update(**kinds)
    made = await keeper.make(**case.after)
    assert (case.kind, case.action) in {(change.kind, change.action) async for change in made}

    before = _counts(school)
    if trouble == "killed":
        await _kill(made, keeper, managebac_sandbox, case.method)
    else:
        # The vendor does not act on the first request, and acts on the second one.
        cut = Fault.cut(method=case.method), Fault.cut(after=True, method=case.method)
        managebac_sandbox.faults.add(*cut)
    for _ in range(2):
        # A new class whose response was lost is unknown until the second run.
        report = await made.apply(keeper.target, journal=tmp_path / "journal", check_state=False)
    assert list(report.not_done()) == []
    assert await keeper.plan(**case.after) == []
    assert set((_counts(school) - before).values()) <= {1}


async def _kill(made: Plan, keeper: Keeper, sandbox: ManageBacSandbox, method: Method) -> None:
    """End a run as if the program were killed while the vendor acts on a request.

    A killed program leaves its files as they are at that moment, and sends nothing more.
    """
    loop, folder = asyncio.get_running_loop(), keeper.folder / "journal"
    at_that_moment = keeper.folder / "killed"

    def kill(seen: Seen) -> None:
        if seen.method == method and not at_that_moment.exists():
            shutil.copytree(folder, at_that_moment)
            sandbox.faults.add(Fault.cut(after=True), Fault.cut(times=1000))
            loop.call_soon_threadsafe(task.cancel)

    sandbox.before_each = kill
    task = asyncio.ensure_future(made.apply(keeper.target, journal=folder, check_state=False))
    with pytest.raises(asyncio.CancelledError):
        await task
    sandbox.before_each = None
    sandbox.faults.clear()
    shutil.rmtree(folder)
    at_that_moment.rename(folder)


def _counts(school: School) -> Counter[Any]:
    """Count the changes that must not be made twice."""
    relations = school.relations
    counters = {
        "students": school.students.creates,
        "teachers": school.teachers.creates,
        "parents": school.parents.creates,
        "classes": school.classes.creates,
        "linked": relations.creates,
        "unlinked": relations.deletes,
        "added": school.member_adds,
        "removed": school.member_removals,
    }
    return Counter(
        {(what, one): times for what, some in counters.items() for one, times in some.items()}
    )
