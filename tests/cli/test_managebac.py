"""The two ManageBac targets of ``lms``: class members, and new users over v1."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import Window
from lms_async.cli.demo.checks import Screen
from lms_async.cli.demo.run import run_demo
from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.importing.run import run_import
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import find_target
from lms_async.sandbox import Fault
from manabac_async import MembershipPlace, UserV1Create
from manabac_async.cli import ManageBacTarget, ManageBacV1Target
from manabac_async.cli.demo import MembersDemo
from manabac_async.cli.members import MEMBERSHIPS
from manabac_async.cli.users_v1 import PEOPLE
from manabac_async.sandbox import ManageBacSandbox, School
from manabac_async.vendor import REGIONS, VERSIONS
from tests.cli.conftest import (
    Ran,
    end_lms,
    import_request,
    lms,
    load,
    read_results,
    save,
    start_lms,
)

MEMBERS = "class_id,student_id,level"
USERS = "type,first_name,last_name,email,student_id"

Import = Callable[..., Awaitable[Ran]]


def environment_of(sandbox: ManageBacSandbox) -> dict[str, str]:
    """Return the variables of both targets."""
    return {
        "MANAGEBAC_TOKEN": sandbox.token,
        "MANAGEBAC_BASE_URL": sandbox.base_url,
        "MANAGEBAC_V1_SCHOOL": "school",
        "MANAGEBAC_V1_TOKEN": sandbox.v1_token,
        "MANAGEBAC_V1_BASE_URL": sandbox.v1_base_url,
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


@pytest.fixture
def run(managebac_sandbox: ManageBacSandbox, file: Path) -> Import:
    """Run ``lms import`` in this process, into the sandbox."""

    async def run(to: str, lines: Iterable[str], *, json: bool = False, **options: Any) -> Ran:
        save(file, "\n".join(lines) + "\n")
        out, err = io.StringIO(), io.StringIO()
        given: dict[str, Any] = {
            "path": file,
            "target": find_target(to),
            "environment": environment_of(managebac_sandbox),
            "limit": (1000, 0.01),
        }
        request = import_request(**{**given, **options})
        summary = await run_import(request, make_reporter(out, err, json=json))
        results = request.results_path
        told = read_results(results) if results.is_file() else []
        return Ran(summary.exit_code, out.getvalue(), err.getvalue(), told, summary)

    return run


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    """The sandbox's school, with students and classes but no members."""
    managebac_sandbox.school = School.seeded(students=150, classes=4)
    return managebac_sandbox.school


def patches(sandbox: ManageBacSandbox) -> list[str]:
    return [seen.path for seen in sandbox.log if seen.method == "PATCH"]


# ---- the targets


def test_every_writable_field_is_a_column() -> None:
    for kind, model in ((MEMBERSHIPS, MembershipPlace), (PEOPLE, UserV1Create)):
        assert set(kind.fields) == {field.name for field in attrs.fields(model)}
        assert all(kind.fields.values())
    assert set(PEOPLE.aliases.values()) <= set(PEOPLE.fields)


@pytest.mark.parametrize("name", ["managebac", "managebac-v1"])
async def test_target_is_found_and_has_the_clients_limit(name: str) -> None:
    target = find_target(name)
    assert target.name == name
    given = {"MANAGEBAC_TOKEN": "t", "MANAGEBAC_V1_SCHOOL": "school", "MANAGEBAC_V1_TOKEN": "t"}
    async with target.connect(given, limiter=None, events=()) as client:
        limiter = client._transport.vendor.default_limiter()
    limit, per = target.limit
    assert repr(limiter) == repr(Window(limit, per=per))


def test_all_variables_reach_the_client() -> None:
    given = {"MANAGEBAC_TOKEN": "t", "MANAGEBAC_REGION": "us1", "MANAGEBAC_VERSION": "v2p1"}
    members = ManageBacTarget()
    client = members.connect(given, limiter=None, events=())
    assert "https://api.us.managebac.com/v2p1/" in repr(client)
    client = members.connect({"MANAGEBAC_TOKEN": "t"}, limiter=None, events=())
    assert "https://api.managebac.com/v2/" in repr(client)
    given = {"MANAGEBAC_V1_SCHOOL": "hogwarts", "MANAGEBAC_V1_TOKEN": "t"}
    legacy = ManageBacV1Target().connect(given, limiter=None, events=())
    assert "https://hogwarts.managebac.com/api/" in repr(legacy)


