"""Every operation of the vendor's User page, through the client and a real socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms_async import InvalidInput, NotFound, Status, Unauthorized
from lms_async.errors import BadRequest, Forbidden, UnexpectedResponse
from schoology_async import (
    AdvisorPair,
    ParentPair,
    Reactivation,
    Schoology,
    User,
    UserCreate,
    UserUpdate,
)
from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people


async def test_create(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    made = await schoology.users.create(
        UserCreate(
            school_uid="test123",
            name_first="John",
            name_last="Smith",
            primary_email="test123@myclass.com",
            role_id="2451",
            additional_buildings=("456",),
        )
    )
    kept = schoology_sandbox.school.by_school_uid("test123")
    assert kept is not None
    assert made.uid == made.id
    assert made.school_uid == "test123"
    assert made.additional_buildings == ("456",)
    assert schoology_sandbox.school.creates["test123"] == 1


async def test_rejected_create_raises(schoology: Schoology) -> None:
    await schoology.users.create(people(1)[0])
    with pytest.raises(BadRequest):
        await schoology.users.create(people(1)[0])


async def test_create_checks_before_sending(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await schoology.users.create({"school_uid": "1", "name_first": "A", "gender": "X"})
    assert set(refused.value.fields) == {"name_last", "role_id", "gender"}
    with pytest.raises(InvalidInput, match="username: is needed, or primary_email"):
        await schoology.users.create(
            UserCreate(school_uid="1", name_first="A", name_last="B", role_id=1)
        )
    assert len(schoology_sandbox.log) == 0


async def test_create_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    report = await schoology.users.create_many(people(120))
    report.raise_for_failures()
    assert report.counts == {Status.DONE: 120}
    assert schoology_sandbox.log.count("POST", "users") == 3
    assert set(schoology_sandbox.school.creates.values()) == {1}


async def test_create_many_reports_the_result_of_each_row(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    await schoology.users.create(people(1)[0])
    rows = [*people(3), {"school_uid": "x"}]
    ended = [outcome async for outcome in schoology.users.create_many(rows)]
    assert [outcome.status for outcome in ended] == ["rejected", "done", "done", "rejected"]
    taken = ended[0].error
    assert taken is not None
    assert taken.code.startswith("4")
    assert taken.message
    by_uid = schoology_sandbox.school.by_school_uid("S00001")
    assert by_uid is not None
    assert ended[1].id == by_uid.uid
    assert ended[3].error is not None
    assert ended[3].attempts == 0


@pytest.mark.parametrize("key", ["message", "error", "errors"])
async def test_create_many_reads_the_reason_under_any_key(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, key: str
) -> None:
    schoology_sandbox.quirks.error_key = key  # type: ignore[assignment]
    schoology_sandbox.quirks.single_as_object = True
    await schoology.users.create(people(1)[0])
    report = await schoology.users.create_many(people(1))
    assert report.rejected[0].error is not None
    assert report.rejected[0].error.message


async def test_create_many_update_existing(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    await schoology.users.create(people(1)[0])
    changed = [{**row, "name_last": "Changed"} for row in people(2)]
    report = await schoology.users.create_many(changed, update_existing=True)
    report.raise_for_failures()
    kept = schoology_sandbox.school.by_school_uid("S00000")
    assert kept is not None
    assert kept.name_last == "Changed"
    assert schoology_sandbox.log[-1].query["update_existing"] == "1"


async def test_create_many_email_conflicts(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    row = people(1)[0]
    schoology_sandbox.school.elsewhere[row["primary_email"]] = "ada"
    refused = await schoology.users.create_many([row])
    assert refused.counts == {Status.REJECTED: 1}
    report = await schoology.users.create_many([row], ignore_email_conflicts=True)
    report.raise_for_failures()
    assert schoology_sandbox.log[-1].query["ignore_email_conflicts"] == "1"
    other = people(1, start=7)[0]
    schoology_sandbox.school.elsewhere[other["primary_email"]] = "ada"
    report = await schoology.users.create_many([other], email_conflict_resolution="username")
    report.raise_for_failures()
    assert schoology_sandbox.log[-1].query["email_conflict_resolution"] == "1"
    kept = schoology_sandbox.school.by_school_uid(other["school_uid"])
    assert kept is not None
    assert (kept.username, kept.primary_email) == ("ada7", "")
    third = {**people(1, start=8)[0], "primary_email": "john@myclass.example"}
    schoology_sandbox.school.elsewhere["john@myclass.example"] = "john"
    report = await schoology.users.create_many([third], email_conflict_resolution="merge")
    report.raise_for_failures()
    assert schoology_sandbox.school.merged == ["john@myclass.example"]
    for wrong in (1, "other"):
        with pytest.raises(InvalidInput, match="username"):
            schoology.users.create_many([third], email_conflict_resolution=wrong)  # type: ignore[arg-type]


@pytest.mark.sandbox(school=School.seeded(300, seed=3))
async def test_list(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    everyone = await schoology.users.list()
    assert [user.uid for user in everyone] == list(schoology_sandbox.school.users)
    assert isinstance(everyone[0], User)
    role = everyone[-1].role_id
    assert role is not None
    of_role = await schoology.users.list(role_ids=[role])
    assert [u.uid for u in of_role] == [u.uid for u in everyone if u.role_id == role]
    wanted = [user.school_uid for user in everyone[50:80] if user.school_uid]
    found = await schoology.users.list(school_uids=wanted, parent_access_codes=True)
    assert {user.school_uid for user in found} == set(wanted)
    assert schoology_sandbox.log[-1].query["parent_access_codes"] == "1"
    await schoology.users.list(picture_size="sm")
    assert schoology_sandbox.log[-1].query["picture_size"] == "sm"
    nobody = await schoology.users.list(building_id=99)
    assert nobody == []


@pytest.mark.sandbox(school=School.seeded(150, seed=4))
async def test_list_requests_school_uids_fifty_at_a_time(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    everyone = [u.school_uid for u in schoology_sandbox.school.users.values() if u.school_uid]
    wanted = everyone[119::-1]  # the vendor lists in its own order, not the requested one
    found = await schoology.users.list(school_uids=[*wanted, *wanted[:60]], page_size=20)
    in_order = [*wanted[49::-1], *wanted[99:49:-1], *wanted[:99:-1]]
    assert [user.school_uid for user in found] == in_order
    filters = {seen.query["school_uids"] for seen in schoology_sandbox.log}
    assert sorted(len(one.split(",")) for one in filters) == [20, 50, 50]
    assert len(schoology_sandbox.log) > len(filters)  # each is read to its last page


async def test_user_found_by_two_ids_is_returned_once(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = schoology_sandbox.school.add(school_uid="S1", name_first="A", name_last="B")
    monkeypatch.setattr(schoology_sandbox.school, "by_school_uid", lambda uid: made)
    found = await schoology.users.list(school_uids=[f"S{n}" for n in range(51)])
    assert len(schoology_sandbox.log) == 2
    assert [user.uid for user in found] == [made.uid]


async def test_list_rejects_ids_with_a_comma(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput, match="comma"):
        schoology.users.list(school_uids=["a,b"])


async def test_get(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    made = await schoology.users.create({**people(1)[0], "name_first_preferred": "Adé"})
    assert made.uid is not None
    got = await schoology.users.get(made.uid)
    assert got.uid == made.uid
    assert got.name_first_preferred == "Adé"
    await schoology.users.get(made.uid, picture_size="tiny")
    assert schoology_sandbox.log[-1].query == {"picture_size": "tiny"}
    assert "password" not in got.extra
    with pytest.raises(NotFound):
        await schoology.users.get("424242")


@pytest.mark.parametrize("relative", [False, True])
async def test_me(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, relative: bool
) -> None:
    schoology_sandbox.quirks.relative_location = relative
    me = await schoology.users.me()
    assert me.uid == schoology_sandbox.school.api_uid
    assert [seen.status for seen in schoology_sandbox.log] == [303, 200]


@pytest.mark.parametrize("school_uid", ["S 1/2", "100%", "Zoë+1", "a?b#c"])
async def test_get_by_school_uid(schoology: Schoology, school_uid: str) -> None:
    made = await schoology.users.create({**people(1)[0], "school_uid": school_uid})
    got = await schoology.users.get_by_school_uid(school_uid)
    assert got.uid == made.uid
    with pytest.raises(NotFound):
        await schoology.users.get_by_school_uid("nobody")


async def test_update(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    made = await schoology.users.create(people(1)[0])
    assert made.uid is not None
    await schoology.users.update(made.uid, UserUpdate(name_last="Changed", gender="F"))
    kept = schoology_sandbox.school.users[made.uid]
    assert (kept.name_last, kept.gender, kept.name_first) == ("Changed", "F", "Ada")
    assert schoology_sandbox.log[-1].status == 204
    with pytest.raises(InvalidInput, match="nothing to change"):
        await schoology.users.update(made.uid, {})
    with pytest.raises(InvalidInput, match="id: differs"):
        await schoology.users.update(made.uid, {"id": "1", "name_last": "X"})
    with pytest.raises(NotFound):
        await schoology.users.update("424242", {"name_last": "X"})


async def test_update_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    made = await schoology.users.create_many(people(60))
    made.raise_for_failures()
    ids = [uid for uid, kept in schoology_sandbox.school.users.items() if kept.school_uid][-60:]
    changes = [{"id": uid, "position": "Pupil"} for uid in ids]
    ended = [
        outcome
        async for outcome in schoology.users.update_many(
            [*changes, {"id": "424242", "position": "x"}, {"position": "x"}]
        )
    ]
    assert [outcome.status for outcome in ended] == ["done"] * 60 + ["rejected"] * 2
    assert [outcome.id for outcome in ended[:60]] == ids
    assert all(schoology_sandbox.school.users[uid].position == "Pupil" for uid in ids)
    assert schoology_sandbox.log.count("PUT", "users") == 2


async def test_delete(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    made = await schoology.users.create(people(1)[0])
    assert made.uid is not None
    await schoology.users.delete(made.uid, keep_enrollments=True, notify=False, comment="moved")
    query = schoology_sandbox.log[-1].query
    assert query["option_keep_enrollments"] == "1"
    assert query["email_notification"] == "0"
    deletion = schoology_sandbox.school.deletes[-1]
    assert deletion.keep_enrollments
    assert not deletion.emailed
    assert deletion.comment == "moved"
    with pytest.raises(NotFound):
        await schoology.users.delete("424242", keep_enrollments=True, notify=False)


async def test_delete_sends_the_chosen_options_explicitly(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    made = await schoology.users.create(people(1)[0])
    assert made.uid is not None
    with pytest.raises(TypeError):
        await schoology.users.delete(made.uid)  # type: ignore[call-arg]
    await schoology.users.delete(made.uid, keep_enrollments=False, notify=True)
    query = schoology_sandbox.log[-1].query
    assert "option_keep_enrollments" not in query
    assert query["email_notification"] == "1"


@pytest.mark.parametrize("rows", [True, False])
async def test_delete_many(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, rows: bool
) -> None:
    schoology_sandbox.quirks.bulk_delete_rows = rows
    made = [outcome async for outcome in schoology.users.create_many(people(70))]
    uids = [outcome.id for outcome in made if outcome.id]
    report = await schoology.users.delete_many(uids, keep_enrollments=True, notify=False)
    report.raise_for_failures()
    assert report.counts == {Status.DONE: 70}
    assert not set(uids) & set(schoology_sandbox.school.users)
    assert not any(deletion.emailed for deletion in schoology_sandbox.school.deletes)
    assert all(deletion.keep_enrollments for deletion in schoology_sandbox.school.deletes)


async def test_delete_many_checks_its_ids(schoology: Schoology) -> None:
    report = await schoology.users.delete_many(["", "1,2"], keep_enrollments=True, notify=False)
    assert report.counts == {Status.REJECTED: 2}


@pytest.fixture
async def inactive(schoology: Schoology) -> list[str]:
    made = [outcome async for outcome in schoology.users.create_many(people(25))]
    uids = [outcome.id for outcome in made if outcome.id]
    await schoology.users.delete_many(uids, keep_enrollments=True, notify=False)
    return uids


async def test_list_inactive(schoology: Schoology, inactive: list[str]) -> None:
    listed = await schoology.users.list_inactive(page_size=10)
    assert {user.uid for user in listed} == set(inactive)
    assert len(listed) == 25
    assert isinstance(listed[0].inactive_timestamp, int)


async def test_get_inactive(schoology: Schoology, inactive: list[str]) -> None:
    got = await schoology.users.get_inactive(inactive[3])
    assert got.uid == inactive[3]
    assert got.synced is False
    with pytest.raises(NotFound):
        await schoology.users.get_inactive("424242")


async def test_reactivate_many(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, inactive: list[str]
) -> None:
    items = [Reactivation(uid=uid, option_reenroll=True) for uid in inactive]
    ended = [
        outcome async for outcome in schoology.users.reactivate_many([*items, {"uid": "424242"}])
    ]
    assert [outcome.status for outcome in ended] == ["done"] * 25 + ["rejected"]
    assert [outcome.id for outcome in ended[:25]] == inactive
    assert set(inactive) <= set(schoology_sandbox.school.users)


async def test_import_advisors(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    await schoology.users.create_many(people(3))
    report = await schoology.users.import_advisors(
        [
            AdvisorPair(student_school_uid="S00000", advisor_school_uid="S00001"),
            {"student_school_uid": "S00002", "advisor_school_uid": "S00001"},
            {"student_school_uid": "S00002"},
            {"student_school_uid": "nobody", "advisor_school_uid": "S00001"},
        ]
    )
    assert report.counts == {Status.DONE: 2, Status.REJECTED: 2}
    assert len(schoology_sandbox.school.advisors) == 2
    undone = await schoology.users.import_advisors(
        [{"student_school_uid": "S00000", "advisor_school_uid": "S00001", "delete": True}]
    )
    undone.raise_for_failures()
    assert len(schoology_sandbox.school.advisors) == 1


@pytest.mark.parametrize("key", ["advisor_uid", "parent_uid"])
async def test_import_parents(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, key: str
) -> None:
    schoology_sandbox.quirks.parent_uid_key = key  # type: ignore[assignment]
    made = [outcome async for outcome in schoology.users.create_many(people(3))]
    ended = [
        outcome
        async for outcome in schoology.users.import_parents(
            [ParentPair(student_school_uid="S00000", parent_school_uid="S00001")]
        )
    ]
    assert [(outcome.status, outcome.id) for outcome in ended] == [("done", made[0].id)]
    assert len(schoology_sandbox.school.parents) == 1


async def test_languages(schoology: Schoology) -> None:
    languages = await schoology.users.languages()
    assert ("en", "English") in [(one.language_code, one.language_name) for one in languages]


async def test_app_user_info(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    info = await schoology.app_user_info()
    assert info.api_uid == schoology_sandbox.school.api_uid
    assert isinstance(info.web_session_timestamp, int)


@pytest.mark.parametrize("signature", ["HMAC-SHA1", "PLAINTEXT"])
@pytest.mark.parametrize("legs", [2, 3])
async def test_every_signature_method_is_accepted(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    signature: str,
    legs: int,
) -> None:
    token = (
        {"token": schoology_sandbox.token, "token_secret": schoology_sandbox.token_secret}
        if legs == 3
        else {}
    )
    client = connect(signature=signature, **token)
    assert (await client.app_user_info()).api_uid
    wrong = connect(signature=signature, **{**token, "secret": "wrong"})
    with pytest.raises(Unauthorized, match="personal API key"):
        await wrong.app_user_info()
    assert wrong.users is not None


async def test_error_explains_personal_keys(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.personal_key = True
    with pytest.raises(Unauthorized, match="June 2025"):
        await schoology.users.list()


async def test_missing_permission_raises_forbidden(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.forbidden.add("users")
    with pytest.raises(Forbidden):
        await schoology.users.list()


async def test_wrong_object_with_200_raises(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school.school_id
    answer = await schoology.request("GET", f"schools/{school}/users")
    assert answer.status == 200  # for an unknown path, the vendor returns the school itself
    from lms_async.http.call import Call

    with pytest.raises(UnexpectedResponse, match="no 'user'"):
        await schoology._transport.send(
            Call("GET", f"schools/{school}/users", returns=list[User], envelope_key="user")
        )


async def test_request_reaches_unwrapped_endpoints(schoology: Schoology) -> None:
    answer = await schoology.request("GET", "users/languages", query={"start": 0})
    assert answer.status == 200
    assert b"language_code" in answer.body
    for path in ("/users", "https://evil.example/", "users?x=1", "a/../b"):
        with pytest.raises(InvalidInput):
            await schoology.request("GET", path)


async def test_list_can_be_read_in_three_ways(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    await schoology.users.create_many(people(95))
    everyone = schoology.users.list(page_size=40)
    awaited = await everyone
    streamed = [user async for user in everyone]
    paged = [user async for page in everyone.pages() for user in page]
    assert len(awaited) == len(schoology_sandbox.school.users)
    assert [u.uid for u in awaited] == [u.uid for u in streamed] == [u.uid for u in paged]
