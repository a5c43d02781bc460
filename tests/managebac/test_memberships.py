"""Every operation of the vendor's Memberships page, through the client and a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lms_async import BadRequest, InvalidInput, NotFound, RateLimited, Status, Unauthorized, Window
from lms_async.events import Event, Refused
from manabac_async import (
    ClientCredentials,
    ManageBac,
    QueryToken,
    StudentPlace,
    TeacherPlace,
)
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK


def school() -> School:
    return School.seeded(students=300, teachers=20, classes=12, seed=1, members=25)


@pytest.fixture(autouse=True)
def filled(managebac_sandbox: ManageBacSandbox) -> None:
    managebac_sandbox.school = school()


def connect(sandbox: ManageBacSandbox, token: Any, **options: Any) -> ManageBac:
    given = {"base_url": sandbox.base_url, "retry": QUICK, "limiter": Window(1000, per=0.01)}
    return ManageBac(token, **{**given, **options})


async def test_list_students(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    class_id = next(iter(managebac_sandbox.school.classes))
    for student_id in list(managebac_sandbox.school.students)[:250]:
        managebac_sandbox.school.enrol(class_id, student_id)
    listed = await managebac.classes.list_students(class_id)
    members = managebac_sandbox.school.members(class_id)
    assert {student.id: student.level for student in listed} == {
        str(known): level for known, level in members.items()
    }
    # several pages, although the vendor does not document pages for this list
    assert len(listed) >= 250
    with pytest.raises(NotFound, match="classes/424242/students"):
        await managebac.classes.list_students(424242)


async def test_update_students(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    new = [known for known in kept.students if known not in kept.members(class_id)][:120]
    rows: list[Any] = [StudentPlace(id=known, level="HL") for known in new]
    rows[3] = {"id": str(new[3]), "level": "XL"}
    rows[4] = {"id": 424242}
    rows.append({"id": new[0], "level": "SL"})
    rows.append({"id": "one"})
    ended = [outcome async for outcome in managebac.classes.update_students(class_id, rows)]
    assert [outcome.index for outcome in ended] == list(range(122))
    refused = {o.index: o for o in ended if o.status is Status.REJECTED}
    assert set(refused) == {3, 4, 120, 121}
    assert all(outcome.error is not None for outcome in refused.values())
    codes = {index: o.error.code for index, o in refused.items() if o.error}
    assert codes == {3: "unprocessable_entity", 4: "not_found", 120: "duplicate", 121: "invalid"}
    assert refused[3].error is not None
    assert refused[3].error.fields == {"level": "is not included in the list"}
    assert refused[4].error is not None
    assert set(refused[4].error.fields) == {"id"}
    assert refused[120].error is not None
    assert "rows 0 and 120" in refused[120].error.message
    assert kept.members(class_id)[new[0]] == "HL"
    assert managebac_sandbox.log.count("PATCH") == 2  # one hundred per request


async def test_update_students_with_another_batch_size(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    class_id = next(iter(managebac_sandbox.school.classes))
    rows = [{"id": known} for known in list(managebac_sandbox.school.students)[:30]]
    report = await managebac.classes.update_students(class_id, rows, chunk=7)
    report.raise_for_failures()
    assert managebac_sandbox.log.count("PATCH") == 5
    with pytest.raises(InvalidInput):
        managebac.classes.update_students(class_id, rows, chunk=0)


async def test_update_students_of_a_missing_class_rejects_its_rows(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    known = next(iter(managebac_sandbox.school.students))
    report = await managebac.classes.update_students(424242, [{"id": known}])
    assert report.counts == {Status.REJECTED: 1}
    assert report.rejected[0].error is not None
    assert report.rejected[0].error.code == "404"
    assert "classes/424242/students" in report.rejected[0].error.message


async def test_add_and_remove_students(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    new = [known for known in kept.students if known not in kept.members(class_id)][:3]
    await managebac.classes.add_students(class_id, new)
    assert set(new) <= set(kept.members(class_id))
    await managebac.classes.remove_students(class_id, [str(known) for known in new[:2]])
    assert not set(new[:2]) & set(kept.members(class_id))
    assert new[2] in kept.members(class_id)
    for wrong in ([], ["x"], [""], ["1,2"], [-1]):
        with pytest.raises(InvalidInput):
            await managebac.classes.remove_students(class_id, wrong)
    with pytest.raises(NotFound):
        await managebac.classes.add_students(424242, new)


async def test_list_teachers(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    class_id = next(iter(managebac_sandbox.school.classes))
    listed = await managebac.classes.list_teachers(class_id)
    assert {teacher.id: teacher.show_on_reports for teacher in listed} == {
        str(known): shown
        for known, shown in managebac_sandbox.school.class_teachers(class_id).items()
    }
    assert listed[0].teacher_archived is False


async def test_set_teachers(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    wanted = list(kept.teachers)[3:6]
    report = await managebac.classes.set_teachers(
        class_id,
        [
            TeacherPlace(id=wanted[0], show_on_reports=False),
            {"id": wanted[1]},
            {"id": 424242},
            {"id": str(wanted[2]), "show_on_reports": True},
        ],
    )
    assert report.counts == {"done": 3, "rejected": 1}
    (refused,) = report.rejected
    assert refused.index == 2
    assert refused.error is not None
    assert refused.error.code == "not_found"
    assert set(kept.class_teachers(class_id)) == set(wanted)
    assert managebac_sandbox.log.count("PUT") == 1


async def test_set_teachers_with_invalid_rows_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    before = kept.class_teachers(class_id)
    one = next(iter(kept.teachers))
    for rows, words in [
        ([], "allow_empty"),
        ([{"id": one}, {"id": "x"}], "row 1"),
        ([{"id": one}, {"id": one}], "rows 0 and 1"),
    ]:
        with pytest.raises(InvalidInput, match=words):
            await managebac.classes.set_teachers(class_id, rows)
    assert kept.class_teachers(class_id) == before
    assert len(managebac_sandbox.log) == 0
    assert (await managebac.classes.set_teachers(class_id, [], allow_empty=True)).counts == {}
    assert kept.class_teachers(class_id) == {}


async def test_remove_teachers(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    gone = list(kept.class_teachers(class_id))
    await managebac.classes.remove_teachers(class_id, gone)
    assert kept.class_teachers(class_id) == {}
    assert managebac_sandbox.log[-1].method == "DELETE"


@pytest.mark.sandbox(short_pages=True)
async def test_memberships_list(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    kept = managebac_sandbox.school
    everything = await managebac.memberships.list(per_page=40)
    live = kept.ledger.live
    assert {row.id for row in everything} == {str(known) for known in live}
    assert len(everything) == len(live)
    assert {row.level for row in everything} <= {"SL", "HL", None}
    classes = list(kept.classes)[:2]
    some = await managebac.memberships.list(class_ids=classes)
    assert {row.class_id for row in some} == {str(known) for known in classes}
    user = next(iter(kept.members(classes[0])))
    of_user = await managebac.memberships.list(user_ids=[user, "424242"])
    assert {row.user_id for row in of_user} == {str(user)}
    assert managebac_sandbox.log[-1].query.getall("user_ids[]") == [str(user), "424242"]
    nobody = await managebac.memberships.list(class_happens_on=date(1999, 1, 1))
    assert len(nobody) < len(everything)


async def test_memberships_of_students_and_of_active_classes_and_users(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    student = next(iter(kept.members(next(iter(kept.classes)))))
    found = await managebac.memberships.list(student_ids=[student])
    assert found
    assert {row.user_id for row in found} == {str(student)}
    assert managebac_sandbox.log[-1].query.getall("student_ids[]") == [str(student)]
    await managebac.memberships.list(classes="active", users="active")
    sent = managebac_sandbox.log[-1].query
    assert (sent.getall("classes"), sent.getall("users")) == (["active"], ["active"])
    with pytest.raises(InvalidInput, match="class_ids must have at least one id"):
        managebac.memberships.list(class_ids=[])  # the vendor would return everything


async def test_changed_and_deleted_memberships_take_two_calls(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    gone, new = list(kept.members(class_id))[:2], list(kept.students)[-2:]
    since = datetime.now(UTC) - timedelta(seconds=5)
    await managebac.classes.remove_students(class_id, gone)
    await managebac.classes.add_students(class_id, new)
    changed = await managebac.memberships.list(modified_since=since)
    deleted = await managebac.memberships.list(deleted_since=since)
    assert {row.user_id for row in changed} == {str(known) for known in new}
    assert {row.user_id for row in deleted} == {str(known) for known in gone}
    with pytest.raises(InvalidInput, match="time zone.*UTC"):
        managebac.memberships.list(modified_since=datetime(2026, 1, 1))


async def test_memberships_update_many(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    classes, students = list(kept.classes), list(kept.students)
    rows = [
        {"class_id": classes[n % 12], "student_id": students[n], "level": "SL"} for n in range(240)
    ]
    ended = [o async for o in managebac.memberships.update_many([*rows, rows[5], {"class_id": 1}])]
    assert [outcome.index for outcome in ended] == list(range(242))
    assert {outcome.status for outcome in ended[:240]} == {Status.DONE}
    assert [outcome.status for outcome in ended[240:]] == ["rejected", "rejected"]
    for row in rows:
        assert kept.members(row["class_id"])[row["student_id"]] == "SL"
    assert managebac_sandbox.log.count("PATCH") == 12


async def test_student_memberships(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    kept = managebac_sandbox.school
    class_id = next(iter(kept.classes))
    student = next(iter(kept.members(class_id)))
    found = await managebac.students.memberships(student)
    assert str(class_id) in {one.id for one in found.classes}
    assert found.year_groups
    archived = await managebac.students.memberships(student, archived=True)
    assert archived.classes == []
    with pytest.raises(NotFound):
        await managebac.students.memberships(424242)


@pytest.mark.parametrize("version", ["v2", "v2p0", "v2p1", "v2p2", "v2p3"])
async def test_each_version_uses_its_path(
    managebac_sandbox: ManageBacSandbox, version: str
) -> None:
    async with connect(managebac_sandbox, managebac_sandbox.token, version=version) as client:
        await client.memberships.list()
    assert set(managebac_sandbox.versions_used) == {version}


async def test_every_kind_of_credentials_is_accepted(managebac_sandbox: ManageBacSandbox) -> None:
    credentials = ClientCredentials(managebac_sandbox.client_id, managebac_sandbox.client_secret)
    for token in (
        managebac_sandbox.token,
        QueryToken(managebac_sandbox.token),
        credentials,
    ):
        async with connect(managebac_sandbox, token) as client:
            await client.memberships.list()
    carried = ["auth_token" in seen.query for seen in managebac_sandbox.log]
    # four pages, and for OAuth one request for the token
    assert carried == [False] * 4 + [True] * 4 + [False] * 5


async def test_unauthorized_hint_covers_wrong_token_and_missing_permission(
    managebac_sandbox: ManageBacSandbox,
) -> None:
    managebac_sandbox.grant("narrow", {"memberships/index"})
    for token in ("wrong", "narrow"):
        async with connect(managebac_sandbox, token) as client:
            with pytest.raises(Unauthorized, match="GET auth/permissions"):
                await client.classes.list_students(1)
    wrong = ClientCredentials(managebac_sandbox.client_id, "wrong")
    async with connect(managebac_sandbox, wrong) as client:
        with pytest.raises(Unauthorized, match="oauth/token"):
            await client.memberships.list()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"region": "mars"}, "com, cn, us1, us2, uat"),
        ({"version": "v3"}, "v2, v2p0, v2p1, v2p2, v2p3"),
        ({"token": ""}, "token"),
        ({"base_url": "http://api.managebac.com/"}, "http://"),
    ],
)
def test_unknown_option_lists_the_known_ones(given: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        ManageBac(**{"token": "t", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("region", ["com", "cn", "us1", "us2", "uat"])
def test_each_region_has_a_host(region: str) -> None:
    assert ManageBac("t", region=region)._transport.vendor.base_url.endswith("/v2/")


@pytest.mark.sandbox(latency=(0.01, 0.005))
async def test_one_token_renewal_serves_all_callers(managebac_sandbox: ManageBacSandbox) -> None:
    managebac_sandbox.expires_in = 100
    credentials = ClientCredentials(managebac_sandbox.client_id, managebac_sandbox.client_secret)
    async with connect(managebac_sandbox, credentials) as client:
        await asyncio.gather(*(client.memberships.list(class_ids=[n]) for n in range(50)))
        assert managebac_sandbox.token_requests == 1
        # A token with such a short lifetime is renewed after nine tenths of its lifetime.
        bearer = client._transport.vendor.credentials  # type: ignore[attr-defined]
        now = asyncio.get_running_loop().time()
        assert now + 85 < bearer._renew_at < now + 90
        bearer._renew_at = now
        managebac_sandbox.clock.turn(95)
        await asyncio.gather(*(client.memberships.list(class_ids=[n]) for n in range(50)))
        assert managebac_sandbox.token_requests == 2
    asked = [seen.status for seen in managebac_sandbox.log]
    assert asked == [200] * 102


@pytest.mark.sandbox(latency=(0.02, 0.0))
async def test_cancelled_caller_does_not_cancel_the_token_for_others(
    managebac_sandbox: ManageBacSandbox,
) -> None:
    credentials = ClientCredentials(managebac_sandbox.client_id, managebac_sandbox.client_secret)
    async with connect(managebac_sandbox, credentials) as client:
        tasks = [asyncio.ensure_future(_list(client)) for _ in range(5)]
        await asyncio.sleep(0.01)
        tasks[0].cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError)
        assert all(isinstance(one, list) for one in ended[1:])
    assert managebac_sandbox.token_requests == 1


async def _list(client: ManageBac) -> list[Any]:
    return await client.memberships.list()


async def test_client_waits_until_the_rate_limit_resets(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, events: list[Event]
) -> None:
    managebac_sandbox.faults.add(managebac_sandbox.refuse(0.5))
    await managebac.memberships.list()
    (refused,) = [event for event in events if isinstance(event, Refused)]
    assert 0.0 <= refused.seconds <= 2.0
    managebac_sandbox.faults.add(managebac_sandbox.refuse(3600))
    with pytest.raises(RateLimited) as raised:
        await managebac.memberships.list()
    assert 3590 <= raised.value.retry_after <= 3602


async def test_request_reaches_unwrapped_endpoints(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    answer = await managebac.request("GET", "auth/permissions")
    assert b"permissions" in answer.body
    class_id = next(iter(managebac_sandbox.school.classes))
    with pytest.raises(BadRequest, match="Invalid payload data"):
        await managebac.request("PATCH", f"classes/{class_id}/students", body={"wrong": 1})


@pytest.mark.sandbox(limit=(50, 1.0), latency=(0.05, 0.0))
async def test_thousands_of_members_are_updated_within_the_rate_limit(
    managebac_sandbox: ManageBacSandbox, record_property: Callable[[str, object], None]
) -> None:
    """Update 120 classes of 25 students under the vendor's documented limit.

    There is no 429, every row has a result, and the school equals the input. The benchmark
    measures the time; this test does not check it.
    """
    kept = managebac_sandbox.school = School.seeded(students=3000, classes=120, seed=1)
    classes, students = list(kept.classes), list(kept.students)
    rows = [
        {"class_id": classes[n % 120], "student_id": students[n], "level": ("SL", "HL")[n % 2]}
        for n in range(3000)
    ]
    async with ManageBac(managebac_sandbox.token, base_url=managebac_sandbox.base_url) as client:
        started = asyncio.get_running_loop().time()
        report = await client.memberships.update_many(rows)
        seconds = asyncio.get_running_loop().time() - started
    report.raise_for_failures()
    assert report.counts == {Status.DONE: 3000}
    assert managebac_sandbox.refusals == 0
    assert managebac_sandbox.log.count("PATCH") == 120
    for row in rows:
        assert kept.members(row["class_id"])[row["student_id"]] == row["level"]
    record_property("seconds", seconds)
    print(f"120 requests at 50/s: {seconds:.2f} s, the least is {120 / 50:.2f} s")
