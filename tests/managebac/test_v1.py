"""Every operation of the vendor's v1 page, through the client and a real socket."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import BadRequest, InvalidInput, NotFound, Status, Unauthorized, UnexpectedResponse
from manabac_async import ManageBacV1, UserV1Create, UserV1Update
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK


@pytest.fixture(autouse=True)
def filled(managebac_sandbox: ManageBacSandbox) -> None:
    managebac_sandbox.school = School.seeded(
        students=30, teachers=5, classes=4, parents=10, members=6, seed=1
    )


def people(count: int) -> list[dict[str, Any]]:
    return [
        {
            "type": "student",
            "first_name": "Chloe",
            "last_name": f"Epelbaum-{number}",
            "email": f"chloe{number}@eduvo.example",
            "student_id": f"#{number}",
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("created", [200, 201])
async def test_create(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox, created: int
) -> None:
    managebac_sandbox.quirks.v1_created = created  # type: ignore[assignment]
    known = await managebac_v1.users.create(
        UserV1Create(
            type="Student",
            first_name="Peter",
            last_name="Mcqueen",
            email="peter@eduvo.example",
            student_id="#12345890",
            birthday=date(1999, 3, 17),
            welcome_email="No",
        )
    )
    kept = managebac_sandbox.school.by_email("peter@eduvo.example")
    assert kept is not None
    assert known == str(kept.id)
    with pytest.raises(BadRequest, match="already been taken"):
        await managebac_v1.users.create(
            {**people(1)[0], "email": "peter@eduvo.example", "type": "parent"}
        )


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"student_id": ""}, {"student_id"}),
        ({"email": ""}, {"email"}),
        ({"email": "chloe"}, {"email"}),
        ({"first_name": " "}, {"first_name"}),
        ({"birthday": "1999-02-31"}, {"birthday"}),
        ({"welcome_email": "maybe"}, {"welcome_email"}),
        ({"first_names": "Ada"}, {"first_names"}),
    ],
)
async def test_create_checks_before_sending(
    managebac_v1: ManageBacV1,
    managebac_sandbox: ManageBacSandbox,
    change: dict[str, str],
    fields: set[str],
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await managebac_v1.users.create({**people(1)[0], **change})
    assert set(refused.value.fields) == fields
    assert len(managebac_sandbox.log) == 0


async def test_create_many(managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox) -> None:
    rows = people(40)
    rows[7] = {**rows[7], "email": rows[3]["email"].upper()}
    rows[9] = {**rows[9], "student_id": ""}
    await managebac_v1.users.create(rows[20])
    ended = [outcome async for outcome in managebac_v1.users.create_many(rows)]
    assert [outcome.index for outcome in ended] == list(range(40))
    refused = {o.index: o.error for o in ended if o.status is Status.REJECTED}
    assert {index: error.code for index, error in refused.items() if error} == {
        7: "duplicate",
        9: "invalid",
        20: "400",
    }
    taken = refused[20]
    assert taken is not None
    assert "Email has already been taken" in taken.message
    kept = managebac_sandbox.school
    for outcome in ended:
        if outcome.status is Status.DONE:
            person = kept.by_email(outcome.item["email"])
            assert person is not None
            assert outcome.id == str(person.id)
    assert managebac_sandbox.log.count("POST", "api/users") == 39


@pytest.mark.parametrize("dates", ["iso", "dotted"])
@pytest.mark.parametrize("id_lists", ["list", "comma"])
async def test_list(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox, dates: str, id_lists: str
) -> None:
    managebac_sandbox.quirks.v1_dates = dates  # type: ignore[assignment]
    managebac_sandbox.quirks.v1_id_lists = id_lists  # type: ignore[assignment]
    everyone = await managebac_v1.users.list()
    kept = managebac_sandbox.school
    assert len(everyone) == 45
    students = await managebac_v1.users.list("student")
    assert {user.id for user in students} == {str(known) for known in kept.students}
    assert {user.type for user in students} == {"student"}
    assert all(isinstance(user.birthday, date) for user in students)
    parents = await managebac_v1.users.list("parent")
    assert {user.type for user in parents} == {"parent"}
    assert all(
        known in kept.students for user in parents for known in map(int, user.child_ids or ())
    )
    assert any(user.child_ids for user in parents)
    assert len(await managebac_v1.users.list("advisor")) == 5


async def test_get(managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox) -> None:
    known = next(iter(managebac_sandbox.school.students))
    got = await managebac_v1.users.get(known)
    assert got.id == str(known)
    assert got.type == "student"
    with pytest.raises(NotFound):
        await managebac_v1.users.get(424242)


async def test_update(managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox) -> None:
    known = next(iter(managebac_sandbox.school.students))
    await managebac_v1.users.update(known, UserV1Update(first_name="Zoë", city=""))
    assert (await managebac_v1.users.get(known)).first_name == "Zoë"
    with pytest.raises(InvalidInput, match="nothing to change"):
        await managebac_v1.users.update(known, {})
    with pytest.raises(InvalidInput, match="id: differs"):
        await managebac_v1.users.update(known, {"id": 1, "first_name": "X"})


async def test_update_many(managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox) -> None:
    ids = list(managebac_sandbox.school.students)[:12]
    changes = [{"id": known, "nickname": "Zo"} for known in ids]
    ended = [
        outcome
        async for outcome in managebac_v1.users.update_many(
            [*changes, {"nickname": "x"}, {"id": 424242, "nickname": "x"}]
        )
    ]
    assert [outcome.status for outcome in ended] == ["done"] * 12 + ["rejected"] * 2
    assert [outcome.id for outcome in ended[:12]] == [str(known) for known in ids]
    assert all(managebac_sandbox.school.updates[known] == 1 for known in ids)


async def test_ib_groups_list(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox
) -> None:
    groups = await managebac_v1.ib_groups.list()
    assert {group.id for group in groups} == {
        str(known) for known in managebac_sandbox.school.ib_groups
    }


async def test_classes_list(managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox) -> None:
    classes = await managebac_v1.classes.list()
    assert {one.id for one in classes} == {str(known) for known in managebac_sandbox.school.classes}


@pytest.mark.parametrize("of", ["ib_groups", "classes"])
async def test_members(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox, of: str
) -> None:
    group = next(iter(getattr(managebac_sandbox.school, of)))
    members = await managebac_v1.groups.members(group)
    assert members
    with pytest.raises(NotFound, match="groups/424242/members"):
        await managebac_v1.groups.members(424242)


@pytest.mark.parametrize("of", ["ib_groups", "classes"])
async def test_add_members_and_remove_members(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox, of: str
) -> None:
    group = next(iter(getattr(managebac_sandbox.school, of)))
    inside = {user.id for user in await managebac_v1.groups.members(group)}
    new = [known for known in managebac_sandbox.school.students if str(known) not in inside][:2]
    await managebac_v1.groups.add_members(group, new)
    now = {user.id for user in await managebac_v1.groups.members(group)}
    assert {str(known) for known in new} <= now
    await managebac_v1.groups.remove_members(group, new)
    after = {user.id for user in await managebac_v1.groups.members(group)}
    assert not {str(known) for known in new} & after
    with pytest.raises(BadRequest, match="Student not found"):
        await managebac_v1.groups.add_members(group, [424242])
    with pytest.raises(InvalidInput):
        await managebac_v1.groups.remove_members(group, [])


async def test_token_works_without_its_header(
    managebac_v1: ManageBacV1, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.quirks.v1_header = False
    await managebac_v1.users.create(people(1)[0])


async def test_wrong_token_raises_and_is_not_shown(managebac_sandbox: ManageBacSandbox) -> None:
    async with ManageBacV1(
        "s", "wr0ng-t0ken", base_url=managebac_sandbox.v1_base_url, retry=QUICK
    ) as client:
        with pytest.raises(Unauthorized) as raised:
            await client.users.list()
    assert "wr0ng-t0ken" not in str(raised.value) + repr(raised.value) + repr(client)


@pytest.mark.parametrize("school", ["", "my.school", "evil.example/", "a b"])
def test_school_must_be_a_subdomain(school: str) -> None:
    with pytest.raises(InvalidInput, match="subdomain"):
        ManageBacV1(school, "t")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"user": {"id": 7}}, "7"),
        ({"users": {"id": 7}}, "7"),
        ({"users": [{"id": 7}]}, "7"),
        ({"members": []}, None),
    ],
)
async def test_user_is_read_from_either_envelope(
    body: dict[str, Any], expected: str | None
) -> None:

    async def serve(request: web.Request) -> web.Response:
        return web.json_response(body)

    app = web.Application()
    app.router.add_get("/api/users/7", serve)
    async with (
        TestServer(app) as server,
        ManageBacV1("s", "t", base_url=str(server.make_url("/api/"))) as client,
    ):
        if expected is None:
            with pytest.raises(UnexpectedResponse):
                await client.users.get(7)
        else:
            assert (await client.users.get(7)).id == expected


@pytest.mark.parametrize("token_in", ["header", "basic"])
async def test_token_stays_out_of_urls(
    managebac_sandbox: ManageBacSandbox, token_in: Literal["header", "basic"]
) -> None:
    if token_in == "basic":
        managebac_sandbox.quirks.v1_header = False  # like a proxy that drops the header
    base_url = managebac_sandbox.v1_base_url
    token = managebac_sandbox.v1_token
    async with ManageBacV1("s", token, base_url=base_url, token_in=token_in) as client:
        assert len(await client.users.list()) > 0
        report = await client.users.create_many(people(3))
    report.raise_for_failures()
    assert len(managebac_sandbox.log) >= 4
    assert not any(seen.query for seen in managebac_sandbox.log)


@pytest.mark.parametrize("place", ["user", "password"])
async def test_basic_works_wherever_the_server_looks_for_the_token(
    managebac_sandbox: ManageBacSandbox, place: Literal["user", "password"]
) -> None:
    managebac_sandbox.quirks.v1_basic = place
    given = {
        "MANAGEBAC_V1_SCHOOL": "s",
        "MANAGEBAC_V1_TOKEN": managebac_sandbox.v1_token,
        "MANAGEBAC_V1_BASE_URL": managebac_sandbox.v1_base_url,
        "MANAGEBAC_V1_TOKEN_IN": "basic",
    }
    async with ManageBacV1.from_env(given) as client:
        assert len(await client.users.list()) > 0
    with pytest.raises(InvalidInput, match="token_in must be query, header or basic"):
        ManageBacV1.from_env(given | {"MANAGEBAC_V1_TOKEN_IN": "cookie"})
    with pytest.raises(InvalidInput, match="colon"):
        ManageBacV1.from_env(given | {"MANAGEBAC_V1_TOKEN": "a:b"})


@pytest.mark.parametrize("token_in", ["query", "header", "basic"])
async def test_rejected_row_does_not_show_the_token(
    token_in: Literal["query", "header", "basic"],
) -> None:
    async def reject(request: web.Request) -> web.Response:
        sent = {
            "query": request.query.get("auth_token"),
            "header": request.headers.get("auth_token"),
            "basic": request.headers.get("Authorization", "").removeprefix("Basic "),
        }
        errors = f"no, {sent[token_in]}"
        return web.json_response({"status": "Error", "errors": errors}, status=400)

    app = web.Application()
    app.router.add_post("/api/users", reject)
    async with (
        TestServer(app) as server,
        ManageBacV1(
            "s", "t0ken-zzz", base_url=str(server.make_url("/api/")), token_in=token_in
        ) as client,
    ):
        report = await client.users.create_many(people(1))
    assert report.rejected[0].error is not None
    assert report.rejected[0].error.message == "no, ..."
