"""Lists in PHP's format, empty lists without their key, and odd values in single rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import DecodeError, RetryPolicy, UnexpectedResponse, Window
from lms_async.events import Event, RequestSent
from manabac_async import ManageBac, ManageBacV1
from schoology_async import Schoology
from tests.conftest import people

CLIENTS: dict[str, Callable[..., Any]] = {
    "schoology": lambda **o: Schoology("k", "s", **o),
    "managebac": lambda **o: ManageBac("t", **o),
    "v1": lambda **o: ManageBacV1("s", "t", **o),
}


@asynccontextmanager
async def client_with_responses(client: str, *payloads: Any, **options: Any) -> AsyncIterator[Any]:
    """A client of a server that gives each of ``payloads`` in turn and repeats the last."""
    left = list(payloads)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(left.pop(0) if len(left) > 1 else left[0])

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with (
        TestServer(app) as server,
        CLIENTS[client](
            base_url=str(server.make_url("/")),
            limiter=Window(1000, per=0.01),
            retry=RetryPolicy(tries=1),
            **options,
        ) as made,
    ):
        yield made


Read = Callable[[Any], Awaitable[Any]]
META = {"current_page": 1, "total_pages": 1, "total_count": 2}


def ids(rows: list[Any]) -> list[str]:
    return [row.id for row in rows]


async def schoology_users(client: Any) -> Any:
    return [user.uid for user in await client.users.list()]


async def schoology_parents(client: Any) -> Any:
    return [parent.uid for parent in (await client.users.get("1")).parents]


async def schoology_parent_uids(client: Any) -> Any:
    return list((await client.users.get("1")).parent_uids)


async def languages(client: Any) -> Any:
    return [one.language_code for one in await client.users.languages()]


async def memberships(client: Any) -> Any:
    return ids(await client.memberships.list())


async def class_students(client: Any) -> Any:
    return ids(await client.classes.list_students(1))


async def class_teachers(client: Any) -> Any:
    return ids(await client.classes.list_teachers(1))


async def student_memberships(client: Any) -> Any:
    return ids((await client.students.memberships(1)).classes)


async def v1_users(client: Any) -> Any:
    return ids(await client.users.list())


async def v1_user(client: Any) -> Any:
    return [(await client.users.get(9)).id]


def rows(key: str = "id") -> dict[str, Any]:
    return {"10": {key: 30}, "0": {key: 10}, "2": {key: 20}}


NUMBERED: list[tuple[str, Any, Read, list[str]]] = [
    ("schoology", {"user": rows("uid"), "links": {}}, schoology_users, ["10", "20", "30"]),
    ("schoology", {"user": {"7": {"uid": 1}}, "links": {}}, schoology_users, ["1"]),
    ("schoology", {"user": {"uid": 1}, "links": {}}, schoology_users, ["1"]),
    ("schoology", {"uid": 1, "parents": rows("uid")}, schoology_parents, ["10", "20", "30"]),
    (
        "schoology",
        {"uid": 1, "parents": {"parent": rows("uid")}},
        schoology_parents,
        ["10", "20", "30"],
    ),
    ("schoology", {"uid": 1, "parents": {"parent": {"uid": 5}}}, schoology_parents, ["5"]),
    ("schoology", {"uid": 1, "parent_uids": {"1": "6", "0": 5}}, schoology_parent_uids, ["5", "6"]),
    ("schoology", {"uid": 1, "parent_uids": {}}, schoology_parent_uids, []),
    ("schoology", {"language": {"0": {"language_code": "en"}}}, languages, ["en"]),
    ("managebac", {"memberships": rows(), "meta": META}, memberships, ["10", "20", "30"]),
    ("managebac", {"memberships": {}, "meta": META}, memberships, []),
    ("managebac", {"student_ids": {"1": 8, "0": 7}}, class_students, ["7", "8"]),
    ("managebac", {"teachers": rows()}, class_teachers, ["10", "20", "30"]),
    ("managebac", {"memberships": {"classes": rows()}}, student_memberships, ["10", "20", "30"]),
    ("managebac", {"memberships": {"classes": {}}}, student_memberships, []),
    ("v1", {"users": rows()}, v1_users, ["10", "20", "30"]),
    ("v1", {"users": {"3": {"id": 9}}}, v1_user, ["9"]),
]


@pytest.mark.parametrize(("client", "payload", "read", "expected"), NUMBERED)
async def test_list_with_numbered_keys_is_read_in_numeric_order(
    client: str, payload: Any, read: Read, expected: list[str]
) -> None:
    async with client_with_responses(client, payload) as made:
        assert await read(made) == expected


LISTED = [[{"uid": 1}, {"uid": 2}], [{"uid": 1}], [{"name": "A"}], [{}]]


@pytest.mark.parametrize("links", [[], None, "", {}], ids=repr)
@pytest.mark.parametrize("listed", LISTED)
async def test_list_with_empty_links_ends(links: Any, listed: list[Any]) -> None:
    """PHP prints an empty object as ``[]``."""
    asked: list[Event] = []
    payload = {"user": listed, "links": links}
    async with client_with_responses("schoology", payload, events=[asked.append]) as client:
        assert len(await client.users.list()) == len(listed)
    assert sum(isinstance(event, RequestSent) for event in asked) == 1


@pytest.mark.parametrize("odd", [{}, {"links": "none"}], ids=repr)
@pytest.mark.parametrize("listed", LISTED)
async def test_server_that_ignores_start_raises_at_the_second_page(
    odd: dict[str, Any], listed: list[Any]
) -> None:
    asked: list[Event] = []
    payload = {"user": listed, **odd}
    async with client_with_responses("schoology", payload, events=[asked.append]) as client:
        with pytest.raises(UnexpectedResponse, match="does not come to an end"):
            await client.users.list()
    assert sum(isinstance(event, RequestSent) for event in asked) == 2


async def test_bulk_response_with_numbered_keys_is_read() -> None:
    given = people(3)
    items = {
        str(place + 1): {"response_code": 200, "id": place, "school_uid": row["school_uid"]}
        for place, row in enumerate(given)
    }
    async with client_with_responses("schoology", {"user": items}) as client:
        report = await client.users.create_many(given)
        assert report.counts == {"done": 3}
        deleted = {"0": {"response_code": 200, "id": "5"}, "2": {"response_code": 200, "id": "6"}}
    async with client_with_responses("schoology", {"user": deleted}) as client:
        gone = await client.users.delete_many(["5", "6"], keep_enrollments=True, notify=False)
        assert gone.counts == {"done": 2}
    pairs = {"4": {"response_code": 200, "student_school_uid": "a", "parent_school_uid": "b"}}
    async with client_with_responses("schoology", {"association": pairs}) as client:
        tied = await client.users.import_parents(
            [{"student_school_uid": "a", "parent_school_uid": "b"}]
        )
        assert tied.counts == {"done": 1}
    said = {"0": {"id": 5, "status": "ok"}, "3": {"id": 6, "status": "unprocessable_entity"}}
    async with client_with_responses("managebac", {"students": said}) as client:
        put = await client.classes.update_students(1, [{"id": 5}, {"id": 6}])
        assert put.counts == {"done": 1, "rejected": 1}
    async with client_with_responses("managebac", {"teachers": said}) as client:
        report = await client.classes.set_teachers(1, [{"id": 5}, {"id": 6}])
        assert report.counts == {"done": 1, "rejected": 1}
        assert [one.index for one in report.rejected] == [1]


@pytest.mark.parametrize(
    ("client", "payload", "read"),
    [
        ("schoology", {"total": 0, "links": {}}, schoology_users),
        ("schoology", {"total": "0"}, schoology_users),
        (
            "schoology",
            {"total": 0, "links": {"self": "https://x.example/"}},
            schoology_users,
        ),
        ("schoology", {"user": [], "total": 0}, schoology_users),
        ("schoology", {"user": None, "links": {}}, schoology_users),
        ("schoology", {"user": {}, "links": {}}, schoology_users),
        ("managebac", {"meta": {"total_count": 0, "total_pages": 1}}, memberships),
        ("managebac", {"meta": {"total_count": 0, "total_pages": 0}}, class_teachers),
        ("managebac", {"meta": {"total_pages": 0}}, memberships),
        ("managebac", {"memberships": []}, memberships),
    ],
)
async def test_empty_list_may_omit_its_key(client: str, payload: Any, read: Read) -> None:
    async with client_with_responses(client, payload) as made:
        assert await read(made) == []


@pytest.mark.parametrize(
    ("client", "payload", "read"),
    [
        ("schoology", {}, schoology_users),
        ("schoology", {"links": {}}, schoology_users),
        ("schoology", {"total": 3, "links": {}}, schoology_users),
        ("schoology", {"total": None, "links": {}}, schoology_users),
        ("schoology", {"total": 0, "id": 5, "title": "Chess"}, schoology_users),
        ("schoology", {"total": 0, "section": []}, schoology_users),
        ("schoology", {"total": "9" * 5000, "links": {}}, schoology_users),
        ("schoology", {"total": 0, "links": {}}, lambda client: client.users.get(1)),
        ("managebac", {}, memberships),
        ("managebac", {"meta": {}}, memberships),
        ("managebac", {"meta": {"total_count": 2}}, memberships),
        ("managebac", {"meta": {"total_count": 0}, "classes": []}, memberships),
        ("managebac", {"meta": {"total_count": 0}}, student_memberships),
        ("v1", {}, v1_users),
        ("v1", {"status": "Success"}, v1_users),
    ],
)
async def test_unrelated_object_is_not_an_empty_list(client: str, payload: Any, read: Read) -> None:
    async with client_with_responses(client, payload) as made:
        with pytest.raises(UnexpectedResponse):
            await read(made)


async def test_empty_look_up_without_its_key_resends_lost_rows() -> None:
    """The first response leaves the rows out. The look-up finds nobody, so they are sent again."""
    given = people(2)
    done = [
        {"response_code": 200, "id": place, "school_uid": row["school_uid"]}
        for place, row in enumerate(given)
    ]
    payloads = ({"user": []}, {"total": 0, "links": {}}, {"user": done})
    async with client_with_responses("schoology", *payloads) as client:
        report = await client.users.create_many(given)
    assert report.counts == {"done": 2}


#: Client, list key, call, and the odd fields of one row (kept in ``extra``).
ODD: list[tuple[str, str, Read, dict[str, Any]]] = [
    ("schoology", "user", lambda c: c.users.list(), {"use_preferred_first_name": "2"}),
    ("schoology", "user", lambda c: c.users.list(), {"tz_offset": "+5:30"}),
    ("schoology", "user", lambda c: c.users.list(), {"send_message": True}),
    ("schoology", "user", lambda c: c.users.list(), {"name_first": []}),
    ("schoology", "user", lambda c: c.users.list(), {"school_uid": {"a": 1}, "bio": [1]}),
    ("schoology", "user", lambda c: c.users.list(), {"parent_uids": {"a": 1}}),
    ("schoology", "user", lambda c: c.users.list_inactive(), {"inactive_timestamp": "yesterday"}),
    ("managebac", "memberships", lambda c: c.memberships.list(), {"level": ["SL"]}),
    ("managebac", "teachers", lambda c: c.classes.list_teachers(1), {"show_on_reports": "some"}),
    ("v1", "users", lambda c: c.users.list(), {"birthday": "soon", "class_year": "XII"}),
    ("v1", "users", lambda c: c.users.list(), {"type": 5}),
    ("v1", "members", lambda c: c.groups.members(1), {"parents_ids": {"a": "b"}}),
    ("v1", "classes", lambda c: c.classes.list(), {"name": {"en": "Art"}}),
    ("v1", "ib_groups", lambda c: c.ib_groups.list(), {"grade": [9]}),
]


@pytest.mark.parametrize(("client", "key", "read", "odd"), ODD)
async def test_odd_value_is_kept_in_extra_and_spoils_nothing_else(
    client: str, key: str, read: Read, odd: dict[str, Any]
) -> None:
    id_ = "uid" if client == "schoology" else "id"
    payload = {key: [{id_: 1}, {id_: 2, "new": "kept", **odd}, {id_: 3}]}
    if client == "schoology":
        payload["links"] = {}  # type: ignore[assignment]
    async with client_with_responses(client, payload) as made:
        given = await read(made)
    assert [getattr(row, id_) for row in given] == ["1", "2", "3"]
    assert [getattr(given[1], name) for name in odd] == [None] * len(odd)
    assert given[1].extra == {**odd, "new": "kept"}
    async with client_with_responses(client, payload, strict=True) as made:
        with pytest.raises(DecodeError) as raised:
            await read(made)
    assert raised.value.paths[0].startswith(f"[1].{next(iter(odd))}")


async def test_odd_value_in_a_single_object_is_kept_in_extra() -> None:
    async with client_with_responses(
        "schoology", {"uid": 1, "tz_offset": "+5:30", "parents": [7]}
    ) as client:
        user = await client.users.get(1)
    assert (user.uid, user.tz_offset, user.extra) == ("1", None, {"tz_offset": "+5:30"})
    assert [parent.extra for parent in user.parents] == [{"": 7}]
    odd = {"classes": [{"id": 1, "archived": "maybe"}, {"id": 2}], "groups": "none"}
    async with client_with_responses("managebac", {"memberships": odd}) as client:
        student = await client.students.memberships(1)
    assert ids(student.classes) == ["1", "2"]
    assert student.classes[0].extra == {"archived": "maybe"}
    assert (student.groups, student.extra) == ([], {"groups": "none"})


@pytest.mark.parametrize("odd", [None, 5, "Okafor", [], ["x"], True])
async def test_row_that_is_not_an_object_keeps_its_place(odd: Any) -> None:
    async with client_with_responses(
        "schoology", {"user": [{"uid": 1}, odd, {"uid": 2}], "links": {}}
    ) as client:
        users = await client.users.list()
    assert [user.uid for user in users] == ["1", None, "2"]
    assert users[1].extra == {"": odd}
    async with client_with_responses("v1", {"users": [odd, {"id": 2}]}, strict=True) as client:
        with pytest.raises(DecodeError):
            await client.users.list()


@pytest.mark.parametrize("value", [5, "x", True, 1.5])
async def test_value_that_is_not_a_list_raises(value: Any) -> None:
    for payload in (value, [value], {"user": value}, {"user": value, "links": {}}):
        async with client_with_responses("schoology", payload) as client:
            with pytest.raises(UnexpectedResponse):
                await client.users.list()
    for payload in (value, [value], {"memberships": value}):
        async with client_with_responses("managebac", payload) as client:
            with pytest.raises(UnexpectedResponse):
                await client.memberships.list()


async def test_rows_of_one_author_are_different_rows() -> None:
    updates = {"update": [{"id": 1, "uid": 5}, {"id": 2, "uid": 5}], "links": {}}
    async with client_with_responses("schoology", updates) as client:
        rows = await client.pages("GET", "users/5/updates", key="update", model=dict)
    assert [row["id"] for row in rows] == [1, 2]


@pytest.mark.parametrize("total", [1, True])
async def test_total_below_the_number_of_rows_does_not_end_the_list(total: Any) -> None:
    pages = [
        {
            "memberships": [{"id": 2 * number}, {"id": 2 * number + 1}],
            "meta": {"current_page": number, "total_pages": 3, "total_count": total},
        }
        for number in (1, 2, 3)
    ]
    async with client_with_responses("managebac", *pages) as client:
        assert len(await client.memberships.list()) == 6


@pytest.mark.parametrize("unknown", [None, "", 0])
@pytest.mark.parametrize("client", ["schoology", "managebac"])
async def test_rows_whose_id_is_blank_are_all_returned(client: str, unknown: Any) -> None:
    rows = [{"id": unknown, "uid": unknown, "n": number} for number in range(3)]
    async with client_with_responses(client, {"rows": rows, "links": {}}) as made:
        assert await made.pages("GET", "rows", key="rows", model=dict) == rows


def unlinked(*pages: str) -> list[Any]:
    """Return responses without links, with a user for each letter."""
    return [{"user": [{"uid": uid} for uid in page]} for page in pages]


@pytest.mark.parametrize(
    ("pages", "listed"),
    [
        (("abc", "c", "c", ""), "abc"),  # a row was added before "c"
        # "abc" were removed, "xyz" were added and removed again
        (("abcd", "ghi", "fghi", "dxyz", "ghi", "fghi", "defg", "i", ""), "abcdxyzefghi"),
    ],
)
async def test_list_without_links_that_shifts_comes_to_its_end(
    pages: tuple[str, ...], listed: str
) -> None:
    async with client_with_responses("schoology", *unlinked(*pages)) as client:
        assert await schoology_users(client) == list(listed)
