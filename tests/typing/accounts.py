"""Clients by name, as users write them. Checked by mypy, not run."""

from __future__ import annotations

from typing import assert_type

from lms_async.accounts import Accounts, SharedSession
from manabac_async import ManageBac
from schoology_async import Schoology, User


async def make_schoology(name: str, session: SharedSession) -> Schoology:
    return Schoology(name, "secret", session=session)


async def make_either(name: str, session: SharedSession) -> Schoology | ManageBac:
    return ManageBac(name, session=session) if name else await make_schoology(name, session)


async def make_text(name: str, session: SharedSession) -> str:
    return name


async def clients_have_the_type_that_was_made() -> None:
    accounts = Accounts(make_schoology, most_open=10)
    async with accounts, accounts.client("north-high") as schoology:
        assert_type(schoology, Schoology)
        assert_type(await schoology.users.get("7"), User)
    mixed = Accounts(make_either)
    async with mixed.client("north-high") as client:
        assert_type(client, Schoology | ManageBac)
    await mixed.close()
    Accounts(make_text)  # type: ignore[type-var]
