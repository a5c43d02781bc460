"""``schoology.enrollments`` in bulk, by Schoology's ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.models import EnrollmentCreate
from schoology_async.sandbox import School, SchoologySandbox
from tests.outcomes import code_of, ended, fields_of

from .rosters import fill


def uids_of(school: School) -> list[str]:
    """Return Schoology's ids of the people of ``fill``."""
    return [uid for uid, one in school.users.items() if one.school_uid.startswith("S")]


def rows_of(school: School, sections: int, persons: int) -> list[Any]:
    """Return rows that enroll people in sections, ordered by section."""
    section_ids = list(school.sections.by_id)[:sections]
    return [
        {"section_id": section_id, "uid": uid, "admin": 0, "status": 1}
        for section_id in section_ids
        for uid in uids_of(school)[:persons]
    ]


async def test_create_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = fill(schoology_sandbox)
    group = school.groups.add(title="Chess")
    rows = rows_of(school, 4, 30)
    rows += [EnrollmentCreate(group_id=group.id, uid=uids_of(school)[0], admin=True, status=1)]
    outcomes = await ended(schoology.enrollments.create_many(rows))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    for row, outcome in zip(rows[:-1], outcomes, strict=False):
        made = school.enrollments[outcome.id or ""]
        assert (made.realm_id, made.uid) == (row["section_id"], row["uid"])
    made = school.enrollments[outcomes[-1].id or ""]
    assert (made.realm, made.realm_id, made.admin) == ("group", group.id, 1)
    assert len(schoology_sandbox.log) == 3


@pytest.mark.parametrize("realm", ["section", "group"])
async def test_create_many_in_one_section_or_group(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, realm: str
) -> None:
    school = fill(schoology_sandbox, persons=60)
    id_ = (
        school.groups.add(title="Chess").id if realm == "group" else next(iter(school.sections)).id
    )
    rows: list[Any] = [{"uid": uid, "admin": "0", "status": "1"} for uid in uids_of(school)]
    rows[0][f"{realm}_id"] = int(id_)
    place: dict[str, Any] = {f"{realm}_id": id_}
    report = await schoology.enrollments.create_many(rows, **place)
    assert report.counts == {Status.DONE: 60}
    assert len(school.enrollments) == 60
    assert {seen.path for seen in schoology_sandbox.log} == {f"{realm}s/{id_}/enrollments"}
    # Only the request for several sections and groups documents `update_existing`.
    report = await schoology.enrollments.create_many(rows, update_existing=True, **place)
    assert report.counts == {Status.DONE: 60}
    assert {seen.path for seen in list(schoology_sandbox.log)[2:]} == {"enrollments"}


async def test_one_rejected_row_does_not_reject_the_others(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    rows = rows_of(school, 1, 5)
    school.enrollments.add("section", rows[1]["section_id"], rows[1]["uid"])
    rows[2]["uid"] = 999
    rows[3]["section_id"] = 999
    outcomes = await ended(schoology.enrollments.create_many(rows))
    assert [code_of(outcome) for outcome in outcomes] == [None, "409", "404", "404", None]
    assert outcomes[2].error is not None
    assert "no user" in outcomes[2].error.message
    report = await schoology.enrollments.create_many(rows[1:2], update_existing=True)
    assert report.counts == {Status.DONE: 1}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"section_id": None}, {"section_id"}),
        ({"group_id": 7}, {"group_id"}),
        ({"section_id": "maths"}, {"section_id"}),
        ({"uid": "ada"}, {"uid"}),
        ({"uid": ""}, {"uid"}),
        ({"admin": "yes"}, {"admin"}),
        ({"admin": None}, {"admin"}),
        ({"status": 6}, {"status"}),
    ],
)
async def test_an_invalid_row_is_rejected_without_being_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, change: Any, fields: set[str]
) -> None:
    row: Any = {"section_id": 1, "uid": 2, "admin": 0, "status": 1, **change}
    row = {name: value for name, value in row.items() if value is not None}
    (outcome,) = await ended(schoology.enrollments.create_many([row]))
    assert (outcome.status, code_of(outcome)) == (Status.REJECTED, "invalid")
    assert fields_of(outcome) == fields
    assert len(schoology_sandbox.log) == 0


