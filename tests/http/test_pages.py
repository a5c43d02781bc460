"""Lists stay complete while the server caps the page size, omits totals and changes the data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from lms_async import CrossHostRedirect, UnexpectedResponse
from lms_async.sandbox import Seen
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox

whole_school = pytest.mark.sandbox(school=School.seeded(3000, seed=2), totals=False, page_cap=73)


@whole_school
async def test_list_of_3000_users_is_complete(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    expected = list(schoology_sandbox.school.users)
    everyone = await schoology.users.list(page_size=5000)
    assert [user.uid for user in everyone] == expected
    assert len(set(expected)) == len(expected) >= 3000
    # Each page after the first gives 72 new rows, because pages overlap by one row of 73.
    assert len(schoology_sandbox.log) == -(-(len(expected) - 1) // 72)


@whole_school
@pytest.mark.parametrize("put_in", [0, 1, 5, 200])
@pytest.mark.parametrize("taken_out", [0, 1, 5, 200])
async def test_list_that_shifts_repeats_and_loses_nobody(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, put_in: int, taken_out: int
) -> None:
    school = schoology_sandbox.school
    before = list(school.users)
    new: set[str] = set()
    gone: set[str] = set()

    def change(seen: Seen) -> None:
        if len(schoology_sandbox.log) not in (4, 11, 12, 30):
            return
        for _ in range(put_in):
            new.add(school.insert_first(name_first="New", name_last="Comer").uid)
        for uid in [uid for uid in school.users if uid != school.api_uid][:taken_out]:
            gone.add(uid)
            school.remove(uid)

    schoology_sandbox.before_each = change
    listed = [user.uid for user in await schoology.users.list()]
    stayed = [uid for uid in before if uid not in gone]
    assert len(listed) == len(set(listed))
    assert [uid for uid in listed if uid in set(stayed)] == stayed
    assert set(listed) <= set(before) | new


@pytest.mark.sandbox(school=School.seeded(500, seed=2), page_cap=50)
async def test_list_that_shrinks_while_read_still_ends(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    before = list(school.users)

    def shrink(seen: Seen) -> None:
        if len(schoology_sandbox.log) == 5:
            for uid in before[1:120] + before[-250:]:
                school.remove(uid)

    schoology_sandbox.before_each = shrink
    listed = [user.uid for user in await schoology.users.list()]
    assert set(before[120:-250]) <= set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.sandbox(school=School.seeded(41, seed=2))
@pytest.mark.parametrize("limit", [2, 3, 20, 40, 41, 42, 200])
async def test_every_page_size_returns_everybody(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, limit: int
) -> None:
    everyone = await schoology.users.list(page_size=limit)
    assert [user.uid for user in everyone] == list(schoology_sandbox.school.users)


@pytest.mark.sandbox(
    school=School.seeded(600, seed=2), page_cap=100, totals=False, latency=(0.02, 0.0)
)
async def test_next_pages_are_fetched_while_the_current_one_is_used(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    count = 0
    async for _ in schoology.users.list():
        count += 1
        if count == 1:
            async with asyncio.timeout(10):
                while len(schoology_sandbox.log) < 4:  # noqa: ASYNC110 - the log has no event
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            # the current page, two queued, and one that waits for room
            assert len(schoology_sandbox.log) == 4
    assert count == len(schoology_sandbox.school.users)


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.sandbox(school=School.seeded(600, seed=2), page_cap=100)
async def test_leaving_a_list_early_leaves_no_task(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, totals: bool
) -> None:
    schoology_sandbox.quirks.totals = totals
    before = asyncio.all_tasks()
    pages = schoology.users.list().pages()
    await anext(pages)
    await pages.aclose()
    await asyncio.sleep(0.05)
    left = asyncio.all_tasks() - before
    assert [one for one in left if "fetch" in repr(one.get_coro())] == []


async def test_next_link_to_another_host_raises(
    connect: Callable[..., Schoology],
) -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestServer

    asked: list[str] = []

    async def users(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        return web.json_response(
            {
                "user": [{"uid": "1"}, {"uid": "2"}],
                "links": {"next": "https://evil.example/v1/users"},
            }
        )

    app = web.Application()
    app.router.add_get("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        with pytest.raises(CrossHostRedirect, match="another host"):
            await client.users.list()
    assert len(asked) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", b'{"school": "x", "id": "7"}'])
async def test_list_without_its_key_raises(connect: Callable[..., Schoology], body: bytes) -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestServer

    from lms_async import InvalidResponse

    async def users(request: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        with pytest.raises(InvalidResponse if not body else UnexpectedResponse):
            await client.users.list()


async def test_list_without_links_is_read_to_its_end(
    connect: Callable[..., Schoology],
) -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestServer

    async def users(request: web.Request) -> web.Response:
        start = int(request.query.get("start", "0"))
        return web.json_response(
            {"user": [{"uid": str(n)} for n in range(start, min(start + 7, 30))]}
        )

    app = web.Application()
    app.router.add_get("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        assert [user.uid for user in await client.users.list()] == [str(n) for n in range(30)]
