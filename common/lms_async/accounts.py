"""Clients of many accounts in one process: each has a name, and is opened when it is needed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeVar

from .client import Client
from .errors import ClientUnusable, InvalidInput
from .http.connections import SharedSession
from .http.renewal import Renewal
from .http.vendor import Vendor
from .loop_owner import LoopOwner

__all__ = ["Accounts", "SharedSession"]

C = TypeVar("C", bound=Client)


class Accounts(Generic[C]):
    """Clients by the names of their accounts, on one event loop and with shared connections.

    ::

        async def make_client(name: str, session: SharedSession) -> Acme:
            return Acme(await read_token(name), session=session)

        async with Accounts(make_client) as accounts:
            async with accounts.client("north-high") as acme:
                print(await acme.pupils.list())

    If the vendor refuses the credentials of a call (401), ``make_client`` is called again, and the
    call is repeated once with the credentials of the new client. All calls of the account use them
    from then on. If the vendor refuses them too, the call raises
    :class:`~lms_async.Unauthorized`. Other options of the new client are not used.

    :param make_client: called with the name of an account and the session. It returns a new client
        with this session. :meth:`client` raises what it raises, and calls it again the next time.
        When it is called for new credentials, the call raises its :class:`~lms_async.LmsError`,
        and :class:`~lms_async.Unauthorized` for :class:`~lms_async.InvalidInput` and any other
        error.
    :param most_open: how many clients may be open at once. To open one more, the client that has
        been unused for the longest time is closed. If all are in use, the next one waits.
    :raises InvalidInput: ``most_open`` is not a number above 0.
    """

    def __init__(
        self, make_client: Callable[[str, SharedSession], Awaitable[C]], *, most_open: int = 100
    ) -> None:
        if most_open < 1:
            raise InvalidInput("most_open is a number above 0")
        self._make_client = make_client
        self._most_open = most_open
        self._session = SharedSession()
        #: The accounts that are open or being opened, and those that a caller waits for.
        self._accounts: dict[str, _Account[C]] = {}
        #: The open accounts that nobody uses, in the order in which they were used last.
        self._idle: OrderedDict[str, _Account[C]] = OrderedDict()
        #: How many clients are open, including those that are just being opened or closed.
        self._open = 0
        self._places_in_use = asyncio.Semaphore(most_open)
        self._owner = LoopOwner("Accounts", "make one per event loop and process, after a fork")
        self._is_closed = False

    def __repr__(self) -> str:
        count = sum(account.client is not None for account in self._accounts.values())
        return f"<Accounts: {count} of {self._most_open} open>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all clients, also those in use, and the connections."""
        self._is_closed = True
        self._idle.clear()
        try:
            for account in list(self._accounts.values()):
                await account.close()
        finally:
            await self._session.close()

    @asynccontextmanager
    async def client(self, name: str) -> AsyncIterator[C]:
        """Return the client of the account ``name``, as an asynchronous context manager.

        The client stays open at least until the context ends. Everybody who uses the account at the
        same time gets the same client, so do not close it. A task that uses one account and waits
        for another keeps a place, so use few accounts at a time in a task.

        :raises ClientUnusable: this object is closed, or belongs to another event loop or process.
        :raises InvalidInput: ``make_client`` returned something else than a client, such as None.
        :raises Exception: what ``make_client`` raised.
        """
        self._owner.loop()
        account = self._accounts.setdefault(name, _Account(name))
        account.users += 1
        try:
            async with account.opening:
                client = await self._opened(account)
            yield client
        finally:
            self._leave(account)

    async def _opened(self, account: _Account[C]) -> C:
        """Wait until one more account may be in use, and open the account's client if needed."""
        if not account.has_place:
            await self._places_in_use.acquire()
            account.has_place = True
        self._idle.pop(account.name, None)
        if account.client is not None:
            return account.client
        # A place is held without a client, so one of `most_open` open clients is idle.
        while self._open >= self._most_open and not self._is_closed:
            _, oldest = self._idle.popitem(last=False)
            await self._close(oldest)
        self._open += 1
        try:
            account.client = await self._made(account)
        except BaseException:
            self._open -= 1
            raise
        transport = account.client._transport
        transport.renewal = Renewal(transport.vendor, partial(self._renewed, account))
        return account.client

    async def _made(self, account: _Account[C]) -> C:
        if self._is_closed:
            raise ClientUnusable("Accounts is closed")
        client = await self._make_client(account.name, self._session)
        if not isinstance(client, Client):
            raise InvalidInput(
                f"make_client returned {_shown(client)} for the account {account.name!r}",
                hint="it must return a client; if there is no such account, raise an error",
            )
        if self._is_closed:  # it may have been closed during the wait
            await client.close()
            raise ClientUnusable("Accounts is closed")
        return client

    async def _renewed(self, account: _Account[C]) -> Vendor:
        """Return the vendor of a new client of the account, which has new credentials."""
        client = await self._made(account)
        if account.client is None:  # it may have been closed during the wait
            await client.close()
            raise ClientUnusable("the account's client is closed")
        # The vendor may use its own client to obtain tokens, so this client stays open.
        previous, account.renewed = account.renewed, client
        if previous is not None:
            await previous.close()
        return client._transport.vendor

    async def _close(self, account: _Account[C]) -> None:
        if not account.users:
            del self._accounts[account.name]
        try:
            await account.close()
        finally:
            self._open -= 1

    def _leave(self, account: _Account[C]) -> None:
        """Note that a caller no longer uses the account. Its client stays open for the next."""
        account.users -= 1
        if account.users:
            return
        if account.has_place:
            account.has_place = False
            self._places_in_use.release()
            if account.client is not None:
                self._idle[account.name] = account
        if account.client is None:
            del self._accounts[account.name]


def _shown(returned: object) -> str:
    return "None" if returned is None else f"an object of the class {type(returned).__name__}"


class _Account(Generic[C]):
    """One account by its name, its client, and how many use it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.users = 0
        #: Whether it counts as one of the accounts in use.
        self.has_place = False
        self.opening = asyncio.Lock()
        self.client: C | None = None
        #: The client whose credentials replaced the first ones.
        self.renewed: C | None = None

    async def close(self) -> None:
        """Close its clients."""
        clients, self.client, self.renewed = (self.client, self.renewed), None, None
        for client in clients:
            if client is not None:
                await client.close()
