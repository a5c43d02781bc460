"""Students, teachers and parents in bulk: one person per request, one outcome per row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ParentCreate, StudentCreate, StudentUpdate
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of

from .bulk_rows import fill, ids, new_people

KINDS = ("students", "teachers", "parents")
kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox)


def leaving(kind: str, id_: Any, day: str = "2026-06-30") -> Any:
    """Return a row of ``archive_many``."""
    return {"id": id_, "withdrawn_on": day} if kind == "students" else id_


@kinds
async def test_create_many_creates_each_person_once(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str
) -> None:
    before = len(getattr(school, kind))
    outcomes = await ended(getattr(managebac, kind).create_many(new_people(5)))
    assert [outcome.status for outcome in outcomes] == ["done"] * 5
    store = getattr(school, kind)
    made = [store[int(outcome.id or 0)] for outcome in outcomes]
    assert [person.email for person in made] == [row["email"] for row in new_people(5)]
    assert set(store.creates.values()) == {1}
    assert len(store) == before + 5
    assert managebac_sandbox.log.count("POST") == 5
    assert school.welcome_mails == []


async def test_nobody_gets_a_welcome_email_unasked(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.quirks.welcome_unasked = True
    first, second, third = new_people(3)
    await managebac.students.create(first)
    await managebac.students.create_many([second])
    await managebac.students.upsert_many([third])
    assert school.welcome_mails == []


async def test_create_many_of_models_with_welcome_emails(
    managebac: ManageBac, school: School
) -> None:
    student = StudentCreate(
        email="a@new.example", last_name="A", year_group_id=ids(school.ib_groups)[0]
    )
    (made,) = await ended(managebac.students.create_many([student], send_welcome_email=True))
    assert made.id is not None
    assert school.welcome_mails == [int(made.id)]
    parent = ParentCreate(email="b@new.example", last_name="B", child_ids=[int(made.id)])
    (of,) = await ended(managebac.parents.create_many([parent]))
    assert school.parents[int(of.id or 0)].kin == [int(made.id)]
    with pytest.raises(InvalidInput, match="send_welcome_email"):
        managebac.students.create_many([], send_welcome_email="no")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"last_name": "A"}, {"email"}),
        ({"email": "a@new.example"}, {"last_name"}),
        ({"email": "a@new.example", "last_name": "A", "birthday": "1.2"}, {"birthday"}),
        ({"email": "a@new.example", "last_name": "A", "nickname": None}, {"nickname"}),
        (
            {"email": "a@new.example", "last_name": "A", "colour": "red"},
            {"a name that is not shown"},
        ),
    ],
)
@kinds
async def test_only_the_invalid_row_is_rejected(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    kind: str,
    row: Any,
    fields: set[str],
) -> None:
    rows = [new_people(1)[0], row, new_people(1, 1)[0]]
    outcomes = await ended(getattr(managebac, kind).create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "rejected", "done"]
    assert (code_of(outcomes[1]), fields_of(outcomes[1])) == ("invalid", fields)
    assert managebac_sandbox.log.count("POST") == 2


@kinds
async def test_existing_email_address_rejects_the_row_with_the_field(
    managebac: ManageBac, school: School, kind: str
) -> None:
    rows = new_people(3)
    await getattr(managebac, kind).create_many(rows[1:2])
    outcomes = await ended(getattr(managebac, kind).create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "rejected", "done"]
    assert (code_of(outcomes[1]), fields_of(outcomes[1])) == ("422", {"email"})


async def test_second_row_with_the_same_email_address_is_a_duplicate(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = [*new_people(2), {**new_people(1)[0], "email": "ADA0@new.example"}]
    outcomes = await ended(managebac.students.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "done", "rejected"]
    assert code_of(outcomes[2]) == "duplicate"
    assert managebac_sandbox.log.count("POST") == 2


async def test_missing_year_group_rejects_only_its_row(
    managebac: ManageBac, school: School
) -> None:
    rows = new_people(3)
    rows[0]["year_group_id"] = 424242
    outcomes = await ended(managebac.students.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["rejected", "done", "done"]
    assert code_of(outcomes[0]) == "404"


@pytest.mark.parametrize("after", [False, True])
@kinds
async def test_lost_creation_is_looked_up_by_email_address(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    kind: str,
    after: bool,
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=after, method="POST"))
    outcomes = await ended(getattr(managebac, kind).create_many(new_people(2)))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert all(int(outcome.id or 0) in getattr(school, kind) for outcome in outcomes)
    assert set(getattr(school, kind).creates.values()) == {1}
    (asked,) = [seen for seen in managebac_sandbox.log if seen.method == "GET"]
    assert asked.query["q"].startswith("ada")
    assert managebac_sandbox.log.count("POST") == (2 if after else 3)


async def test_existing_person_after_a_lost_creation_is_unknown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    """The look-up finds the email address with another name. Nothing is sent again."""
    school.add_student("ada0@new.example", first_name="Bo", last_name="Chen")
    managebac_sandbox.faults.add(Fault.cut(method="POST"))
    (outcome,) = await ended(managebac.students.create_many(new_people(1)))
    assert (outcome.status, code_of(outcome)) == (Status.UNKNOWN, "exists")
    assert managebac_sandbox.log.count("POST") == 1


async def test_creation_arriving_after_the_look_up_creates_one_person(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    """The look-up finds nobody, the first request arrives, and the second request is rejected."""
    managebac_sandbox.faults.add(
        Fault.cut(after=True, method="POST"),
        Fault(
            "empty",
            status=200,
            body='{"students": [], "meta": {"total_pages": 1}}',
            scope={"method": "GET", "times": 1},
        ),
    )
    (outcome,) = await ended(managebac.students.create_many(new_people(1)))
    assert outcome.status is Status.DONE
    assert set(school.students.creates.values()) == {1}
    assert managebac_sandbox.log.count("POST") == 2


@kinds
async def test_update_many_changes_only_the_given_fields(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str
) -> None:
    people = list(getattr(school, kind).values())[:4]
    people[1].fields["nickname"] = "Old"
    rows: list[Any] = [{"id": person.id, "nickname": "Zo"} for person in people]
    rows[1]["nickname"] = ""
    outcomes = await ended(getattr(managebac, kind).update_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 4
    assert [outcome.id for outcome in outcomes] == [str(person.id) for person in people]
    assert [person.fields.get("nickname") or "" for person in people] == ["Zo", "", "Zo", "Zo"]
    assert managebac_sandbox.log.count("PATCH") == 4


@kinds
async def test_update_many_rejects_only_invalid_rows(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str
) -> None:
    first, second = ids(getattr(school, kind), 2)
    taken = getattr(school, kind)[second].email
    rows: list[Any] = [
        {"nickname": "Zo"},
        {"id": first},
        {"id": 424242, "nickname": "Zo"},
        {"id": first, "email": taken},
        {"id": first, "nickname": "Zo"},
        {"id": second, "nickname": "Zo"},
    ]
    outcomes = await ended(getattr(managebac, kind).update_many(rows))
    assert [outcome.status for outcome in outcomes] == [*["rejected"] * 5, "done"]
    assert [(code_of(one), fields_of(one)) for one in outcomes[:5]] == [
        ("invalid", {"id"}),
        ("invalid", set()),
        ("404", {"id"}),
        ("422", {"email"}),
        ("duplicate", set()),
    ]


async def test_lost_update_is_done_only_if_all_fields_are_shown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    """ManageBac never shows a password."""
    managebac_sandbox.faults.add(Fault.cut(after=True, method="PATCH", share=1.0))
    one, other = ids(school.students, 2)
    rows: list[Any] = [
        StudentUpdate(id=one, nickname="", birthday="2010-01-02", nationalities=["US", "GB"]),
        {"id": other, "password": "correct horse"},
    ]
    outcomes = await ended(managebac.students.update_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown"]


@kinds
async def test_archive_many_and_unarchive_many(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str
) -> None:
    people = getattr(school, kind)
    three = ids(people, 3)
    bulk = getattr(managebac, kind).archive_many([leaving(kind, one) for one in three])
    assert (await bulk).counts == {Status.DONE: 3}
    assert [person.archived for person in list(people.values())[:4]] == [True] * 3 + [False]
    assert set(people.archives.values()) == {1}
    assert managebac_sandbox.log.count() == 3
    outcomes = await ended(getattr(managebac, kind).unarchive_many([*three, 424242]))
    assert [outcome.status for outcome in outcomes] == ["done", "done", "done", "rejected"]
    assert (code_of(outcomes[3]), fields_of(outcomes[3])) == ("404", {"id"})
    assert not any(person.archived for person in people.values())


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1},
        {"id": 1, "withdrawn_on": "2026-06-30", "graduated_on": "2026-06-30"},
        {"id": 1, "withdrawn_on": ""},
        {"id": 1, "withdrawn_on": None},
        {"id": 1, "graduated_on": "30/06/26"},
        {"id": "one", "graduated_on": "2026-06-30"},
        7,
    ],
)
async def test_student_is_archived_only_with_exactly_one_date(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, row: Any
) -> None:
    good = leaving("students", ids(school.students)[0])
    outcomes = await ended(managebac.students.archive_many([row, good]))
    assert [outcome.status for outcome in outcomes] == ["rejected", "done"]
    assert code_of(outcomes[0]) == "invalid"
    assert managebac_sandbox.log.count() == 1


async def test_archive_many_sends_the_dates(managebac: ManageBac, school: School) -> None:
    one, other = ids(school.students, 2)
    await managebac.students.archive_many(
        [{"id": one, "withdrawn_on": "2026-06-30"}, {"id": other, "graduated_on": "30.06.2026"}]
    )
    left = school.students[one], school.students[other]
    assert [(one.withdrawn_on, one.graduated_on) for one in left] == [
        ("2026-06-30", None),
        (None, "2026-06-30"),
    ]


@pytest.mark.parametrize(("day", "status"), [("2026-06-30", "done"), ("2026-06-29", "unknown")])
async def test_lost_archiving_is_done_only_if_the_date_matches(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, day: str, status: str
) -> None:
    one = next(iter(school.students.values()))
    one.archived, one.withdrawn_on = True, day
    managebac_sandbox.faults.add(Fault.cut(method="PUT", share=1.0))
    (outcome,) = await ended(managebac.students.archive_many([leaving("students", one.id)]))
    assert outcome.status == status


@kinds
async def test_too_many_removals_raise_before_any_change(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, kind: str
) -> None:
    rows = [leaving(kind, one) for one in ids(getattr(school, kind), 3)]
    resource = getattr(managebac, kind)
    active = len(getattr(school, kind))
    for guard in (Guard(2), Guard(f"{(300 - 1) // active}%")):
        with pytest.raises(InvalidInput, match="3 would be removed, and the guard allows 2"):
            await resource.archive_many(rows, guard=guard)
    assert managebac_sandbox.log.count("PUT") == 0
    assert (await resource.archive_many(rows, guard=Guard("100%"))).counts == {Status.DONE: 3}
    with pytest.raises(InvalidInput, match="501 would be removed, and the guard allows 500"):
        await resource.archive_many([leaving(kind, one) for one in range(501)])


@kinds
async def test_second_run_with_the_journal_sends_only_rows_without_a_result(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    tmp_path: Path,
    kind: str,
) -> None:
    create_many, journal = getattr(managebac, kind).create_many, Journal(tmp_path / "people.db")
    rows = new_people(6)
    async with create_many(rows[:3], journal=journal) as bulk:
        async for outcome in bulk:
            if outcome.index == 1:
                break
    outcomes = await ended(create_many(rows, journal=journal))
    assert [outcome.status for outcome in outcomes] == ["done"] * 6
    assert managebac_sandbox.log.count("POST") == 6
    assert outcomes[0].earlier is not None
    assert outcomes[5].earlier is None


async def test_row_sent_by_a_killed_run_is_looked_up_and_not_sent_twice(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "students.db")
    managebac_sandbox.faults.add(
        Fault.cut(after=True, method="POST", times=1),
        Fault.error(503, method="GET", share=1.0),
    )
    report = await managebac.students.create_many(new_people(3), journal=journal)
    assert report.counts == {Status.DONE: 2, Status.UNKNOWN: 1}
    managebac_sandbox.faults.clear()
    outcomes = await ended(managebac.students.create_many(new_people(3), journal=journal))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert set(school.students.creates.values()) == {1}


async def test_missing_permission_stops_the_bulk(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.denied.add("students/create")
    report = await managebac.students.create_many(new_people(100))
    assert report.counts == {Status.SKIPPED: 100}
    assert report.stop_reason is not None
    assert "401" in str(report.stop_reason)
