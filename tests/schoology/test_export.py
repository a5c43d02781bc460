"""The CSV exports, which are streamed. A result is complete, or an error is raised."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import InvalidInput, LmsError, Window
from lms_async.errors import (
    DeadlineExceeded,
    Forbidden,
    InvalidResponse,
    ResponseLost,
    TimedOut,
    UnexpectedResponse,
)
from lms_async.events import Event, RequestFailed, ResponseReceived
from lms_async.sandbox import Fault
from schoology_async import ExportedGroupEnrollment, Schoology, User
from schoology_async.sandbox import School, SchoologySandbox

Connect = Callable[..., Schoology]
pytestmark = pytest.mark.sandbox(school=School.seeded(300))

Send = Callable[[bytes], Awaitable[None]]


@asynccontextmanager
async def serving(write: Callable[[Send], Awaitable[None]], **headers: str) -> AsyncIterator[str]:
    """Run a server that sends the body of an export with ``write``."""

    async def export(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/csv", **headers})
        await response.prepare(request)
        try:
            await write(response.write)
        except ConnectionError:
            pass
        except EOFError:  # cut the connection
            assert request.transport is not None
            request.transport.close()
        return response

    app = web.Application()
    app.router.add_get("/v1/csvexport/users", export)
    async with TestServer(app) as server:
        yield str(server.make_url("/v1/"))


def sends(*pieces: bytes) -> Callable[[Send], Awaitable[None]]:
    async def write(send: Send) -> None:
        for piece in pieces:
            await send(piece)

    return write


async def uids(client: Schoology, **options: Any) -> list[str | None]:
    return [user.uid async for user in client.users.export(**options)]


async def test_users_are_exported_with_the_names_of_the_json_fields(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    everybody = list(schoology_sandbox.school.users.values())
    exported = await schoology.users.export()
    assert [type(user) for user in exported] == [User] * len(everybody)
    for account, user in zip(everybody, exported, strict=True):
        assert user.uid == account.uid
        assert user.username == account.username
        assert user.primary_email == account.primary_email
        assert user.building_id == str(account.building_id)
        assert user.birthday_date == account.birthday_date
        assert user.name_last == account.name_last
        role = schoology_sandbox.school.roles.by_id[str(account.role_id)]
        assert user.extra == {"role_name": role.title}
    assert len(schoology_sandbox.log) == 1
    assert await uids(schoology) == [account.uid for account in everybody]


async def test_fields_may_be_requested_by_either_name(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fields = ["uid", "username", "name", "primary_email", "birthday_date", "building_nid"]
    exported = await schoology.users.export(fields)
    assert schoology_sandbox.log[0].query["fields"] == "uid,name,mail,birthday,building_nid"
    assert exported[5].username is not None
    assert exported[5].name_last is None


async def test_user_with_a_blank_cell_in_the_only_field_is_exported(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    exported = await schoology.users.export(["school_uid"])
    everybody = list(schoology_sandbox.school.users.values())
    assert "" in [account.school_uid for account in everybody]
    assert [user.uid for user in exported] == [account.uid for account in everybody]
    assert [user.school_uid or "" for user in exported] == [one.school_uid for one in everybody]


@pytest.mark.parametrize("fields", [[], "uid", ["uid", "password"], ["id"], [5]])
async def test_fields_that_cannot_be_exported_are_refused(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, fields: Any
) -> None:
    with pytest.raises(InvalidInput):
        schoology.users.export(fields)
    assert len(schoology_sandbox.log) == 0


@pytest.mark.sandbox(school=School())  # a school of its own, since the test changes it
async def test_group_enrollments_are_exported(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    ada = school.add(
        school_uid="S1",
        name_first="Ada",
        name_last="Okafor",
        primary_email="ada@school.example",
    )
    group = school.groups.add(title="Chess, and\nGo", group_code="007")
    school.enrollments.add("group", group.id, ada.uid)
    (found,) = await schoology.enrollments.export_group_enrollments()
    assert isinstance(found, ExportedGroupEnrollment)
    assert found == ExportedGroupEnrollment(
        uid=ada.uid,
        school_uid="S1",
        name_first="Ada",
        name_last="Okafor",
        primary_email="ada@school.example",
        title="Chess, and\nGo",
        group_code="007",
        type="member",
        status="1",
    )
    await schoology.enrollments.export_group_enrollments(["uid", "primary_email"])
    assert schoology_sandbox.log[1].query["fields"] == "uid,mail"


async def test_an_export_without_rows_is_empty(schoology: Schoology) -> None:
    assert await schoology.enrollments.export_group_enrollments() == []


async def test_export_without_permission_raises_forbidden(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.forbidden.add("csvexport/users")
    with pytest.raises(Forbidden):
        await schoology.users.export()


async def test_an_export_is_retried_until_its_body_begins(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(
        Fault.refuse(retry_after=0.01), Fault.error(503), Fault.cut(), Fault.redirect("/v1/users/1")
    )
    with pytest.raises(LmsError):  # the redirect leads to a user
        await schoology.users.export()
    assert len(await schoology.users.export(["uid"])) == len(schoology_sandbox.school.users)
    assert schoology_sandbox.log.count("GET", "csvexport/users") == 5


async def test_rows_are_yielded_while_the_body_arrives(connect: Connect) -> None:
    arrived = asyncio.Event()

    async def write(send: Send) -> None:
        await send(b"uid,name\n1,ada\n2,bo")
        await asyncio.wait_for(arrived.wait(), 5)
        await send(b'b\n3,"c\ny"\n')

    async with serving(write) as base_url:
        found = []
        async for user in connect(base_url=base_url).users.export():
            found.append((user.uid, user.username))
            arrived.set()
    assert found == [("1", "ada"), ("2", "bob"), ("3", "c\ny")]


@pytest.mark.parametrize("compressed", [True, False])
async def test_quotes_line_breaks_and_a_byte_order_mark(connect: Connect, compressed: bool) -> None:
    data = '\ufeffUID,"Mail",bio\r\n1,a@b.c,"says ""hi"",\r\ntwice é"\r\n2,,\r\n'.encode()
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    async with serving(sends(gzip.compress(data) if compressed else data), **headers) as base_url:
        first, second = await connect(base_url=base_url).users.export()
    assert (first.uid, first.primary_email, first.bio) == ("1", "a@b.c", 'says "hi",\r\ntwice é')
    assert (second.uid, second.primary_email, second.extra) == ("2", "", {})


async def test_the_character_set_of_the_response_is_used(connect: Connect) -> None:
    headers = {"Content-Type": "text/csv; charset=ISO-8859-1"}
    async with serving(sends("uid,name_last\n1,Müller\n".encode("latin-1")), **headers) as url:
        (user,) = await connect(base_url=url).users.export()
    assert user.name_last == "Müller"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", InvalidResponse),
        (b"\r\n\r\n", InvalidResponse),
        (json.dumps({"error": "no", "uid": 1}).encode(), UnexpectedResponse),
        (b'"You may not export, ask an administrator"', UnexpectedResponse),
        (b"<!DOCTYPE html><html><head><title>Log in</title></head></html>", UnexpectedResponse),
        (b"1,ada\n2,bob\n", UnexpectedResponse),
        (b"uid,name,username\n1,a,b\n", UnexpectedResponse),
        (b"uid,uid\n1,1\n", UnexpectedResponse),
        (b"uid,name\n1,caf\xe9\n", InvalidResponse),
        (b'uid,name\n1,"a\n2,b\n', InvalidResponse),
    ],
)
async def test_a_body_that_is_not_an_export_is_an_error(
    connect: Connect, body: bytes, error: type[LmsError]
) -> None:
    async with serving(sends(body)) as base_url:
        with pytest.raises(error) as raised:
            await connect(base_url=base_url).users.export()
    assert "GET csvexport/users" in str(raised.value)
    assert "ada" not in str(raised.value)
    assert "administrator" not in str(raised.value).replace("an administrator of", "")


@pytest.mark.parametrize("last", [b"PHP Fatal error: out of memory\n", b"3\n", b"3,c,d,e\n", b"3"])
async def test_a_row_with_a_missing_or_extra_cell_is_an_error(
    connect: Connect, last: bytes
) -> None:
    found = []
    async with serving(sends(b"uid,name\n1,a\n2,b\n", last)) as base_url:
        with pytest.raises(UnexpectedResponse, match="cell per column"):
            async for user in connect(base_url=base_url).users.export():
                found.append(user.uid)
                await asyncio.sleep(0.05)
    assert found in ([], ["1", "2"])  # rows of the same piece may be lost


@pytest.mark.parametrize("framing", ["chunked", "length", "gzip"])
async def test_an_export_that_breaks_off_raises_after_the_rows_that_arrived(
    connect: Connect, events: list[Event], framing: str
) -> None:
    rows = b"".join(b"%d,a\n" % number for number in range(1000))

    async def write(send: Send) -> None:
        data = b"uid,name\n" + rows
        await send(gzip.compress(data)[:-20] if framing == "gzip" else data)
        await asyncio.sleep(0.05)
        if framing != "gzip":  # a server may compress nevertheless, and cut such a body off
            raise EOFError

    headers = {"length": {"Content-Length": "9999999"}, "gzip": {"Content-Encoding": "gzip"}}
    found = []
    async with serving(write, **headers.get(framing, {})) as base_url:
        with pytest.raises(ResponseLost) as lost:
            async for user in connect(base_url=base_url).users.export():
                found.append(user.uid)  # noqa: PERF401 - a comprehension would lose the rows
    assert lost.value.attempts == 1
    assert isinstance(events[-1], RequestFailed)
    assert sum(isinstance(event, ResponseReceived) for event in events) == 1
    assert framing == "gzip" or found == [str(number) for number in range(1000)]


@pytest.mark.parametrize(("tail", "is_lost"), [(b"2,bo", True), (b"2,bob\n", False)])
async def test_without_a_length_a_body_must_end_with_a_line(
    connect: Connect, tail: bytes, is_lost: bool
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\nuid,name\n1,ada\n" + tail)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        read = uids(connect(base_url=f"http://127.0.0.1:{port}/v1/"))
        if is_lost:
            with pytest.raises(ResponseLost, match="in the middle of a line"):
                await read
        else:
            assert await read == ["1", "2"]


async def test_the_timeout_applies_to_each_wait_for_more_of_the_body(connect: Connect) -> None:
    async def slowly(send: Send) -> None:
        await send(b"uid\n")
        for number in range(8):
            await asyncio.sleep(0.2)
            await send(b"%d\n" % number)

    async with serving(slowly) as base_url:
        client = connect(base_url=base_url, timeout=1)
        found = []
        async for user in client.users.export():
            found.append(user.uid)
            if user.uid == "3":
                await asyncio.sleep(1.2)  # the time of the reader does not count
        assert len(found) == 8

    async def stuck(send: Send) -> None:
        await send(b"uid\n1\n")
        await asyncio.sleep(2)

    async with serving(stuck) as base_url:
        with pytest.raises(TimedOut, match="within 0.5 s"):
            await uids(connect(base_url=base_url, timeout=0.5))
        deadline = connect(base_url=base_url).with_options(deadline=0.5)
        with pytest.raises(DeadlineExceeded):
            await uids(deadline)


async def test_an_export_requests_an_uncompressed_response(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    encodings: list[str | None] = []
    admit = schoology_sandbox.admit
    schoology_sandbox.admit = lambda arrived: (  # type: ignore[method-assign]
        encodings.append(arrived.headers.get("Accept-Encoding")) or admit(arrived)  # type: ignore[func-returns-value]
    )
    await schoology.users.export(["uid"])
    await schoology.app_user_info()
    assert encodings[0] == "identity"
    assert encodings[1] != "identity"


async def test_an_export_takes_one_slot_of_the_limit(
    connect: Connect, schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(limiter=Window(2, per=0.2))
    async for _ in client.users.export():
        await asyncio.wait_for(client.app_user_info(), 1)
        break
    await asyncio.wait_for(client.app_user_info(), 1)
    assert len(schoology_sandbox.log) == 3


async def test_an_export_returns_its_connection_to_the_pool(connect: Connect) -> None:
    async with aiohttp.TCPConnector(limit=1) as connector:
        client = connect(connector=connector)
        for _ in range(2):
            assert len(await asyncio.wait_for(uids(client), 5)) > 300
            async for _ in client.users.export():
                break
        await asyncio.wait_for(client.app_user_info(), 5)


async def test_breaking_out_of_an_export_closes_the_connection(connect: Connect) -> None:
    gone = asyncio.Event()

    async def endless(send: Send) -> None:
        try:
            await send(b"uid\n")
            while True:
                await send(b"1\n" * 1000)
        finally:
            gone.set()

    async with serving(endless) as base_url:
        client = connect(base_url=base_url)
        async for _ in client.users.export():
            break
        await asyncio.wait_for(gone.wait(), 5)


async def test_a_slow_reader_slows_the_download_down(connect: Connect) -> None:
    sent = 0

    async def large(send: Send) -> None:
        nonlocal sent
        await send(b"uid,bio\n")
        for number in range(2000):
            await send(b"%d,%s\n" % (number, b"x" * 20_000))
            sent = number

    async with serving(large) as base_url:
        export = aiter(connect(base_url=base_url).users.export())
        await anext(export)
        await asyncio.sleep(0.3)
        assert sent < 1500  # the operating system buffers a few megabytes
        found = 1
        async for _ in export:
            found += 1
    assert found == 2000


async def test_a_decompression_bomb_is_refused(connect: Connect) -> None:
    bomb = gzip.compress(b"uid,bio\n" + (b"1," + b" " * 100_000 + b"\n") * 200)
    async with serving(sends(bomb), **{"Content-Encoding": "gzip"}) as base_url:
        with pytest.raises(ResponseLost, match="times its compressed size"):
            async for _ in connect(base_url=base_url).users.export():
                pass


def test_the_repr_has_no_personal_data() -> None:
    export = Schoology("k", "s").users.export(["uid"])
    assert repr(export) == "<Export of User: GET csvexport/users>"
