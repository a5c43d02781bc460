"""Imports in which everything goes wrong: no span, metric or log line names a person or a secret.

Every value of the input and every id is searched for. The imports have journals, limits that are
shared through Redis, refusals, retries, lost responses, rejected rows and errors.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.redis_server import RedisServer
from lms_async import Journal, LmsError, RetryPolicy
from lms_async.limits.shared.windows import RedisWindows
from lms_async.sandbox import Fault
from manabac_async import ClientCredentials, ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.managebac.bulk_rows import fill
from tests.personal_data import SECRETS, assert_no_personal_data

from .conftest import Recorded

pytestmark = pytest.mark.skipif(
    RedisServer.program() is None, reason="there is no redis-server here"
)

RETRIES = RetryPolicy(tries=3, base=0.01, cap=0.05, quota=1000)
#: Faults of each kind, whose texts name a person.
FAULTS = (
    Fault.refuse(retry_after=0.05, times=2),
    Fault.error(503, body="Zebulon Quuxington", times=3, skip=1),
    Fault.error(500, body="Zebulon Quuxington", acts=True, times=2, skip=1),
    Fault.cut(after=True, times=3, skip=2),
    Fault.half_body(times=1, skip=3),
    Fault.html(times=1, skip=4),
    Fault.hang(times=1, skip=5),
)
GIVEN = ["Quuxelda", "Ybarraxo", "Zzedekiah", "Wolfhagen", "Xiphias"]


def pupils(count: int) -> list[dict[str, str]]:
    """Return people whose values appear nowhere else."""
    return [
        {
            "id": f"UIDZQ{number:04}",
            "first": f"{GIVEN[number % 5]}{number}",
            "last": f"O'Quuxley-{number}",
            "email": f"{GIVEN[number % 5]}.{number}@pupils.example".lower(),
            "username": f"zquux{number}",
            "password": f"hunter2-{number}",
            "birthday": f"{1950 + number % 70}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        }
        for number in range(count)
    ]


@pytest_asyncio.fixture
async def windows(tmp_path: Path) -> AsyncIterator[RedisWindows]:
    redis = RedisServer(tmp_path)
    redis.start()
    try:
        async with RedisWindows(redis.url, timeout=2, redis_is_new=True) as made:
            yield made
    finally:
        redis.kill()


@pytest_asyncio.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Close the clients also if the test fails."""
    async with AsyncExitStack() as made:
        yield made


def assert_none_shown(texts: Iterable[str], words: Iterable[object]) -> None:
    """Fail if a text holds one of ``words``, as a word of its own if it is a number."""
    lines = list(texts)
    assert_no_personal_data(*lines)
    everything = "\n".join(lines).casefold()
    shown = set()
    for word in {str(word).casefold() for word in words}:
        if word in everything and (
            not word.isdigit() or re.search(rf"(?<![\d.]){word}(?![\d.])", everything)
        ):
            shown.add(word)
    assert shown == set()


def values_of(rows: Iterable[Mapping[str, Any]], *public: str) -> list[object]:
    """Return the values of ``rows``, except of the fields that name no person."""
    return [value for row in rows for field, value in row.items() if field not in public]


async def failed(act: Any) -> None:
    """Await a call that may fail."""
    with suppress(LmsError):
        await act


def assert_all_was_reported(recorded: Recorded, lines: list[str]) -> None:
    """Fail unless each span, metric and event was there to be searched."""
    assert set(recorded.metrics()) >= {
        "http.client.request.duration",
        "lms.limit.wait.duration",
        "lms.request.retries",
        "lms.limit.refusals",
        "lms.bulk.rows",
    }
    ends = {one["lms.row.status"] for one, _ in recorded.points("lms.bulk.rows")}
    assert {"done", "rejected"} <= ends
    errors = {(span.attributes or {}).get("error.type") for span in recorded.spans}
    assert {"429", "500", "502", "503", "ResponseLost", "TimedOut"} <= errors
    logged = "\n".join(lines)
    assert "RequestSent(" in logged
    assert "RowsFinished(" in logged


