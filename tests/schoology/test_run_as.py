"""``with_options(run_as=…)`` adds a header to every request of the view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lms_async import InvalidInput, Journal
from lms_async.errors import JournalUnusable
from lms_async.events import Event
from lms_async.sandbox import Request, Response
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people

HEADER = "X-Schoology-Run-As"


class Recording(SchoologySandbox):
    """A sandbox that records the header of each request."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.acting: list[str | None] = []

    def admit(self, request: Request) -> Response | None:
        self.acting.append(request.headers.get(HEADER))
        return super().admit(request)


@pytest_asyncio.fixture
async def schoology_sandbox() -> AsyncIterator[Recording]:
    school = School.seeded(30)
    for uid in ("7", "8", "4555298"):
        school.add(uid=uid)
    async with Recording(school=school) as sandbox:
        yield sandbox


@pytest.mark.parametrize("uid", ["45552", 45552, " 45552 "])
async def test_every_request_of_a_view_has_the_header(
    schoology: Schoology, schoology_sandbox: Recording, uid: str | int
) -> None:
    view = schoology.with_options(run_as=uid)
    await view.app_user_info()
    await view.users.me()  # redirected, so two requests
    await view.users.list(page_size=10)
    await view.users.create_many(people(60))
    await view.request("GET", "users/languages")
    assert len(schoology_sandbox.acting) > 8
    assert set(schoology_sandbox.acting) == {"45552"}


async def test_the_client_itself_acts_as_the_owner_of_the_credentials(
    schoology: Schoology, schoology_sandbox: Recording
) -> None:
    view = schoology.with_options(run_as="7")
    await view.app_user_info()
    await schoology.app_user_info()
    assert schoology_sandbox.acting == ["7", None]


async def test_views_of_a_view_keep_the_user_unless_they_set_another(
    schoology: Schoology, schoology_sandbox: Recording
) -> None:
    view = schoology.with_options(run_as="7")
    await view.with_options(priority="interactive").app_user_info()
    await view.with_options(run_as=8, deadline=5).app_user_info()
    await view.app_user_info()
    assert schoology_sandbox.acting == ["7", "8", "7"]


@pytest.mark.parametrize("uid", ["", " ", "me", "S0001", "1,2", "1\r\nX: 1", "-1", "٣", True, 1.5])
async def test_run_as_refuses_ids_that_are_not_numbers(schoology: Schoology, uid: Any) -> None:
    with pytest.raises(InvalidInput, match="run_as"):
        schoology.with_options(run_as=uid)


async def test_a_journal_written_as_one_user_is_refused_for_another(
    schoology: Schoology, schoology_sandbox: Recording, tmp_path: Path
) -> None:
    path = tmp_path / "people.db"
    first = schoology.with_options(run_as="7")
    (await first.users.create_many(people(2), journal=Journal(path))).raise_for_failures()
    for other in (schoology.with_options(run_as="8"), schoology):
        with pytest.raises(JournalUnusable, match="account"):
            await other.users.create_many(people(2), journal=Journal(path))
    sent = len(schoology_sandbox.log)
    again = await first.with_options(timeout=3).users.create_many(people(2), journal=Journal(path))
    assert again.earlier
    assert len(schoology_sandbox.log) == sent


async def test_events_and_reprs_do_not_show_the_user(
    connect: Callable[..., Schoology], events: list[Event]
) -> None:
    view = connect().with_options(run_as="4555298")
    await view.app_user_info()
    shown = f"{view!r} {view._transport.vendor!r} {events!r}"
    assert events
    assert "4555298" not in shown
