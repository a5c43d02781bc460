"""``client.pages`` reads lists that this package has no method for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms_async import InvalidInput, OutcomeUnknown, UnexpectedResponse, Window
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology, User
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people
from tests.managebac.test_memberships import school


async def test_pages_reads_any_list_with_schoology_paging(
    connect: Callable[..., Schoology],
) -> None:
    schoology = connect(limiter=Window(1000, per=0.01))
    (await schoology.users.create_many(people(95))).raise_for_failures()
    users = await schoology.users.list()
    assert await schoology.pages("GET", "users", key="user", model=User) == users
    query: dict[str, str | int | bool | None] = {"limit": 20}
    rows = [
        row async for row in schoology.pages("GET", "users", key="user", model=dict, query=query)
    ]
    assert [str(row["uid"]) for row in rows] == [user.uid for user in users]
    with pytest.raises(UnexpectedResponse, match="no 'course'"):
        await schoology.pages("GET", "users", key="course", model=dict)


async def test_pages_reads_any_list_with_managebac_paging(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.school = school()
    listed = await managebac.memberships.list()
    rows = await managebac.pages("GET", "memberships", key="memberships", model=dict)
    assert len(rows) == len(listed) >= 250


async def test_request_is_retried_only_if_idempotent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    for idempotent, kind in ((False, OutcomeUnknown), (None, OutcomeUnknown)):
        schoology_sandbox.faults.add(Fault.cut(times=1))
        with pytest.raises(kind):
            await schoology.request("PUT", "users/1", body={}, idempotent=idempotent)
    before = len(schoology_sandbox.log)
    schoology_sandbox.faults.add(Fault.cut(times=1))
    with pytest.raises(OutcomeUnknown, match="404"):
        await schoology.request("PUT", "users/1", body={}, idempotent=True)
    assert len(schoology_sandbox.log) == before + 2


async def test_pages_rejects_invalid_paths_and_methods(schoology: Schoology) -> None:
    for path in ("/users", "https://evil.example/", "users?x=1", "a/../b"):
        with pytest.raises(InvalidInput):
            schoology.pages("GET", path, key="user", model=dict)
    with pytest.raises(InvalidInput):
        schoology.pages("get", "users", key="user", model=dict)  # type: ignore[arg-type]
