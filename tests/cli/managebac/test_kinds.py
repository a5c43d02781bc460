"""Each kind, imported into the sandbox: good rows, an unknown id, a row that is refused, and a
second run that has nothing left to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from lms_async import Guard, InvalidInput
from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import KindOptions
from lms_async.cli.target import find_kind
from lms_async.outcome import Status
from manabac_async import ManageBac
from manabac_async.cli import target
from manabac_async.cli.target import KINDS
from manabac_async.sandbox import ManageBacSandbox, School

from .conftest import Run, writes

Row = Mapping[str, Any]
NOBODY = 99_999_999


@attrs.frozen(kw_only=True)
class Case:
    """Rows of a kind, and what becomes of them."""

    kind: str
    good: Callable[[School], list[Row]]
    #: Rows that are rejected, by their error codes.
    bad: Callable[[School], list[tuple[str, Row]]]
    #: Whether the good rows show in the school.
    is_there: Callable[[School], bool]
    options: dict[str, Any] = attrs.field(factory=dict)


def person(number: int, **more: Any) -> Row:
    return {"email": f"p{number}@new.example", "last_name": f"Quagmire{number}", **more}


def student(number: int, **more: Any) -> Row:
    return person(number, student_id=f"N{number}", **more)


def subject(school: School, program: str) -> int:
    return next(one.id for one in school.academics.subjects.values() if one.program == program)


def class_row(school: School, uniq_id: str, **more: Any) -> Row:
    academics = school.academics
    first, *_, last = [t for t in academics.terms.values() if academics.program_of(t) == "diploma"]
    return {
        "uniq_id": uniq_id,
        "program": "diploma",
        "grade_number": 12,
        "language": "en",
        "start_term_id": first.id,
        "end_term_id": last.id,
        "subject_id": subject(school, "diploma"),
        "sl": "true",
        "hl": "false",
        **more,
    }


def new_pair(school: School) -> Row:
    """A parent and a student who are not linked."""
    parent = next(iter(school.parents.values()))
    child = next(id_ for id_ in school.students if id_ not in parent.kin)
    return {"parent_id": parent.id, "child_id": child, "relationship": "Aunt"}


def old_pair(school: School) -> Row:
    parent = next(iter(school.parents.values()))
    return {"parent_id": parent.id, "child_id": parent.kin[0], "relationship": "Aunt"}


def first(store: Mapping[int, Any], place: int = 0) -> int:
    return list(store)[place]


def place(school: School, class_: int = 0, person: int = 0, **more: Any) -> Row:
    return {
        "class_id": first(school.classes, class_),
        "student_id": first(school.students, person),
        **more,
    }


def a_member(school: School) -> Row:
    class_id = first(school.classes)
    return {"class_id": class_id, "student_id": first(school.members(class_id))}


def archived(store: Mapping[int, Any], place: int = 0) -> bool:
    return bool(list(store.values())[place].archived)


def archive_case(kind: str, store: str) -> Case:
    return Case(
        kind=kind,
        good=lambda school: [{"id": first(getattr(school, store))}],
        bad=lambda school: [
            ("not_found", {"id": NOBODY}),
            ("not_found", {"id": "Room 5"}),
        ],
        is_there=lambda school: archived(getattr(school, store)),
    )


CASES = [
    Case(
        kind="students",
        good=lambda school: [student(1, year_group_id=first(school.ib_groups)), student(2)],
        bad=lambda school: [
            ("422", student(3, email="student1@school.example")),
            ("invalid", {**student(5), "last_name": ""}),
        ],
        is_there=lambda school: school.by_student_id("N2") is not None,
    ),
    Case(
        kind="teachers",
        good=lambda _: [person(1, identifier="T1"), person(2)],
        bad=lambda _: [
            ("422", person(3, email="teacher1@school.example")),
            ("invalid", person(4, email="at")),
        ],
        is_there=lambda school: school.by_email("p2@new.example") is not None,
    ),
    Case(
        kind="parents",
        good=lambda _: [person(1, salutation="Dr."), person(2)],
        bad=lambda _: [
            ("422", person(3, email="parent1@family.example")),
            ("invalid", person(4, salutation="Sir")),
        ],
        is_there=lambda school: school.by_email("p2@new.example") is not None,
    ),
    Case(
        kind="children",
        good=lambda school: [new_pair(school)],
        bad=lambda school: [
            ("422", old_pair(school)),
            ("not_found", {**new_pair(school), "parent_id": NOBODY}),
            (
                "invalid",
                {
                    **old_pair(school),
                    "child_id": next(reversed(school.students)),
                    "relationship": "Friend",
                },
            ),
        ],
        is_there=lambda school: len(next(iter(school.parents.values())).kin) > 1,
    ),
    Case(
        kind="classes",
        good=lambda school: [class_row(school, "C1"), class_row(school, "C2", hl="1")],
        bad=lambda school: [
            ("invalid", class_row(school, "OLD")),
            ("unprocessable_entity", class_row(school, "C4", subject_id=subject(school, "myp"))),
            ("invalid", class_row(school, "C5", language="")),
        ],
        is_there=lambda school: any(
            (one.uniq_id, one.sl, one.hl) == ("C2", True, True) for one in school.classes.values()
        ),
    ),
    Case(
        kind="class-teachers",
        good=lambda school: [
            {"class_id": first(school.classes, 1), "teacher_id": teacher_id}
            for teacher_id in list(school.teachers)[:2]
        ],
        bad=lambda school: [
            ("not_found", {"class_id": first(school.classes, 1), "teacher_id": NOBODY}),
            ("not_found", {"class_id": NOBODY, "teacher_id": first(school.teachers)}),
            ("not_found", {"class_id": first(school.classes, 1), "teacher_id": "Smith"}),
        ],
        is_there=lambda school: (
            set(list(school.teachers)[:2]) <= set(school.class_teachers(first(school.classes, 1)))
        ),
    ),
    Case(
        kind="memberships",
        good=lambda school: [place(school, 0, one) for one in (9, 10)],
        bad=lambda school: [
            ("not_found", {**place(school), "student_id": NOBODY}),
            ("not_found", {**place(school), "class_id": NOBODY}),
            ("not_found", {**place(school), "student_id": "Smith"}),
        ],
        is_there=lambda school: first(school.students, 10) in school.members(first(school.classes)),
    ),
    Case(
        kind="leave-classes",
        good=lambda school: [a_member(school)],
        bad=lambda school: [
            ("not_found", {**a_member(school), "class_id": NOBODY}),
            ("not_found", {**a_member(school), "student_id": "Smith"}),
        ],
        is_there=lambda school: len(school.members(first(school.classes))) == 2,
    ),
    Case(
        kind="year-groups",
        good=lambda school: [
            {"year_group_id": first(school.ib_groups), "student_id": student_id}
            for student_id in list(school.students)[:3]
        ],
        bad=lambda school: [
            ("not_found", {"year_group_id": first(school.ib_groups), "student_id": NOBODY}),
            ("not_found", {"year_group_id": first(school.ib_groups), "student_id": "Smith"}),
        ],
        is_there=lambda school: (
            set(list(school.students)[:3])
            <= set(school.ib_groups[first(school.ib_groups)].student_ids)
        ),
    ),
    Case(
        kind="archive",
        good=lambda school: [
            {"id": first(school.students), "withdrawn_on": "2026-06-30"},
            {"id": first(school.students, 1), "graduated_on": "30.06.2026"},
        ],
        bad=lambda school: [
            ("not_found", {"id": NOBODY, "withdrawn_on": "2026-06-30"}),
            ("invalid", {"id": first(school.students, 2)}),
        ],
        is_there=lambda school: archived(school.students) and archived(school.students, 1),
    ),
    Case(
        kind="unarchive",
        good=lambda school: [{"id": school.add_student("gone@x.example", archived=True).id}],
        bad=lambda school: [("not_found", {"id": NOBODY}), ("not_found", {"id": "Smith"})],
        is_there=lambda school: not list(school.students.values())[-1].archived,
    ),
    archive_case("archive-teachers", "teachers"),
    archive_case("archive-parents", "parents"),
    archive_case("archive-classes", "classes"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
async def test_each_kind_is_imported(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School, case: Case
) -> None:
    school.add_class("Old", uniq_id="OLD")
    good, bad = case.good(school), case.bad(school)
    rows = [*good, *(row for _, row in bad)]
    ran = await run(case.kind, rows)
    assert ran.code == Exit.REJECTED, ran.err
    statuses = [told["status"] for told in ran.results]
    assert statuses == ["done"] * len(good) + ["rejected"] * len(bad), ran.results
    codes = [told["error_code"] for told in ran.results[len(good) :]]
    assert codes == [code for code, _ in bad], ran.results
    assert case.is_there(school)
    assert "Quagmire" not in ran.err + ran.out
    sent = writes(managebac_sandbox)
    again = await run(case.kind, rows)
    assert [told["status"] for told in again.results] == statuses
    switches = find_kind(target, case.kind).switches
    for told in again.results[: len(good)]:
        assert told["change"] == "unchanged" if switches else told["earlier_run"]
    assert writes(managebac_sandbox) == sent


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES} == {kind.name for kind in KINDS}


async def test_people_who_exist_are_updated(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(iter(school.students.values()))
    rows = [
        {**student(1), "student_id": known.student_id, "password": "swordfish"},
        student(2),
    ]
    ran = await run("students", rows, update_existing=True)
    assert ran.code == Exit.DONE, ran.results
    assert ran.results[0]["id"] == str(known.id)
    assert (known.email, known.fields["last_name"]) == ("p1@new.example", "Quagmire1")
    assert not known.has_password
    assert len(school.students) == 13
    sent = writes(managebac_sandbox)
    assert (await run("students", rows, update_existing=True)).code == Exit.DONE
    assert writes(managebac_sandbox) == sent == 2


async def test_classes_that_exist_are_updated(run: Run, school: School) -> None:
    old = school.add_class("Old", uniq_id="C1", program_code="diploma", grade_number=12)
    rows = [class_row(school, "C1", name="New"), class_row(school, "C2")]
    ran = await run("classes", rows, update_existing=True)
    assert ran.code == Exit.DONE, ran.results
    assert old.name == "New"
    assert sum(one.uniq_id == "C1" for one in school.classes.values()) == 1


async def test_welcome_emails_are_sent_only_on_request(run: Run, school: School) -> None:
    await run("teachers", [person(1)])
    assert school.welcome_mails == []


async def test_notify_sends_welcome_emails(run: Run, school: School) -> None:
    await run("teachers", [person(1)], notify=True)
    assert len(school.welcome_mails) == 1


@pytest.mark.parametrize("kind", ["archive", "archive-teachers", "archive-classes"])
async def test_guard_reaches_the_bulk_call(school: School, kind: str) -> None:
    async with ManageBac("t", base_url="http://127.0.0.1:9/") as client:
        rows = [{"id": "1", "withdrawn_on": "2026-06-30"}, {"id": "2"}]
        options = KindOptions(guard=Guard(1))
        with pytest.raises(InvalidInput, match="2 would be removed"):
            await find_kind(target, kind).bulk(client, rows, options, None)


async def test_links_that_exist_are_changed(run: Run, school: School) -> None:
    rows = [old_pair(school), new_pair(school)]
    ran = await run("children", rows, update_existing=True)
    assert ran.code == Exit.DONE, ran.results
    kinds = school.relations.kinds
    assert [kinds[row["parent_id"], row["child_id"]] for row in rows] == ["Aunt", "Aunt"]


async def test_a_kind_that_removes_is_never_suggested(run: Run, school: School) -> None:
    ran = await run("archive", [{"id": 1}])
    assert ran.code == Exit.BAD_INPUT
    assert "This file has the columns for" not in ran.err


async def test_names_and_ids_of_the_school_become_ids(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    group = next(iter(school.ib_groups.values()))
    ran = await run("students", [student(1, year_group_id=group.name.upper())])
    assert ran.code == Exit.DONE, ran.err
    assert int(ran.results[0]["id"]) in group.student_ids
    names = class_row(school, "7A") | {
        "program": "IB Diploma",
        "grade_number": "Grade 11",
        "subject_id": "diploma/Biology",
        "start_term_id": "diploma/2025-2026/Semester 1",
        "end_term_id": "diploma/2025-2026/Semester 2",
    }
    ran = await run("classes", [names], restart=True)
    assert ran.code == Exit.DONE, ran.err
    class_id = int(ran.results[0]["id"])
    assert school.classes[class_id].grade_number == 12
    ran = await run("memberships", [{"class_id": "7a", "student_id": "N1"}], restart=True)
    assert ran.code == Exit.DONE, ran.err
    assert len(school.members(class_id)) == 1


async def test_an_unknown_year_group_stops_the_import(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    ran = await run("students", [student(1, year_group_id="Class of 1066"), student(2)])
    assert ran.code == Exit.BAD_INPUT
    assert next(iter(school.ib_groups.values())).name in ran.err
    assert writes(managebac_sandbox) == 0


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.kind not in ("students", "teachers", "parents", "classes")],
    ids=lambda case: case.kind,
)
async def test_dry_run_finds_unknown_ids(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School, case: Case
) -> None:
    unknown = [row for code, row in case.bad(school) if code == "not_found"]
    good = case.good(school)
    planned = await run(case.kind, [*good, *unknown], dry_run=True)
    assert planned.code == Exit.REJECTED
    assert planned.summary is not None
    assert planned.summary.counts == {
        Status.DONE: 0,
        Status.SKIPPED: len(good),
        Status.REJECTED: len(unknown),
    }
    assert writes(managebac_sandbox) == 0


async def test_dry_run_finds_unknown_levels(run: Run, school: School) -> None:
    class_id, student_id = (a_member(school)[field] for field in ("class_id", "student_id"))
    rows = [
        {"class_id": class_id, "student_id": student_id, "level": "Higher"},
        place(school, 0, 9, level="HL"),
        place(school, 0, 10, level="X"),
    ]
    planned = await run("memberships", rows, dry_run=True)
    assert planned.summary is not None
    assert planned.summary.counts[Status.REJECTED] == 2
    assert "ManageBac has no such record among its levels" in planned.err
    ran = await run("memberships", rows)
    assert [told["status"] for told in ran.results] == ["rejected", "done", "rejected"]
