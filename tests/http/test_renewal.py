"""A vendor refuses an account's credentials: the caller is asked for new ones, and the call is
repeated once."""

from __future__ import annotations

import asyncio
import pickle
import traceback
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from lms_async import (
    Call,
    ClientUnusable,
    ConnectionFailed,
    InvalidInput,
    LmsError,
    RetryPolicy,
    Unauthorized,
    Window,
)
from lms_async.accounts import Accounts, SharedSession
from lms_async.http.acquire import acquire_slot
from lms_async.http.attempts import Attempts
from lms_async.http.retry import Quota
from manabac_async import ClientCredentials, ManageBac, QueryToken
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK

OLD, NEW = "old-token-4711", "new-token-4712"


class CountedManageBac(ManageBac):
    """A client that says when it is closed."""

    closed: Callable[[], None]

    async def close(self) -> None:
        await super().close()
        self.closed()


class Store:
    """The caller's store of credentials, from which clients are made."""

    def __init__(self, sandbox: ManageBacSandbox) -> None:
        self.sandbox = sandbox
        self.credentials: Any = OLD
        self.asked = self.closed = 0
        self.seconds = 0.0
        self.asked_again = asyncio.Event()
        self.error: Exception | None = None

    async def make_client(self, name: str, session: SharedSession) -> ManageBac:
        self.asked += 1
        if self.asked > 1:
            self.asked_again.set()
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        client = CountedManageBac(
            self.credentials,
            base_url=self.sandbox.base_url,
            session=session,
            limiter=Window(1000, per=0.01),
            retry=QUICK,
        )
        client.closed = self._closed
        return client

    def _closed(self) -> None:
        self.closed += 1

    @property
    def statuses(self) -> list[int]:
        return [seen.status for seen in self.sandbox.log]


@pytest.fixture
def store(managebac_sandbox: ManageBacSandbox) -> Store:
    managebac_sandbox.grant(NEW)
    return Store(managebac_sandbox)


@pytest_asyncio.fixture
async def managebac(store: Store) -> AsyncIterator[ManageBac]:
    """A client of an account whose token is no longer accepted."""
    async with (
        Accounts(store.make_client) as accounts,
        accounts.client("north-high") as client,
    ):
        yield client


async def test_call_is_repeated_with_new_credentials(store: Store, managebac: ManageBac) -> None:
    store.credentials = NEW
    assert await managebac.classes.list() == []
    assert await managebac.with_options(timeout=5).classes.list() == []
    assert store.statuses == [401, 200, 200]
    assert store.asked == 2


async def test_write_that_must_not_be_repeated_is_repeated(
    store: Store, managebac: ManageBac
) -> None:
    store.credentials = NEW
    report = await managebac.students.create_many(
        [{"first_name": "Ada", "last_name": "Okafor", "email": "ada@school.example"}]
    )
    report.raise_for_failures()
    assert 401 in store.statuses
    assert store.asked == 2


async def test_calls_at_the_same_time_ask_once(store: Store, managebac: ManageBac) -> None:
    store.credentials = NEW
    await asyncio.gather(*(managebac.classes.list() for _ in range(20)))
    assert store.statuses.count(401) <= 20
    assert store.asked == 2


async def test_second_refusal_is_raised(store: Store, managebac: ManageBac) -> None:
    with pytest.raises(Unauthorized) as raised:
        await managebac.classes.list()
    assert raised.value.attempts == 2
    assert store.statuses == [401, 401]
    assert store.asked == 2
    store.credentials = NEW  # the next call asks again
    assert await managebac.classes.list() == []
    assert store.asked == 3


async def test_missing_variable_during_a_renewal_rejects_no_row(
    store: Store, managebac: ManageBac
) -> None:
    store.error = InvalidInput("MANAGEBAC_TOKEN is not set")
    rows = [{"id": 1, "level": "HL"}, {"id": 2, "level": "HL"}]
    report = await managebac.classes.update_students(899, rows)
    assert [one.status for one in report.skipped] == ["skipped", "skipped"]
    assert isinstance(report.stop_reason, Unauthorized)
    assert "MANAGEBAC_TOKEN is not set" in str(report.stop_reason)


