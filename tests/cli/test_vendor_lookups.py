"""Before a row is sent, names become ids, and the file is compared with what the vendor has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs
import pytest

from lms_async import Guard
from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import KindOptions, Reference, Row, every_row
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import TARGET, Import, environment_of, file_of, row

HEADER = "school_uid,name_first,name_last,role_id,primary_email"
PEOPLE = TARGET.kinds[0]


async def find_roles(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    roles = await client.roles.list()
    return {
        cell: [
            role.id
            for role in roles
            if role.id and cell.casefold() in {role.id, (role.title or "").casefold()}
        ]
        for cell in cells
    }


async def role_titles(client: Schoology) -> Sequence[str]:
    return [role.title or "" for role in await client.roles.list()]


async def find_users(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    users = await client.users.list(school_uids=list(cells))
    return {cell: [u.id for u in users if u.id and u.school_uid == cell] for cell in cells}


async def read_people(client: Schoology, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    async for user in client.users.list(school_uids=[key[0] for key in keys]):
        yield {name: str(getattr(user, name) or "") for name in (*HEADER.split(","), "id")}


async def count_people(client: Schoology) -> int:
    return len(await client.users.list())


ROLES = Reference(noun="roles", find=find_roles, known=role_titles)
NAMED = attrs.evolve(PEOPLE, references={"role_id": ROLES}, read_existing=read_people)


def remove(client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Any) -> Any:
    assert options.guard is not None
    return client.users.delete_many(
        (row["id"] for row in rows),
        keep_enrollments=bool(options.keep_enrollments),
        notify=bool(options.notify),
        guard=options.guard,
        journal=journal,
    )


LEAVERS = attrs.evolve(
    PEOPLE,
    name="deactivate",
    noun="people",
    fields={"school_uid": "the school's own id"},
    required=(("school_uid",),),
    references={
        "school_uid": Reference(noun="people", find=find_users, becomes="id", several=False)
    },
    check_row=lambda row: None,
    options=("keep_enrollments", "notify"),
    asks=("keep_enrollments", "notify"),
    removes=every_row,
    count_existing=count_people,
    bulk=remove,
)
KEEP = KindOptions(keep_enrollments=True, notify=False)


def named(count: int, word: str = "student") -> str:
    rows = [row(number).replace("1214", word) for number in range(1, count + 1)]
    return "\n".join([HEADER, *rows]) + "\n"


def writes(sandbox: SchoologySandbox) -> int:
    return sum(seen.method != "GET" for seen in sandbox.log)


# ---- names of the vendor's records


async def test_names_become_ids_before_the_rows_are_checked(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(named(3, "STUDENT"), kind=NAMED)
    assert ran.code == Exit.DONE, ran.err
    async with TARGET.connect(
        environment_of(schoology_sandbox), limiter=None, events=()
    ) as schoology:
        users = await schoology.users.list(school_uids=["S00001", "S00002", "S00003"])
        (title,) = {(await schoology.roles.get(user.role_id)).title for user in users}
    assert title == "Student"


async def test_unknown_name_stops_the_import_and_lists_the_vendors_names(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    content = named(8, "Quagmire") + row(9).replace("1214", "Student") + "\n"
    ran = await lms_import(content, kind=NAMED)
    assert ran.code == Exit.BAD_INPUT
    assert "Rows 2, 3, 4, 5, 6 and 3 more: role_id names none of the roles" in ran.err
    assert "Schoology has these roles: " in ran.err
    assert "School Admin, Student, Teacher" in ran.err
    assert "Quagmire" not in ran.err  # in a wrong column it could be a person's name
    assert writes(schoology_sandbox) == 0


async def test_unknown_record_of_a_long_list_rejects_only_its_row(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(2))
    ran = await lms_import(
        "school_uid\nS00001\nS99999\n", kind=LEAVERS, options=KEEP, yes=True, restart=True
    )
    assert ran.code == Exit.REJECTED
    assert ran.statuses == {2: "done", 3: "rejected"}
    assert ran.results[1]["error_code"] == "not_found"


async def test_second_run_with_names_sends_nothing(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(named(3, "Student"), kind=NAMED)
    before = writes(schoology_sandbox)
    ran = await lms_import(named(3, "Student"), kind=NAMED)
    assert ran.code == Exit.DONE
    assert writes(schoology_sandbox) == before
    assert all(result["earlier_run"] for result in ran.results)


# ---- comparison


async def test_update_sends_only_rows_that_differ(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(3), kind=NAMED)
    changed = file_of(4).replace("Quagmire2", "Quigley")
    before = writes(schoology_sandbox)
    ran = await lms_import(changed, kind=NAMED, update_existing=True, restart=True)
    assert ran.code == Exit.DONE, ran.err
    assert [result["change"] for result in ran.results] == [
        *("unchanged", "updated", "unchanged", "created")
    ]
    assert all(result["id"] for result in ran.results)
    assert writes(schoology_sandbox) == before + 1
    assert "1 created, 1 updated, 2 unchanged (not sent)" in ran.out


async def test_dry_run_says_what_would_change(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(3), kind=NAMED)
    before = writes(schoology_sandbox)
    changed = file_of(4).replace("Quagmire2", "Quigley") + "S9,,,\n"
    ran = await lms_import(changed, kind=NAMED, update_existing=True, dry_run=True, restart=True)
    assert "5 rows: 2 would be sent, 1 rejected. Expected changes" in ran.out
    assert "Expected changes: 1 created, 1 updated, 2" in ran.out
    assert "send 2 of 5 rows in 1 request" in ran.err
    assert writes(schoology_sandbox) == before

    ran = await lms_import(changed, kind=NAMED, dry_run=True, restart=True)
    assert (
        "Schoology has 3 of these people already. To update them, add --update-existing" in ran.err
    )
    assert ran.code == Exit.REJECTED


async def test_dry_run_without_credentials_checks_only_the_file(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(named(2, "any role"), kind=NAMED, dry_run=True, environment={})
    assert ran.code == Exit.DONE, ran.err
    assert "does not compare it with the records in Schoology" in ran.err
    assert not schoology_sandbox.log


# ---- removals


async def test_removal_is_not_sent_if_nobody_confirms_it(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(3))
    leavers = "school_uid\nS00001\nS00002\n"
    before = writes(schoology_sandbox)
    ran = await lms_import(leavers, kind=LEAVERS, options=KEEP, restart=True)
    assert ran.code == Exit.BAD_INPUT
    assert "removes 2 of 4 people. The guard allows 10." in ran.err
    assert "Add --yes" in ran.err
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    ran = await lms_import(leavers, kind=LEAVERS, options=KEEP, restart=True, confirm=no)
    assert (ran.code, asked) == (Exit.INTERRUPTED, ["Remove 2 people?"])
    assert writes(schoology_sandbox) == before
    ran = await lms_import(
        leavers, kind=LEAVERS, options=KEEP, restart=True, confirm=lambda question: True
    )
    assert ran.code == Exit.DONE, ran.err


@pytest.mark.parametrize(
    ("max_removals", "allowed"),
    [(None, "10"), (Guard(10), "10"), (Guard("50%"), "50%"), (Guard(11), ""), (Guard("60%"), "")],
)
async def test_guard_refuses_too_many_removals(
    lms_import: Import, max_removals: Guard | None, allowed: str
) -> None:
    await lms_import(file_of(20))
    leavers = "\n".join(["school_uid", *(f"S{number:05}" for number in range(1, 12))]) + "\n"
    ran = await lms_import(
        leavers, kind=LEAVERS, options=KEEP, restart=True, yes=True, max_removals=max_removals
    )
    assert ran.code == (Exit.GUARDED if allowed else Exit.DONE)
    if allowed:
        assert f"would remove 11 of 21 people, and the guard allows {allowed}." in ran.err
        assert "add --max-removals 11" in ran.err


async def test_removal_asks_for_decisions(lms_import: Import) -> None:
    ran = await lms_import("school_uid\nS1\n", kind=LEAVERS, options=KindOptions())
    assert ran.code == Exit.BAD_INPUT
    assert "Add --keep-enrollments or --erase-enrollments, and --notify or --no-notify." in ran.err