# ---- members


def environment_with_client(sandbox: ManageBacSandbox) -> dict[str, str]:
    environment = environment_of(sandbox)
    del environment["MANAGEBAC_TOKEN"]
    environment["MANAGEBAC_CLIENT_ID"] = sandbox.client_id
    environment["MANAGEBAC_CLIENT_SECRET"] = sandbox.client_secret
    return environment


@pytest.mark.parametrize("environment", [environment_of, environment_with_client])
async def test_members_are_sent_class_by_class(
    run: Import,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    environment: Callable[[ManageBacSandbox], dict[str, str]],
) -> None:
    there = next(iter(school.students))
    levels = ("SL", "HL", "")
    wanted: dict[int, dict[int, str]] = {class_id: {} for class_id in school.classes}
    lines = [MEMBERS]
    for number, student_id in enumerate(school.students):
        for class_id in list(school.classes)[: 1 + number % 4]:  # classes alternate
            level = levels[(number + class_id) % 3]
            wanted[class_id][student_id] = level
            lines.append(f"{class_id},{student_id},{level}")
            if student_id == there:
                school.enrol(class_id, student_id, level="SL" if level == "HL" else "HL")
    ran = await run("managebac", lines, environment=environment(managebac_sandbox))
    assert ran.code == Exit.DONE, ran.err
    for class_id, members in wanted.items():
        found = school.members(class_id)
        assert found.keys() == members.keys()
        assert all(found[one] == level for one, level in members.items() if level)
    assert list(ran.statuses.values()) == ["done"] * (len(lines) - 1)
    assert [told["key"] for told in ran.results] == [
        "/".join(line.split(",")[:2]) for line in lines[1:]
    ]
    # 150, 112, 74 and 37 students, with at most 100 per request.
    sizes = [-(-len(members) // 100) for members in wanted.values()]
    assert len(patches(managebac_sandbox)) == sum(sizes) == 6
    first = next(seen.path for seen in managebac_sandbox.log if seen.path != "oauth/token")
    assert first == "auth/permissions"


async def test_dry_run_counts_the_requests(
    run: Import, managebac_sandbox: ManageBacSandbox
) -> None:
    """Also if more classes alternate than are kept open at once."""
    school = managebac_sandbox.school = School.seeded(students=205, classes=600)
    students, classes = list(school.students), list(school.classes)
    lines = [f"{class_id},{students[turn]}," for turn in (0, 1) for class_id in classes]
    lines += [f"{classes[-1]},{student_id}," for student_id in students[2:]]
    ran = await run("managebac", [MEMBERS, *lines], dry_run=True, environment={}, limit=None)
    assert ran.code == Exit.DONE
    assert len(managebac_sandbox.log) == 0
    ran_again = await run("managebac", [MEMBERS, *lines])
    assert ran_again.code == Exit.DONE
    sent = len(patches(managebac_sandbox))
    assert sent > 700  # not 602, one per class and two more
    assert f"would send 1,403 of 1,403 rows in {sent:,} requests" in ran.err
    assert "50 requests per 1 s" in ran.err
    one_class = [{"class_id": "7", "student_id": str(number)} for number in range(201)]
    calls = {
        count: MEMBERSHIPS.count_requests(one_class[:count]) for count in (0, 1, 100, 101, 200)
    }
    assert calls == {0: 0, 1: 1, 100: 1, 101: 2, 200: 2}
    assert MEMBERSHIPS.count_requests(one_class) == 3


async def test_rejected_members_do_not_affect_others(
    run: Import, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    first, second = list(school.classes)[:2]
    ada, bob, cleo = list(school.students)[:3]
    school.students[cleo].archived = True
    ran = await run(
        "managebac",
        [
            MEMBERS,
            f"{first},{ada},SL",
            f"424242,{ada},SL",
            f"{first},{bob},XL",
            f"{second},313131,HL",
            f"{second},{cleo},HL",
            f"{second},{bob},HL",
            f"424242,{bob},SL",
        ],
    )
    assert ran.code == Exit.REJECTED
    assert [ran.statuses[row] for row in (2, 7)] == ["done", "done"]
    told = {int(row["row"]): (row["error_code"], row["error"]) for row in ran.results}
    for row in (3, 8):
        assert told[row][0] == "not_found"
        assert "ManageBac has no such record among its classes" in told[row][1]
    assert told[4] == ("unprocessable_entity", "level is not included in the list")
    assert told[5][0] == told[6][0] == "not_found"
    assert "not_found: ManageBac has no student with this id" in ran.out
    assert school.members(first) == {ada: "SL"}
    assert school.members(second) == {bob: "HL"}
    assert "Row 4 rejected by ManageBac (unprocessable_entity), because of level\n" in ran.err
    assert "not included" not in ran.err + ran.out


async def test_invalid_members_are_rejected_before_sending(
    run: Import, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    class_id = next(iter(school.classes))
    ada, bob, cleo = list(school.students)[:3]
    lines = [
        MEMBERS,
        f"{class_id},{ada},SL",
        f"{class_id},{bob},SL",
        f"{class_id},{ada},HL",
        f"000{class_id},{bob},HL",  # the same number as in row 3
        f"Physics,{ada},HL",
        f"{class_id},,HL",
        f"{class_id},{cleo},HL",
    ]
    ran = await run("managebac", lines, dry_run=True)
    assert "Row 6 rejected (not_found): class_id: ManageBac has no such record" in ran.err
    assert "would send 1 of 7 rows in 1 request" in ran.err
    ran = await run("managebac", lines)
    assert ran.code == Exit.REJECTED
    errors = {int(told["row"]): told["error"] for told in ran.results if told["error"]}
    same = "have the same class_id and student_id"
    assert errors == {
        **dict.fromkeys((2, 4), f"rows 2 and 4 {same}"),
        **dict.fromkeys((3, 5), f"rows 3 and 5 {same}"),
        6: "class_id: ManageBac has no such record among its classes",
        7: "student_id: is needed",
    }
    assert school.members(class_id) == {cleo: "HL"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"MANAGEBAC_REGION": "mars", "MANAGEBAC_BASE_URL": ""}, ["unknown region", *REGIONS]),
        ({"MANAGEBAC_VERSION": "v3"}, ["unknown version", *VERSIONS]),
        ({"MANAGEBAC_BASE_URL": "http://lms.example/"}, ["http:// base URL"]),
        (
            {"MANAGEBAC_TOKEN": ""},
            ["Not set: MANAGEBAC_TOKEN", "MANAGEBAC_CLIENT_ID and MANAGEBAC_CLIENT_SECRET instead"],
        ),
        (
            {"MANAGEBAC_TOKEN": "", "MANAGEBAC_CLIENT_ID": "c"},
            ["Not set: MANAGEBAC_TOKEN", "MANAGEBAC_CLIENT_SECRET"],
        ),
        ({"MANAGEBAC_CLIENT_ID": "c"}, ["both a token and an OAuth 2 client", "Check MANAGEBAC_"]),
    ],
)
async def test_invalid_variables_are_reported_before_the_first_request(
    run: Import,
    managebac_sandbox: ManageBacSandbox,
    file: Path,
    change: dict[str, str],
    told: list[str],
) -> None:
    environment = environment_of(managebac_sandbox) | change
    ran = await run("managebac", [MEMBERS, "1,2,SL"], environment=environment)
    assert ran.code == Exit.BAD_INPUT
    assert all(part in ran.err for part in told), ran.err
    assert len(managebac_sandbox.log) == 0
    assert load(file.with_name("rows.results.csv")) is None


@pytest.mark.parametrize(
    ("to", "line", "change", "hints"),
    [
        ("managebac", "1,2,SL", {"MANAGEBAC_TOKEN": "wrong"}, ["GET auth/permissions"]),
        (
            "managebac",
            "1,2,SL",
            {"MANAGEBAC_TOKEN": "", "MANAGEBAC_CLIENT_ID": "c", "MANAGEBAC_CLIENT_SECRET": "s"},
            ["oauth/token", "MANAGEBAC_CLIENT_ID"],
        ),
        ("managebac-v1", "parent,A,B,a@b.example,", {"MANAGEBAC_V1_TOKEN": "wrong"}, ["ib_groups"]),
    ],
)
async def test_wrong_credentials_exit_before_the_first_row(
    run: Import,
    managebac_sandbox: ManageBacSandbox,
    file: Path,
    to: str,
    line: str,
    change: dict[str, str],
    hints: list[str],
) -> None:
    environment = environment_of(managebac_sandbox) | change
    header = MEMBERS if to == "managebac" else USERS
    ran = await run(to, [header, line], environment=environment)
    assert ran.code == Exit.NOT_AUTHORIZED
    assert "did not accept the credentials" in ran.err
    assert all(hint in ran.err for hint in hints), ran.err
    assert "No row was sent" in ran.err
    assert len(managebac_sandbox.log) == 1
    assert load(file.with_name("rows.results.csv")) is None


async def test_token_without_the_permission_stops_at_the_first_row(
    run: Import, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.grant("reader", ["memberships/index", "classes/index", "students/index"])
    environment = environment_of(managebac_sandbox) | {"MANAGEBAC_TOKEN": "reader"}
    class_id = next(iter(school.classes))
    lines = [MEMBERS, *(f"{class_id},{student_id}," for student_id in school.students)]
    ran = await run("managebac", lines, environment=environment, limit=(1, 0.01))
    assert ran.code == Exit.NOT_AUTHORIZED
    assert "auth/permissions" in ran.err
    assert set(ran.statuses.values()) == {"skipped"}
    assert len(patches(managebac_sandbox)) == 1
    assert school.members(class_id) == {}


# ---- users, over v1


def user(number: int, kind: str = "student") -> str:
    """A row of :data:`USERS`. Its names are easy to find where they must not appear."""
    student_id = f"Q{number}" if kind == "student" else ""
    return f"{kind},Wilhelmina,Quagmire{number},w{number}@secret.example,{student_id}"


async def test_each_user_is_one_request(run: Import, managebac_sandbox: ManageBacSandbox) -> None:
    kinds = ("student", "Parents", "advisor")  # including the plural that v1 prints
    lines = [user(number, kinds[number % 3]) for number in range(45)]
    ran = await run("managebac-v1", [USERS, *lines])
    assert ran.code == Exit.DONE, ran.err
    school = managebac_sandbox.school
    for number, told in enumerate(ran.results):
        made = school.by_email(f"w{number}@secret.example")
        assert made is not None
        assert (told["status"], told["id"]) == ("done", str(made.id))
        assert made.kind == kinds[number % 3].lower().rstrip("s")
        assert made.fields["last_name"] == f"Quagmire{number}"
    log = [(seen.method, seen.path) for seen in managebac_sandbox.log]
    assert log == [("GET", "api/ib_groups")] + [("POST", "api/users")] * 45
    assert not school.welcome_mails


async def test_all_fields_of_a_user_are_sent(
    run: Import, managebac_sandbox: ManageBacSandbox
) -> None:
    school = managebac_sandbox.school
    child = school.add_student("child@x.example")
    group = school.add_ib_group("Class of 2026")
    advisor = school.add_teacher("advisor@x.example")
    parent = school.add_parent("parent@x.example")
    given = dict.fromkeys(PEOPLE.fields, "1") | {
        "birthday": "17.03.1999",
        "attendance_start_date": "2014-08-01",
        "class_year": "13",
        "welcome_email": "Yes",
        "password": "swordfish",
        "homeroom_advisor": "advisor@x.example",
        "ib_group_id": str(group.id),
        "year_label": "",
        "work_email": "w@x.example",
    }
    of_student = {"type": "student", "email": "a@x.example", "parents_ids": str(parent.id)}
    of_parent = {"type": "parent", "email": "b@x.example", "children_ids": str(child.id)}
    rows = [{**given, **of_student, "children_ids": ""}, {**given, **of_parent}]
    lines = [",".join(given), *(",".join(row.values()) for row in rows)]
    ran = await run("managebac-v1", lines)
    assert ran.code == Exit.DONE, ran.results
    student, mother = school.by_email("a@x.example"), school.by_email("b@x.example")
    assert student is not None
    assert mother is not None
    assert (student.student_id, student.kin, mother.kin) == ("1", [parent.id], [child.id])
    assert (student.homeroom_advisor, student.has_password) == (advisor.id, True)
    assert student.id in group.student_ids
    assert sorted(school.welcome_mails) == sorted([student.id, mother.id])  # sent side by side
    assert student.fields["birthday"] == "1999-03-17"
    assert student.fields["class_year"] == 13
    plain = set(given) - {"type", "email", "student_id", "parents_ids", "children_ids"}
    plain -= {"password", "welcome_email", "homeroom_advisor", "ib_group_id", "year_label"}
    assert plain <= mother.fields.keys()


async def test_invalid_and_rejected_users_are_reported(
    run: Import, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.school.add_parent("w1@secret.example")
    ran = await run(
        "managebac-v1",
        [
            USERS,
            user(1),
            user(2).replace("Q2", ""),
            user(3).replace("Wilhelmina", ""),
            user(4).replace("@", " at "),
            user(5),
            user(5).replace("w5@secret", "W5@Secret"),
            user(6).replace("student", "headmaster"),
            user(7),
        ],
    )
    assert ran.code == Exit.REJECTED
    told = {int(row["row"]): (row["error_code"], row["error"]) for row in ran.results}
    assert told[2] == ("400", "Invalid user data: Email has already been taken.")
    assert told[3] == ("invalid", "student_id: is needed for a student")
    assert told[4] == ("invalid", "first_name: is needed")
    assert told[5] == ("invalid", "email: must be an email address")
    # Email addresses ignore case, so neither of the two rows is sent.
    assert told[6] == told[7] == ("duplicate", "rows 6 and 7 have the same email")
    assert told[8] == ("400", "Invalid user data: Type is not included in the list.")
    assert ran.statuses[9] == "done"
    assert managebac_sandbox.log.count("POST") == 3
    assert [*managebac_sandbox.school.creates] == ["w7@secret.example", "Q7"]
    assert "Wilhelmina" not in ran.err + ran.out


async def test_user_with_a_lost_response_is_not_created_again(
    run: Import, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.cut(after=True, method="POST", skip=1))
    managebac_sandbox.faults.add(Fault.error(403, method="GET", path="api/users", times=9))
    ran = await run("managebac-v1", [USERS, user(1), user(2), user(3)], limit=(1, 0.05))
    assert ran.code == Exit.UNKNOWN
    assert list(ran.statuses.values()) == ["done", "unknown", "done"]
    assert managebac_sandbox.log.count("POST") == 3


Change = Callable[[ManageBacSandbox, dict[str, str]], object]
TOKEN = "swordfish5c73d0b5"
# the vendor may repeat the token, but we must not show it
ECHO = f"POST /api/users?auth_token={TOKEN} {TOKEN}"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        pytest.param(0, lambda *_: None, id="done"),
        pytest.param(
            3,
            lambda sandbox, _: sandbox.faults.add(
                Fault.cut(after=True, method="POST", times=9),
                Fault.html(status=200, method="GET", path="api/users", times=99),
            ),
            id="lost response",
        ),
        pytest.param(
            0,
            lambda sandbox, _: sandbox.faults.add(Fault.error(503, body=ECHO)),
            id="retried",
        ),
        pytest.param(
            1,
            lambda sandbox, _: sandbox.faults.add(
                Fault.error(409, method="POST", body=ECHO, share=1.0)
            ),
            id="rejected",
        ),
        pytest.param(
            5,
            lambda sandbox, _: sandbox.faults.add(Fault.error(404, method="POST", body=ECHO)),
            id="wrong address",
        ),
        pytest.param(
            4,
            lambda sandbox, _: sandbox.faults.add(Fault.error(401, body=ECHO)),
            id="wrong credentials",
        ),
        pytest.param(
            5,
            lambda sandbox, _: sandbox.faults.add(
                Fault.redirect(f"https://lms.example/?auth_token={TOKEN}", times=99)
            ),
            id="redirect to another host",
        ),
        pytest.param(
            5,
            lambda _, environment: environment.update(
                MANAGEBAC_V1_BASE_URL="http://127.0.0.1:9/api/"
            ),
            id="unreachable",
        ),
        pytest.param(
            2,
            lambda _, environment: environment.update(MANAGEBAC_V1_SCHOOL="my.school"),
            id="invalid school",
        ),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.sandbox(v1_token=TOKEN)
async def test_v1_token_is_never_shown(
    run: Import,
    managebac_sandbox: ManageBacSandbox,
    file: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    change: Change,
    as_json: bool,
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    caplog.set_level("DEBUG")
    environment = environment_of(managebac_sandbox)
    change(managebac_sandbox, environment)
    lines = [USERS, user(1), user(2)]
    ran = await run("managebac-v1", lines, environment=environment, json=as_json)
    assert ran.code == code, ran.err + ran.out
    assert all(seen.query["auth_token"] == TOKEN for seen in managebac_sandbox.log)
    results = load(file.with_name("rows.results.csv")) or ""
    assert ran.out + ran.err
    assert "swordfish" not in ran.out + ran.err + results + caplog.text + repr(ran.summary)


# ---- other commands


@pytest.mark.parametrize(
    ("to", "lines"), [("managebac", [MEMBERS, "1,2,"]), ("managebac-v1", [USERS, user(1)])]
)
async def test_update_existing_is_rejected(
    run: Import, managebac_sandbox: ManageBacSandbox, to: str, lines: list[str]
) -> None:
    ran = await run(to, lines, update_existing=True)
    assert ran.code == Exit.BAD_INPUT
    assert "does not have the option --update-existing" in ran.err
    assert len(managebac_sandbox.log) == 0


async def test_dry_run_of_users(run: Import, managebac_sandbox: ManageBacSandbox) -> None:
    lines = [USERS, *(user(number) for number in range(120)), "parent,,,,"]
    ran = await run("managebac-v1", lines, dry_run=True, environment={}, limit=None)
    assert ran.code == Exit.REJECTED
    assert "120 of 121 rows in 120 requests" in ran.err
    assert "at least 2 s" in ran.err
    assert len(managebac_sandbox.log) == 0


def test_demo_has_10000_members_in_400_classes() -> None:
    (step,) = MembersDemo().steps(10_000)
    rows = step.rows
    assert len({(row["class_id"], row["student_id"]) for row in rows}) == 10_000
    assert len({row["class_id"] for row in rows}) == 400
    assert MEMBERSHIPS.count_requests(rows) == 400
    assert not any(row in rows for row in step.rejected)


async def test_v1_has_no_demo(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="managebac-v1 has no demo"):
        await run_demo(
            Screen(sys.stdout, sys.stderr, make_reporter(sys.stdout, sys.stderr)), to="managebac-v1"
        )
    ran = await lms("demo", "--to", "managebac-v1", environment={}, folder=tmp_path)
    assert ran.code == 2
    assert "managebac-v1 has no demo" in ran.err


async def test_sandbox_serves_both_targets(tmp_path: Path) -> None:
    process = await start_lms(
        "sandbox", "managebac", "--people", "30", environment={}, folder=tmp_path
    )
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode() for _ in range(7)]
    assert "sandbox with 30 people" in said[0]
    exported = dict(line.removeprefix("export ").strip().split("=", 1) for line in said[2:])
    # The ids of the first class and the first two students, as docs/cli.md has them.
    save(tmp_path / "members.csv", f"{MEMBERS}\n10200001,10500001,SL\n10200001,10500002,HL\n")
    save(tmp_path / "users.csv", f"{USERS}\n{user(1)}\n")
    for to, name in (("managebac", "members.csv"), ("managebac-v1", "users.csv")):
        given: Mapping[str, str] = exported
        ran = await lms("import", name, "--to", to, "--json", environment=given, folder=tmp_path)
        assert ran.code == 0, ran.out + ran.err
        assert json.loads(ran.out.splitlines()[-1])["counts"]["rejected"] == 0
    process.send_signal(signal.SIGINT)
    assert (await end_lms(process)).code == 0


async def test_import_does_not_load_the_sandbox(tmp_path: Path) -> None:
    code = (
        "import sys; import manabac_async.cli; "
        "print([name for name in sys.modules if 'sandbox' in name])"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", code), cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().strip() == "[]"