async def test_clients_made_for_their_credentials_are_closed(
    store: Store, managebac: ManageBac
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            await managebac.classes.list()
    assert store.asked == 6
    assert store.closed == 4  # all but the first and the last


async def test_account_that_is_closed_gets_no_new_credentials(store: Store) -> None:
    async with Accounts(store.make_client, most_open=1) as accounts:
        async with accounts.client("a") as managebac:
            pass
        store.seconds = 0.02
        call = asyncio.create_task(read(managebac))
        await asyncio.wait_for(store.asked_again.wait(), 5)
        async with accounts.client("b"):
            with pytest.raises(ClientUnusable):
                await call
            assert store.asked - store.closed == 1
    assert store.asked == store.closed == 3


async def read(managebac: ManageBac) -> None:
    await managebac.classes.list()


@pytest.mark.parametrize("error", [KeyError(f"no {OLD}"), ConnectionFailed("the store is away")])
async def test_store_that_fails_fails_the_call(
    store: Store, managebac: ManageBac, error: Exception
) -> None:
    store.error = error
    with pytest.raises(LmsError) as raised:
        await managebac.classes.list()
    kind = Unauthorized if isinstance(error, KeyError) else ConnectionFailed
    assert type(raised.value) is kind
    assert raised.value.stops
    assert ("KeyError" in str(raised.value)) == (kind is Unauthorized)
    assert OLD not in "".join(traceback.format_exception(raised.value))
    assert OLD not in str(vars(pickle.loads(pickle.dumps(raised.value))))  # noqa: S301
    store.error, store.credentials = None, NEW
    assert await managebac.classes.list() == []
    assert store.statuses == [401, 200]  # the refused token was not sent again


async def test_token_in_the_query_is_renewed(store: Store) -> None:
    store.credentials = QueryToken(OLD)
    async with Accounts(store.make_client) as accounts, accounts.client("a") as managebac:
        await asyncio.sleep(0)
        store.credentials = QueryToken(NEW)
        assert await managebac.classes.list() == []
    assert store.statuses == [401, 200]
    assert store.asked == 2


async def test_oauth_client_with_a_new_secret(store: Store) -> None:
    sandbox = store.sandbox
    store.credentials = ClientCredentials(sandbox.client_id, "old-secret")
    async with Accounts(store.make_client) as accounts, accounts.client("a") as managebac:
        store.credentials = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        reads = (managebac.classes.list() for _ in range(5))
        assert await asyncio.gather(*reads) == [[]] * 5
        assert store.asked == 2
        assert sandbox.token_requests == 2
        # A token that was revoked early is renewed without asking the caller.
        revoke_tokens(sandbox)
        assert await managebac.classes.list() == []
        assert store.asked == 2
        assert sandbox.token_requests == 3


def revoke_tokens(sandbox: ManageBacSandbox) -> None:
    for token, grant in list(sandbox.auth._grants.items()):
        if grant.bearer:
            del sandbox.auth._grants[token]


async def test_view_as_another_user_keeps_the_user_and_gets_the_new_secret(
    schoology_sandbox: SchoologySandbox,
) -> None:
    secrets = iter(["old-secret", schoology_sandbox.secret])

    async def make_client(name: str, session: SharedSession) -> Schoology:
        return Schoology(
            schoology_sandbox.key,
            next(secrets),
            base_url=schoology_sandbox.base_url,
            session=session,
            retry=QUICK,
        )

    uid = "7"
    schoology_sandbox.school.add(uid=uid)
    async with Accounts(make_client) as accounts, accounts.client("a") as schoology:
        view = schoology.with_options(run_as=uid)
        assert (await view.app_user_info()).api_uid == uid
        assert (await view.with_options(deadline=9).app_user_info()).api_uid == uid
        assert (await schoology.app_user_info()).api_uid != uid
    assert [one.status for one in schoology_sandbox.log] == [401, 200, 200, 200]


async def test_call_that_waited_for_another_limit_waits_for_the_new_one() -> None:
    """Schoology counts by key. So a slot for the old key allows no request with the new one."""
    windows = {scope: Window(1, per=60) for scope in ("old", "new")}

    def vendor(scope: str) -> Any:
        return SimpleNamespace(scope=scope, weight=lambda _: 1, is_prepared=lambda: True)

    async def prepare() -> None:
        pass

    current = vendor("old")
    busy = await windows["old"].acquire()
    call: Call[None] = Call("GET", "users", returns=None)
    waiting = asyncio.create_task(
        acquire_slot(
            Attempts(call, RetryPolicy(), Quota()),
            prepare,
            lambda: current,
            lambda _: [windows[current.scope]],
            priority="normal",
            max_pause=1,
        )
    )
    await asyncio.sleep(0)
    current = vendor("new")
    busy.unused()
    await waiting
    assert await is_free(windows["old"])
    assert not await is_free(windows["new"])


async def is_free(window: Window) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await window.acquire()
    except TimeoutError:
        return False
    return True
