"""Accounts opens a client for each name when it is needed, and closes those unused longest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from acme_async import Acme
from lms_async import Call, ClientUnusable, InvalidInput, Window
from lms_async.accounts import Accounts, SharedSession


async def read_all(client: Acme) -> None:
    await client.pupils.list()


#: A write whose response names no row.
WRITE: Call[None] = Call("POST", "pupils", body={}, returns=None)


class RecordedAcme(Acme):
    """A client that records in its school when it is closed."""

    school: School
    name: str

    async def close(self) -> None:
        await super().close()
        self.school.open[self.name] -= 1


class School:
    """Makes clients, and counts how often each was made and how many are open."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.open: Counter[str] = Counter()
        self.most_open = 0
        self.failing: set[str] = set()
        self.seconds = 0.0

    async def make_client(self, name: str, session: SharedSession) -> RecordedAcme:
        self.made[name] += 1
        await asyncio.sleep(self.seconds)
        if name in self.failing:
            raise KeyError(name)
        client = RecordedAcme(f"token-of-{name}".replace(" ", "-"), session=session)
        client.school, client.name = self, name
        self.open[name] += 1
        self.most_open = max(self.most_open, self.open.total())
        return client


@pytest.fixture
def school() -> School:
    return School()


async def use(accounts: Accounts[Any], name: str, turns: int = 0) -> Any:
    async with accounts.client(name) as client:
        for _ in range(turns):
            await asyncio.sleep(0)
        return client


