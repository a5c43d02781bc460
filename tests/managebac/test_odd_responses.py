"""Responses that the vendor's pages leave open, from a scripted vendor over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Guard, InvalidInput, Status, UnexpectedResponse, Window
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from tests.conftest import QUICK
from tests.outcomes import code_of, ended

Answer = Callable[[str, str, Any], Any]
SINCE = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


@asynccontextmanager
async def scripted(answer: Answer) -> AsyncIterator[ManageBac]:
    """Serve what ``answer`` returns of a method, a path and a body. ``None`` loses the response."""

    async def respond(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        told = answer(request.method, request.path.removeprefix("/v2/"), body)
        if told is None and request.transport is not None:
            request.transport.abort()
        return web.json_response(told)

    app = web.Application()
    app.router.add_route("*", "/v2/{rest:.*}", respond)
    async with (
        TestServer(app) as server,
        ManageBac(
            "token",
            base_url=str(server.make_url("/")),
            retry=QUICK,
            limiter=Window(1000, per=0.01),
        ) as managebac,
    ):
        yield managebac


def whole(key: str, rows: list[Any]) -> dict[str, Any]:
    return {key: rows, "meta": {"current_page": 1, "total_pages": 1, "total_count": len(rows)}}


@pytest.mark.parametrize("first", [1, 7])
async def test_classes_with_an_index_that_does_not_begin_at_0_are_looked_up(first: int) -> None:
    """Otherwise the result of one class would be told of another."""

    def answer(method: str, path: str, body: Any) -> Any:
        if method == "GET":
            return whole("classes", [{"id": 1, "name": "Old"}, {"id": 2, "name": "New"}])
        return [
            {"index": first, "status": "unprocessable_entity", "errors": {"name": ["is wrong"]}},
            {"index": first + 1, "status": "ok", "class": {"id": 2}},
        ][: len(body["classes"])]

    async with scripted(answer) as managebac:
        outcomes = await ended(
            managebac.classes.upsert_many([{"id": 1, "name": "New"}, {"id": 2, "name": "New"}])
        )
    assert outcomes[0].status is not Status.DONE
    assert outcomes[1].status is Status.DONE


async def test_classes_with_the_index_of_another_class_are_looked_up() -> None:
    def answer(method: str, path: str, body: Any) -> Any:
        if method == "GET":
            return whole("classes", [{"id": 1, "name": "Old"}, {"id": 2, "name": "New"}])
        return [
            {"index": 0, "status": "ok", "class": {"id": 2}},
            {"index": 1, "status": "unprocessable_entity", "errors": {"name": ["is wrong"]}},
        ][: len(body["classes"])]

    async with scripted(answer) as managebac:
        outcomes = await ended(
            managebac.classes.upsert_many([{"id": 1, "name": "New"}, {"id": 2, "name": "New"}])
        )
    assert outcomes[0].status is not Status.DONE
    assert outcomes[1].status is Status.DONE


@pytest.mark.parametrize(
    "shown",
    [
        [{"id": 3, "relationship": "Mother"}, {"id": 4, "relationship": "Uncle"}],
        [{"id": 3, "relationship": "Father"}],
    ],
    ids=["one more child", "another relationship"],
)
async def test_replaced_children_are_not_done_if_the_response_shows_others(shown: Any) -> None:
    def answer(method: str, path: str, body: Any) -> Any:
        if path == "parents":
            return whole("parents", [{"id": 9, "child_ids": [3]}])
        return whole("children", shown)

    async with scripted(answer) as managebac:
        (outcome,) = await ended(
            managebac.children.replace_many(
                [{"parent_id": 9, "children": [{"id": 3, "relationship": "Mother"}]}]
            )
        )
    assert outcome.status is Status.UNKNOWN


@pytest.mark.parametrize("name", ["add_many", "update_many"])
async def test_child_is_not_done_if_the_response_shows_another_relationship(name: str) -> None:
    def answer(method: str, path: str, body: Any) -> Any:
        child = {"id": 3, "relationship": {"name": "Father"}}
        return whole("children", [child]) if method == "GET" else {"child": child}

    async with scripted(answer) as managebac:
        (outcome,) = await ended(
            getattr(managebac.children, name)(
                [{"parent_id": 9, "child_id": 3, "relationship": "Mother"}]
            )
        )
    assert outcome.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ({"phone_number": "0041 44 123"}, "done"),
        ({}, "done"),
        ({"student_id": "B7"}, "unknown"),
        ({"languages": ["SPA"]}, "unknown"),
    ],
)
async def test_new_student_whose_response_was_lost_is_done_only_as_sent(
    shown: Any, status: str
) -> None:
    """A person of the same name and address with other values was there before."""
    row: Any = {"email": "a@b.example", "first_name": "Ada", "last_name": "B"}

    def answer(method: str, path: str, body: Any) -> Any:
        return whole("students", [{"id": 5, **row, **shown}]) if method == "GET" else None

    more = {"student_id": "A1", "phone_number": "(0041) 44-123", "languages": ["ENG"]}
    async with scripted(answer) as managebac:
        (outcome,) = await ended(managebac.students.create_many([{**row, **more}]))
    assert outcome.status == status
    assert code_of(outcome) == (None if status == "done" else "exists")


async def test_new_class_whose_response_was_lost_is_done_only_as_sent() -> None:
    row: Any = {
        "program": "diploma",
        "grade_number": 12,
        "language": "en",
        "start_term_id": 1,
        "end_term_id": 2,
        "subject_id": 3,
        "name": "Physics",
        "uniq_id": "P1",
    }
    there = {**row, "id": 5, "program": "IB Diploma", "subject_id": 4}

    def answer(method: str, path: str, body: Any) -> Any:
        return whole("classes", [there]) if method == "GET" else None

    async with scripted(answer) as managebac:
        (outcome,) = await ended(managebac.classes.upsert_many([row]))
        assert (outcome.status, code_of(outcome)) == ("unknown", "exists")
        there["subject_id"] = 3
        (outcome,) = await ended(managebac.classes.upsert_many([row]))
    assert outcome.status is Status.DONE


async def test_list_whose_pages_all_have_every_row_ends() -> None:
    """The students of a class have ``meta``, and no documented parameter for the page."""

    def answer(method: str, path: str, body: Any) -> Any:
        meta = {"current_page": 1, "total_pages": 2, "total_count": 3, "per_page": 2}
        return {"student_ids": [1, 2, 3], "student_levels": {}, "meta": meta}

    async with scripted(answer) as managebac:
        students = await managebac.classes.list_students(7)
    assert [student.id for student in students] == ["1", "2", "3"]


async def test_changed_record_with_an_old_time_is_not_left_out() -> None:
    """ManageBac lists it, so something about it has changed."""

    def answer(method: str, path: str, body: Any) -> Any:
        rows = [
            {"id": 1, "updated_at": "2026-04-01T00:00:00.000Z"},
            {"id": 2, "updated_at": "2026-05-01T13:59:59.500+02:00"},
            {"id": 3, "updated_at": "2026-05-01T12:00:00Z"},
        ]
        return whole("classes", rows)

    async with scripted(answer) as managebac:
        changes = [change async for change in managebac.classes.changes(SINCE)]
    assert [one.record.id for one in changes if not one.deleted] == ["1", "3"]


@pytest.mark.parametrize("gone", [1, None], ids=["deleted", "moved to the end"])
async def test_change_is_not_missed_if_a_record_leaves_an_earlier_page(gone: int | None) -> None:
    """The later records move forward, and one of them is on no page that was read."""
    rows = [{"id": number} for number in range(1, 7)]

    async def listed(request: web.Request) -> web.Response:
        if "deleted_since" in request.query:
            return web.json_response(whole("students", []))
        page = int(request.query.get("page", "1"))
        meta = {"current_page": page, "total_pages": -(-len(rows) // 2), "total_count": len(rows)}
        shown = rows[2 * page - 2 : 2 * page]
        if page == 1 and rows[0]["id"] == 1:
            first = rows.pop(0)
            rows.extend([] if gone else [first])
        return web.json_response({"students": shown, "meta": meta})

    app = web.Application()
    app.router.add_get("/v2/students", listed)
    async with (
        TestServer(app) as server,
        ManageBac("token", base_url=str(server.make_url("/"))) as managebac,
    ):
        changes = await managebac.students.changes(SINCE)
    found = [student.id for student in changes.changed]
    assert len(found) == len(set(found))
    assert set(found) == {"1", "2", "3", "4", "5", "6"}


@pytest.mark.parametrize("status", ["unprocessable_entity", "not_found"])
async def test_status_of_a_refusal_is_an_error(status: str) -> None:
    async with scripted(lambda method, path, body: {"status": status}) as managebac:
        for call in (
            managebac.students.archive(1, withdrawn_on="2026-06-30"),
            managebac.teachers.archive(1),
            managebac.parents.unarchive(1),
            managebac.classes.add_students(1, [2]),
            managebac.classes.remove_teachers(1, [2]),
            managebac.year_groups.add_students(1, [2]),
        ):
            with pytest.raises(UnexpectedResponse, match="ok"):
                await call


async def test_missing_year_group_of_a_student_is_not_told_as_a_missing_student(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.error(404, body='{"error": "Couldn\'t find it"}'))
    report = await managebac.students.update_many([{"id": 1, "year_group_id": 7}])
    (outcome,) = report.rejected
    assert outcome.error is not None
    assert "another record that the row names" in outcome.error.fields["id"]


async def test_guard_counts_the_children_of_a_parent_who_is_not_listed() -> None:
    def answer(method: str, path: str, body: Any) -> Any:
        if path == "parents":
            return whole("parents", [])
        return whole("children", [{"id": id_, "relationship": "Aunt"} for id_ in range(1, 8)])

    async with scripted(answer) as managebac:
        with pytest.raises(InvalidInput, match="6 would be removed"):
            await managebac.children.replace_many(
                [{"parent_id": 9, "children": [{"id": 1, "relationship": "Aunt"}]}],
                guard=Guard(5),
            )