@pytest.mark.sandbox(
    key=SECRETS["key"],
    secret=SECRETS["secret"],
    token=SECRETS["token"],
    token_secret=SECRETS["token_secret"],
)
async def test_schoology(
    schoology_sandbox: SchoologySandbox,
    recorded: Recorded,
    windows: RedisWindows,
    stack: AsyncExitStack,
    log_lines: list[str],
    tmp_path: Path,
) -> None:
    sandbox = schoology_sandbox
    sandbox.school = school = School.seeded(5, courses=2, sections=3)
    rows: list[dict[str, Any]] = [
        {
            "school_uid": one["id"],
            "name_first": one["first"],
            "name_last": one["last"],
            "primary_email": one["email"],
            "username": one["username"],
            "password": one["password"],
            "birthday_date": one["birthday"],
            "role_id": 1214,
        }
        for one in pupils(300)
    ]
    rows[7]["gender"] = "Quuxish"  # our own check rejects it
    rows[8]["primary_email"] = "no address of zebulon"
    rows[9]["school_uid"] = rows[10]["school_uid"]  # a duplicate
    window = windows.window(20, per=0.1, scope="school")
    clients = [
        Schoology(
            **{**SECRETS, **given},
            base_url=sandbox.base_url,
            limiter=window,
            retry=RETRIES,
            timeout=2,
            events=[recorded.telemetry.account("north")],
        )
        for given in ({}, {"secret": "SECRETzzz2-wrong"})
    ]
    client, refused = [await stack.enter_async_context(one) for one in clients]
    sandbox.faults.add(*FAULTS)
    with recorded.telemetry.job("nightly import"):
        for options in ({}, {"update_existing": True}, {}):
            journal = Journal(tmp_path / f"{len(options)}.db", job="rows", keep_reasons=True)
            await failed(client.users.create_many(rows, journal=journal, **options))
        sandbox.faults.clear()
        await failed(client.users.create_many(rows))  # all exist, so all are rejected
        found = await client.users.list(school_uids=[row["school_uid"] for row in rows])
        people = [user.uid for user in found]
        section = next(iter(school.sections))
        enrollments = [{"uid": uid, "section_id": section} for uid in people[:60]]
        await failed(client.enrollments.create_many(enrollments))
        sandbox.faults.add(Fault.redirect("/v1/users/zebulon", path=f"users/{people[0]}"))
        for act in (
            client.users.get(people[0]),
            client.users.get_by_school_uid(rows[1]["school_uid"]),
            client.users.update("zquux5", {"name_last": "Quuxington"}),
            client.search("Quuxington"),
            client.sections.get(section),
            client.request("GET", f"users/{people[1]}", query={"name": "Quuxington"}),
            client.users.delete_many(people[:5], keep_enrollments=True, notify=False),
            client.enrollments.redeem_access_code("SECRETzzz2", section_id=section),
            refused.users.get(people[2]),
        ):
            await failed(act)
    words = [*values_of(rows, "role_id"), *people]
    assert len(people) > 200
    assert_all_was_reported(recorded, log_lines)
    assert_none_shown([*recorded.texts(), *log_lines], words)
    assert_none_shown(recorded.texts(), [section, *school.sections])


@pytest.mark.sandbox(token=SECRETS["token"], v1_token=SECRETS["key"])
async def test_managebac(
    managebac_sandbox: ManageBacSandbox,
    recorded: Recorded,
    windows: RedisWindows,
    stack: AsyncExitStack,
    log_lines: list[str],
    tmp_path: Path,
) -> None:
    sandbox = managebac_sandbox
    school = fill(sandbox)
    rows: list[dict[str, Any]] = [
        {
            "student_id": one["id"],
            "first_name": one["first"],
            "last_name": one["last"],
            "email": one["email"],
            "birthday": one["birthday"],
        }
        for one in pupils(60)
    ]
    rows[7]["birthday"] = "1.2"  # our own check rejects it
    options: dict[str, Any] = {
        "limiter": windows.window(20, per=0.1, scope="host"),
        "retry": RETRIES,
        "timeout": 2,
        "events": [recorded.telemetry.account("south")],
    }
    client = ManageBac(SECRETS["token"], base_url=sandbox.base_url, **options)
    refused = ManageBac(
        ClientCredentials("KEYzzz1-wrong", SECRETS["secret"]), base_url=sandbox.base_url, **options
    )
    legacy = ManageBacV1("s", SECRETS["key"], base_url=sandbox.v1_base_url, **options)
    for one in (client, refused, legacy):
        await stack.enter_async_context(one)
    sandbox.faults.add(*FAULTS)
    people: list[Any] = []
    with recorded.telemetry.job("nightly import"):
        for number in range(2):
            journal = Journal(tmp_path / "rows.db", job="rows", keep_reasons=True)
            bulk = client.students.create_many(rows, journal=journal)
            people += [outcome.id async for outcome in bulk if outcome.id and not number]
        sandbox.faults.clear()
        await failed(client.students.create_many(rows[:20]))  # they exist, so they are rejected
        await failed(client.students.upsert_many(rows[20:30]))
        class_id, parent = next(iter(school.classes)), next(iter(school.parents))
        links = [{"parent_id": parent, "child_id": one, "relationship": "Aunt"} for one in people]
        for act in (
            client.students.get(people[0]),
            client.classes.list_students(class_id),
            client.classes.update_students(class_id, [{"id": people[1], "level": "Quuxington"}]),
            client.children.add_many(links[:5]),
            client.request("GET", f"students/{people[1]}", query={"q": "Quuxington"}),
            refused.students.list(),
            legacy.users.get("zquux5"),
            legacy.users.create({**rows[1], "type": "student", "password": "hunter2-1"}),
            legacy.users.list(),
        ):
            await failed(act)
    assert len(people) > 40
    assert_all_was_reported(recorded, log_lines)
    assert_none_shown([*recorded.texts(), *log_lines], [*values_of(rows), *people])
    assert_none_shown(recorded.texts(), [*school.classes, parent])
