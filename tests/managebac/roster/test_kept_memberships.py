"""Memberships that are kept in a file: what is read again, and that it equals a full snapshot."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from lms_async import Window
from lms_async.errors import KindUnreadable, PlanFailed, PlanRefused
from lms_async.roster import Entry
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.roster.kept_memberships import MAX_AGE
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import Keeper, prepared
from tests.virtual_sockets import run

#: The vendor's clock is behind by less than the five minutes that are expected at most.
BEHIND = 4 * 60.0
STEPS = (
    *("enroll", "teach", "leave", "leave teaching", "archive", "return", "replace student"),
    *("year group", "link", "archive class", "replace class"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memberships.kept"


@pytest.fixture
def target(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, file: Path
) -> ManageBacRoster:
    school = managebac_sandbox.school = prepared()
    ada = school.add_student("ada@x.example", student_id="p1")
    class_id = school.add_class("Biology", uniq_id="k1").id
    school.enrol(class_id, ada.id)
    return ManageBacRoster(managebac, keep_memberships_in=file)


async def entries(target: ManageBacRoster) -> list[Entry]:
    found = [one async for one in target.snapshot(date(2026, 10, 1))]
    return sorted(found, key=lambda entry: (entry.kind, entry.vendor_id))


async def lists(target: ManageBacRoster, sandbox: ManageBacSandbox) -> list[str]:
    """Make a snapshot, and return which lists of memberships were read."""
    before = len(sandbox.log)
    await entries(target)
    queries = [seen.query for seen in list(sandbox.log)[before:] if seen.path == "memberships"]
    filters = ("modified_since", "deleted_since")
    return [next((name for name in filters if name in query), "all") for query in queries]


def change(sandbox: ManageBacSandbox, what: str, random: Random) -> None:
    """Change the school as its staff may do at any time."""
    school, at = sandbox.school, datetime.fromtimestamp(sandbox.clock.time(), UTC)
    student = random.choice(list(school.students.values()))
    class_ = random.choice(list(school.classes.values()))
    match what:
        case "enroll":
            school.enrol(class_.id, student.id, at=at)
        case "teach":
            school.teach(class_.id, next(iter(school.teachers)), at=at)
        case "leave":
            school.leave(class_.id, student.id, at=at)
        case "leave teaching":
            school.leave(class_.id, next(iter(school.teachers)), at=at)
        case "archive":
            school.leave_everything(student, at)
            student.archived, student.updated_at = True, at
        case "return":
            for one in school.students.values():
                one.archived, one.updated_at = False, at
        case "replace student":
            school.delete_person(student.id, at=at)
            school.add_student(f"n{student.id}@x.example", student_id=f"n{student.id}")
        case "year group":
            # Neither this nor a link changes `updated_at` of the people.
            school.move_to_ib_group(random.choice(list(school.ib_groups)), student.id, at=at)
        case "link":
            (parent,) = school.parents.values()
            school.relink(parent, [student.id])
        case "archive class":
            class_.archived, class_.updated_at = not class_.archived, at
        case "replace class":
            school.delete_class(class_.id, at=at)
            school.add_class("New", uniq_id=f"n{class_.id}", created_at=at, updated_at=at)
        case _:
            raise ValueError(what)


@pytest.mark.parametrize("seed", range(3))
def test_refreshed_snapshot_equals_a_full_one(seed: int, file: Path) -> None:
    run(_check_random_changes(ManageBacSandbox(), file, Random(seed)))


async def _check_random_changes(sandbox: ManageBacSandbox, file: Path, random: Random) -> None:
    school = sandbox.school = prepared()
    sandbox.clock.turn(-BEHIND)
    students = [school.add_student(f"s{n}@x.example", student_id=f"s{n}") for n in range(4)]
    school.add_teacher("t@x.example", identifier="t")
    school.add_parent("g@x.example", identifier="g", children=[students[0].id])
    for number in range(3):
        school.enrol(school.add_class(f"Room {number}", uniq_id=f"r{number}").id, students[0].id)
    async with sandbox, ManageBac(sandbox.token, base_url=sandbox.base_url) as client:
        kept = ManageBacRoster(client, keep_memberships_in=file)
        await entries(kept)
        for _ in range(15):
            for _ in range(4):
                change(sandbox, random.choice(STEPS), random)
            if random.random() < 0.3:
                # The list of changes can be read, and the one of deletions can't.
                sandbox.faults.add(Fault.error(401, path="memberships", skip=1))
                with pytest.raises(KindUnreadable):
                    await entries(kept)
            assert await entries(kept) == await entries(ManageBacRoster(client))


async def test_only_changes_are_read_again(
    target: ManageBacRoster, managebac_sandbox: ManageBacSandbox
) -> None:
    assert await lists(target, managebac_sandbox) == ["all"]
    assert await lists(target, managebac_sandbox) == ["modified_since", "deleted_since"]


def test_many_changes_are_not_read_to_their_end(file: Path) -> None:
    school = School.seeded(students=60, teachers=1, classes=20, members=50)
    run(_check_many_changes(ManageBacSandbox(per_page_cap=10, school=school), file))


async def _check_many_changes(sandbox: ManageBacSandbox, file: Path) -> None:
    # The rate limit bounds how many pages are requested ahead.
    async with (
        sandbox,
        ManageBac(sandbox.token, base_url=sandbox.base_url, limiter=Window(10, per=1)) as client,
    ):
        target = ManageBacRoster(client, keep_memberships_in=file)
        assert await lists(target, sandbox) == ["all"] * 102
        for membership in sandbox.school.ledger.live.values():
            membership.updated_at = datetime.now(UTC)
        # Otherwise, the 102 pages of changes would be read twice.
        assert len(await lists(target, sandbox)) < 102 + 102 / 2
        assert await entries(target) == await entries(ManageBacRoster(client))


@pytest.mark.parametrize("age", [MAX_AGE + timedelta(minutes=1), -timedelta(minutes=1)])
async def test_everything_is_read_if_the_file_is_too_old_or_from_the_future(
    target: ManageBacRoster, managebac_sandbox: ManageBacSandbox, file: Path, age: timedelta
) -> None:
    await entries(target)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE about SET read_at = ?", ((datetime.now(UTC) - age).isoformat(),))
    assert await lists(target, managebac_sandbox) == ["all"]
    assert await lists(target, managebac_sandbox) == ["modified_since", "deleted_since"]


async def test_file_of_another_account_is_read_anew(
    target: ManageBacRoster, managebac_sandbox: ManageBacSandbox, file: Path
) -> None:
    await entries(target)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE about SET account = 'another'")
        database.execute("UPDATE memberships SET id = '0'")
    assert await lists(target, managebac_sandbox) == ["all"]
    kinds = [entry.kind for entry in await entries(target)]
    assert kinds == ["enrollments", "people", "sections"]


def test_file_has_no_names_and_is_private(file: Path) -> None:
    school = School.seeded(students=3, teachers=1, classes=2, members=3)
    run(_read_once(ManageBacSandbox(school=school), file))
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes().lower()
    for student in school.students.values():
        assert str(student.id).encode() in content
        assert student.email.lower().encode() not in content
        assert student.fields["last_name"].lower().encode() not in content


def test_another_file_is_not_touched(file: Path) -> None:
    text = "[target]\n" * 500
    file.write_text(text)
    with pytest.raises(PlanFailed, match="can't be used to keep memberships"):
        run(_read_once(ManageBacSandbox(), file))
    assert file.read_text() == text
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE plans (number INTEGER)")
    with pytest.raises(PlanFailed, match="it is another file"):
        run(_read_once(ManageBacSandbox(), file))


async def _read_once(sandbox: ManageBacSandbox, file: Path) -> None:
    async with sandbox, ManageBac(sandbox.token, base_url=sandbox.base_url) as client:
        await entries(ManageBacRoster(client, keep_memberships_in=file))


async def test_file_that_cannot_be_created(managebac: ManageBac, tmp_path: Path) -> None:
    target = ManageBacRoster(managebac, keep_memberships_in=tmp_path / "missing" / "kept")
    with pytest.raises(PlanFailed, match="No such file"):
        await entries(target)


async def test_file_that_another_command_uses(target: ManageBacRoster, file: Path) -> None:
    await entries(target)
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(PlanFailed, match="locked"):
            await entries(target)


async def test_state_before_applying_is_refreshed_and_so_is_what_is_verified(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, tmp_path: Path, file: Path
) -> None:
    school = managebac_sandbox.school = prepared()
    target = ManageBacRoster(managebac, keep_memberships_in=file)
    keeper = Keeper(target, tmp_path)
    await keeper.update(enrollments=[])
    plan = await keeper.make()
    # Somebody else enrolls a student after the plan was made.
    (class_id,) = school.classes
    school.enrol(class_id, next(iter(school.students)), at=datetime.now(UTC))
    with pytest.raises(PlanRefused, match="have changed since the plan"):
        await plan.apply(target, journal=tmp_path / "first")
    plan = await keeper.make()
    assert (await plan.apply(target, journal=tmp_path / "second")).is_done
    assert not (await plan.verify(target)).counts_different
    assert await keeper.plan() == []