async def until_waiting() -> None:
    """Let all other tasks run until they wait."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_thousand_names_at_once_open_each_client_once(school: School) -> None:
    names = [f"school {number}" for number in range(1000)] * 2
    async with Accounts(school.make_client, most_open=1000) as accounts:
        clients = await asyncio.gather(*(use(accounts, name) for name in names))
        assert [client.name for client in clients] == names
        assert clients[:1000] == clients[1000:]
        assert set(school.made.values()) == {1}
        assert repr(accounts) == "<Accounts: 1000 of 1000 open>"
    assert school.open.total() == 0


async def test_no_more_clients_are_open_than_allowed(school: School) -> None:
    names = [f"school {number}" for number in range(200)]
    async with Accounts(school.make_client, most_open=7) as accounts:
        clients = await asyncio.gather(*(use(accounts, name, 3) for name in names))
        assert [client.name for client in clients] == names
        assert school.most_open == school.open.total() == len(accounts._accounts) == 7
    assert school.open.total() == 0


async def test_client_unused_for_the_longest_time_is_closed_first(school: School) -> None:
    async with Accounts(school.make_client, most_open=3) as accounts:
        for name in ("a", "b", "c", "a", "d"):
            await use(accounts, name)
        assert +school.open == Counter("acd")
        async with accounts.client("c"):  # in use, so never closed
            for name in ("e", "f", "g"):
                await use(accounts, name)
            assert +school.open == Counter("cfg")
        assert school.made["a"] == 1


async def test_next_client_waits_while_all_are_in_use(school: School) -> None:
    async with Accounts(school.make_client, most_open=1) as accounts:
        async with accounts.client("a") as first:
            waiting = asyncio.create_task(use(accounts, "b"))
            await until_waiting()
            assert school.made == Counter("a")
            async with accounts.client("a") as again:  # needs no further place
                assert again is first
            assert not waiting.done()
        assert (await waiting).name == "b"
        assert +school.open == Counter("b")


async def test_failure_to_make_a_client_concerns_only_its_callers(school: School) -> None:
    school.failing.add("bad")
    names = ["bad", "good", "bad"]
    async with Accounts(school.make_client, most_open=1) as accounts:
        results = await asyncio.gather(
            *(use(accounts, name) for name in names), return_exceptions=True
        )
        assert [type(one) for one in results] == [KeyError, RecordedAcme, KeyError]
        school.failing.clear()
        assert (await use(accounts, "bad")).name == "bad"
        assert school.most_open == 1


async def test_no_client_is_named_as_the_mistake(school: School) -> None:
    async def make_client(name: str, session: SharedSession) -> Any:
        return None if name == "bad" else await school.make_client(name, session)

    async with Accounts(make_client, most_open=1) as accounts:
        with pytest.raises(InvalidInput, match=r"make_client returned None.*'bad'"):
            await use(accounts, "bad")
        assert (await use(accounts, "good")).name == "good"


@pytest.mark.parametrize("first", [0, 2])  # one that makes a client, and one that waits
async def test_cancellation_leaves_nothing_open(school: School, first: int) -> None:
    school.seconds = 60
    async with Accounts(school.make_client, most_open=1) as accounts:
        tasks = [asyncio.create_task(use(accounts, name)) for name in ("a", "a", "b")]
        await until_waiting()
        tasks[first].cancel()
        await until_waiting()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        assert school.open.total() == 0
        school.seconds = 0
        assert (await use(accounts, "c")).name == "c"  # the place is free again
        assert accounts._accounts.keys() == {"c"}


async def test_second_caller_makes_the_client_if_the_first_is_cancelled(school: School) -> None:
    school.seconds = 60
    async with Accounts(school.make_client) as accounts:
        first, second = (asyncio.create_task(use(accounts, "a")) for _ in range(2))
        await until_waiting()
        school.seconds = 0
        first.cancel()
        assert (await second).name == "a"
        assert school.made["a"] == 2
        assert +school.open == Counter("a")


async def test_closing_ends_clients_in_use_and_those_being_made(school: School) -> None:
    async with AsyncExitStack() as stack:
        accounts = Accounts(school.make_client, most_open=2)
        client = await stack.enter_async_context(accounts.client("a"))
        school.seconds = 0.01
        making = [asyncio.create_task(use(accounts, name)) for name in "bcd"]
        await until_waiting()
        await accounts.close()
        assert repr(accounts) == "<Accounts: 0 of 2 open>"
        with pytest.raises(ClientUnusable):
            await client.pupils.list()
        with pytest.raises(ClientUnusable):
            await use(accounts, "a")
    for task in making:
        with pytest.raises(ClientUnusable):
            await task
    assert school.open.total() == 0


def test_another_event_loop_is_refused(school: School) -> None:
    accounts = Accounts(school.make_client)
    asyncio.run(use(accounts, "a"))
    with pytest.raises(ClientUnusable, match="another event loop"):
        asyncio.run(use(accounts, "a"))


def test_most_open_is_above_zero(school: School) -> None:
    with pytest.raises(InvalidInput):
        Accounts(school.make_client, most_open=0)


class Acmes:
    """A server that records the connections on which requests arrive, and how many are served."""

    def __init__(self) -> None:
        self.connections: list[int] = []
        self.serving = self.most_serving = 0
        self.seconds = 0.0
        self.limit = (1000, 0.01)
        self.base_url = ""
        self.arrived = asyncio.Event()

    async def serve(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.connections.append(request.transport.get_extra_info("peername")[1])
        self.arrived.set()
        self.serving += 1
        self.most_serving = max(self.most_serving, self.serving)
        await asyncio.sleep(self.seconds)
        self.serving -= 1
        return web.json_response({"pupils": [], "next": None, "id": "1"})

    async def make_client(self, name: str, session: SharedSession) -> Acme:
        limiter = Window(self.limit[0], per=self.limit[1])
        return Acme(name, base_url=self.base_url, session=session, limiter=limiter)


@pytest_asyncio.fixture
async def acmes() -> AsyncIterator[Acmes]:
    acmes = Acmes()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", acmes.serve)
    async with TestServer(app) as server:
        acmes.base_url = str(server.make_url("/"))
        yield acmes


async def test_accounts_share_connections_and_writes_have_their_own(acmes: Acmes) -> None:
    async with Accounts(acmes.make_client, most_open=1) as accounts:
        for name in ("a", "b", "c"):
            async with accounts.client(name) as client:
                assert await client.pupils.list() == []
        assert len(set(acmes.connections)) == 1
        async with accounts.client("c") as client:
            for _ in range(2):
                await client._transport.send(WRITE)
    assert len(set(acmes.connections)) == 3


async def test_cancelled_request_frees_its_slot_when_its_response_comes(acmes: Acmes) -> None:
    acmes.seconds = 0.1
    acmes.limit = (1, 0.01)
    async with Accounts(acmes.make_client) as accounts, accounts.client("a") as client:
        call = asyncio.create_task(read_all(client))
        await acmes.arrived.wait()
        call.cancel()
        async with asyncio.timeout(5):  # not after the request's timeout of 60 seconds
            await client.pupils.list()


async def test_requests_to_one_host_share_a_hundred_connections(acmes: Acmes) -> None:
    acmes.seconds = 0.1

    async def read(name: str) -> None:
        async with accounts.client(name) as client:
            await asyncio.gather(*(client.pupils.list() for _ in range(60)))

    async with Accounts(acmes.make_client) as accounts:
        await asyncio.gather(read("a"), read("b"))
    assert acmes.most_serving == 100