async def test_a_row_of_another_section_than_the_call_is_rejected(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    row: Any = {"uid": 2, "admin": 0, "status": 1}
    for other in ({"section_id": 8}, {"group_id": 7}):
        bulk = schoology.enrollments.create_many([row | other], section_id=7)
        (outcome,) = await ended(bulk)
        assert (outcome.status, fields_of(outcome)) == (Status.REJECTED, set(other))
    for both in ({"section_id": 1, "group_id": 1}, {"section_id": "x"}):
        with pytest.raises(InvalidInput):
            schoology.enrollments.create_many([row], **both)
        with pytest.raises(InvalidInput):
            schoology.enrollments.update_many([{"id": 1, "status": 2}], **both)
    assert len(schoology_sandbox.log) == 0


async def test_the_same_person_and_section_twice_is_a_duplicate(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    rows = rows_of(school, 4, 30)
    outcomes = await ended(schoology.enrollments.create_many([*rows, rows[0] | {"admin": 1}]))
    assert [outcome.status for outcome in outcomes[:-1]] == ["done"] * 120
    assert code_of(outcomes[-1]) == "duplicate"


async def test_an_enrollment_that_may_have_existed_before_is_unknown(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    rows = rows_of(school, 2, 3)
    school.enrollments.add("section", rows[0]["section_id"], rows[0]["uid"], admin=1)
    rows[3]["section_id"] = 999
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    outcomes = await ended(schoology.enrollments.create_many(rows))
    assert [outcome.status for outcome in outcomes] == [
        "unknown",
        "done",
        "done",
        "unknown",
        "done",
        "done",
    ]
    assert [code_of(outcome) for outcome in outcomes if outcome.error] == ["exists", "lost"]


async def test_update_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = fill(schoology_sandbox, sections=3, persons=60)
    await schoology.enrollments.create_many(rows_of(school, 3, 60))
    known = list(school.enrollments)
    changes: list[Any] = [{"id": one.id, "section_id": one.realm_id, "status": 2} for one in known][
        ::-1
    ]
    changes += [
        {"id": "1", "section_id": known[0].realm_id, "status": 2},
        {"id": known[0].id, "section_id": "999", "status": 2},
        {"id": known[0].id, "status": 2},
        {"id": known[0].id, "section_id": known[0].realm_id},
        {"section_id": known[0].realm_id, "status": 2},
    ]
    schoology_sandbox.log.clear()
    outcomes = await ended(schoology.enrollments.update_many(changes))
    assert [o.status for o in outcomes] == ["done"] * 180 + ["rejected"] * 5
    assert [code_of(o) for o in outcomes[180:]] == ["404"] * 2 + ["invalid"] * 3
    assert {one.status for one in school.enrollments} == {2}
    # Two requests for the 60 rows of each section, and one for the section that does not exist.
    assert schoology_sandbox.log.count("PUT") == 7


async def test_update_many_of_one_section(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    await schoology.enrollments.create_many(rows_of(school, 1, 30))
    changes: list[Any] = [{"id": one.id, "admin": 1} for one in school.enrollments]
    section_id = next(iter(school.sections)).id
    report = await schoology.enrollments.update_many(changes, section_id=section_id)
    assert report.counts == {Status.DONE: 30}
    assert {one.admin for one in school.enrollments} == {1}


async def test_delete_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = fill(schoology_sandbox)
    await schoology.enrollments.create_many(rows_of(school, 4, 30))
    ids: list[Any] = [*school.enrollments.by_id, 999, "x"]
    outcomes = await ended(schoology.enrollments.delete_many(ids))
    assert [o.status for o in outcomes] == ["done"] * 120 + ["rejected"] * 2
    assert [code_of(o) for o in outcomes[120:]] == ["404", "invalid"]
    assert fields_of(outcomes[121]) == {"enrollment_id"}
    assert len(school.enrollments) == 0


async def test_a_guard_prevents_the_deletion_of_too_many_enrollments(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput, match="3 would be removed"):
        await schoology.enrollments.delete_many([1, 2, 3], guard=Guard(2))
    with pytest.raises(InvalidInput, match="501 would be removed"):
        await schoology.enrollments.delete_many(range(501))
    with pytest.raises(InvalidInput, match="guard"):
        schoology.enrollments.delete_many([1], guard=Guard("5%"))


async def test_a_journal_of_one_section_is_refused_for_another(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = fill(schoology_sandbox)
    rows = [{**row, "section_id": None} for row in rows_of(school, 1, 3)]
    rows = [{name: one for name, one in row.items() if one is not None} for row in rows]
    first, second = list(school.sections.by_id)[:2]
    journal = Journal(tmp_path / "one.db")
    await schoology.enrollments.create_many(rows, section_id=first, journal=journal)
    again = await schoology.enrollments.create_many(rows, section_id=first, journal=journal)
    assert again.earlier == {Status.DONE: 3}
    with pytest.raises(Exception, match="written by another call"):
        await schoology.enrollments.create_many(rows, section_id=second, journal=journal)


async def test_items_without_a_section_are_matched_by_the_person(
    connect: Callable[..., Schoology],
) -> None:
    """Match an item by its person if the request has this person in one section only."""

    async def create(_: web.Request) -> web.Response:
        items = [
            {"response_code": 404, "uid": 3, "message": "no such section"},
            {"response_code": 200, "uid": 2, "id": "22", "realm": "section", "realm_id": "9"},
            {"response_code": 200, "uid": 2, "id": "21", "section_id": "8"},
            {"response_code": 200, "uid": 4, "location": "http://x/groups/5/enrollments/44"},
        ]
        return web.json_response({"enrollments": {"enrollment": items}}, status=207)

    base = {"admin": 0, "status": 1}
    rows: list[Any] = [
        {"section_id": 8, "uid": 2, **base},
        {"section_id": 9, "uid": 2, **base},
        {"section_id": 9, "uid": 3, **base},
        {"group_id": 5, "uid": 4, **base},
    ]
    app = web.Application()
    app.router.add_post("/v1/enrollments", create)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        outcomes = await ended(client.enrollments.create_many(rows))
    assert [outcome.id for outcome in outcomes] == ["21", "22", None, "44"]
    assert [outcome.status for outcome in outcomes] == ["done", "done", "rejected", "done"]
