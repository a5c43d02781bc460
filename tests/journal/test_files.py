"""The journal's files: who may open them, which belong together, and rows in another format."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from lms_async import Journal, JournalFailed, JournalUnusable, Status
from lms_async.journal.entries import Ended, Sent
from lms_async.journal.sqlite import JournalFile
from lms_async.journal.tags import Tags
from schoology_async import Schoology, UserCreate
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

# A worker process of pytest-xdist has a second thread, about which Python 3.12 and later warn.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork.. may lead:DeprecationWarning")

ROWS = 40
LOG = "import.db-wal"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "import.db"


def tag(number: int) -> bytes:
    return number.to_bytes(8, "big") + bytes(16)


def note(file: JournalFile, first: int, rows: int = ROWS) -> None:
    """Note ``rows`` rows from ``first`` on as done, one per write."""
    file.key()
    file.begin({"account": "a", "operation": "create"})
    for number in range(first, first + rows):
        file.write([Sent(number, tag(number)), Ended(number, [str(number)])])


def in_another_process(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own code
        command, capture_output=True, text=True, check=False
    )


OPENED = """
import sys
from pathlib import Path
from lms_async import JournalUnusable
from lms_async.journal.sqlite import JournalFile
try:
    JournalFile(Path(sys.argv[1])).close()
except JournalUnusable as unusable:
    print(unusable)
else:
    print("opened")
"""


def kill_after_noting(path: Path, first: int) -> None:
    """Run an import that is killed after it has noted rows from ``first`` on."""
    child = os.fork()
    if not child:
        try:
            note(JournalFile(path), first)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def copy_of(path: Path, folder: str) -> Path:
    """Copy all files of the journal to another folder."""
    to = path.parent / folder
    to.mkdir()
    for file in path.parent.glob("import.db*"):
        shutil.copy(file, to)
    return to / path.name


# ---- the same rows in another format


async def test_rows_in_another_format_are_not_sent_again(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, path: Path
) -> None:
    rows = people(60)
    assert (await schoology.users.create_many(rows, journal=Journal(path))).counts == {
        Status.DONE: 60
    }
    ways: list[list[Any]] = [
        [dict(reversed(row.items())) for row in rows],
        [{**row, "role_id": str(row["role_id"])} for row in rows],
        [UserCreate(**row) for row in rows],
    ]
    for again in ways:
        report = await schoology.users.create_many(again, journal=Journal(path))
        assert report.counts == {Status.DONE: 60}
    assert schoology_sandbox.log.count("POST", "users") == 2


# ---- one import at a time


def test_copying_the_files_does_not_unlock_the_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POSIX drops a file's locks when any code in the process closes that file."""
    monkeypatch.setattr("lms_async.journal.database._SHORT_WAIT", 0.0)
    with closing(JournalFile(path)) as held:
        note(held, 0)
        for file in (path, path.with_name("import.db.key")):
            shutil.copy(file, path.with_name("backup"))
        assert "in use by another import" in in_another_process(OPENED, path).stdout
        for make in (True, False):  # like a second import, and like `lms journal show`
            with pytest.raises(JournalUnusable, match="in use by another import"):
                JournalFile(path, make=make)
        note(held, ROWS)
    JournalFile(path).close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_child_does_not_keep_the_journal_locked(path: Path) -> None:
    held = JournalFile(path)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.read(reading, 1)  # until the parent has finished its checks
        os._exit(0)
    try:
        with pytest.raises(JournalUnusable, match="in use by another import"):
            JournalFile(path)
        held.close()
        JournalFile(path).close()
    finally:
        os.write(writing, b".")
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)


def test_wait_opens_the_journal_when_it_is_free(path: Path) -> None:
    held = JournalFile(path)
    waiting = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", OPENED.replace("argv[1])", "argv[1]), wait=30"), str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(0.5)
    held.close()
    out, _ = waiting.communicate(timeout=30)
    assert out == "opened\n"


@pytest.mark.parametrize("length", [255, 253, 248])
def test_name_that_is_too_long_is_reported(path: Path, length: int) -> None:
    """The other files of the journal have longer names."""
    for make in (True, False):
        with pytest.raises(JournalUnusable, match="name too long"):
            JournalFile(path.with_name("x" * length), wait=0, make=make, restart=False)


def test_file_system_without_locks_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(JournalUnusable, match="has no locks; keep the journal on a local disk"):
        JournalFile(path)


# ---- which files belong together


def test_killed_journal_is_complete_with_its_log(path: Path) -> None:
    kill_after_noting(path, 0)
    assert path.with_name(LOG).exists()
    elsewhere = copy_of(path, "elsewhere")
    with closing(JournalFile(elsewhere)) as file:
        assert file.summarize().counts == {"done": ROWS}
    assert not elsewhere.with_name(LOG).exists()
    # Once closed, the journal needs only its main file and its key.
    alone = elsewhere.parent / "alone" / "import.db"
    alone.parent.mkdir()
    shutil.copy(elsewhere, alone)
    shutil.copy(elsewhere.with_name("import.db.key"), alone.parent)
    with closing(JournalFile(alone)) as file:
        assert file.summarize().counts == {"done": ROWS}


@pytest.mark.parametrize("cut", [None, b"", b"\0" * 4096])
def test_journal_without_its_log_names_the_missing_file(path: Path, cut: bytes | None) -> None:
    kill_after_noting(path, 0)
    whole = copy_of(path, "elsewhere")
    log = path.with_name(LOG)
    log.unlink()
    if cut is not None:
        log.write_bytes(cut)
    before = path.read_bytes()
    for make in (True, False):
        with pytest.raises(JournalUnusable, match="import.db-wal") as refused:
            JournalFile(path, make=make)
        assert "copy import.db-wal and the other files of the journal" in refused.value.hint
    assert path.read_bytes() == before
    shutil.copy(whole.with_name(LOG), path.parent)
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"done": ROWS}


def test_files_from_different_moments_are_rejected(path: Path) -> None:
    kill_after_noting(path, 0)
    first = copy_of(path, "first")  # not closed
    JournalFile(path).close()
    second = copy_of(path, "second")  # closed
    kill_after_noting(path, ROWS)
    third = copy_of(path, "third")  # not closed again
    other = path.parent / "other" / "import.db"
    other.parent.mkdir()
    kill_after_noting(other, 0)
    for database, log in [
        (second, first),
        (first, third),
        (second, third),
        (third, first),
        (third, other),
        (other, third),
    ]:
        mixed = path.parent / "mixed" / "import.db"
        mixed.parent.mkdir()
        shutil.copy(database, mixed)
        shutil.copy(database.with_name("import.db.key"), mixed.parent)
        shutil.copy(log.with_name(LOG), mixed.parent)
        contents = [file.read_bytes() for file in (mixed, mixed.with_name(LOG))]
        with pytest.raises(JournalUnusable, match="do not belong together"):
            JournalFile(mixed)
        assert [file.read_bytes() for file in (mixed, mixed.with_name(LOG))] == contents
        assert len(list(mixed.parent.iterdir())) == 3
        JournalFile(mixed, restart=True).close()
        with closing(JournalFile(mixed)) as file:
            assert file.summarize().counts == {}
        shutil.rmtree(mixed.parent)
    with closing(JournalFile(third)) as file:
        assert file.summarize().counts == {"done": 2 * ROWS}


def test_log_of_another_session_is_rejected_after_log_resets(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms_async.journal.sqlite._MOST_LOG", 30_000)
    with closing(JournalFile(path)) as file:
        note(file, 0)
        log = path.with_name(LOG).read_bytes()
    assert len(log) < 60_000  # the log was reset several times
    with closing(JournalFile(path)) as file:
        assert file.summarize().counts == {"done": ROWS}
    path.with_name(LOG).write_bytes(log)
    with pytest.raises(JournalUnusable, match="do not belong together"):
        JournalFile(path)


def test_empty_journal_with_a_log_is_not_treated_as_new(path: Path) -> None:
    kill_after_noting(path, 0)
    os.truncate(path, 0)
    with pytest.raises(JournalUnusable, match="is empty, but its log .*-wal is not"):
        JournalFile(path)


@pytest.mark.parametrize("interrupted", ["unlink", "truncate"])
def test_interrupted_restart_never_loses_rows_silently(
    path: Path, interrupted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_after_noting(path, 0)

    def cut_off(*_: object) -> None:
        raise OSError(errno.EIO, "cut off")

    with monkeypatch.context() as patched:
        if interrupted == "truncate":
            patched.setattr(os, "truncate", cut_off)
        else:
            patched.setattr(Path, "unlink", lambda *_, **__: cut_off())
        with pytest.raises(JournalUnusable, match="can't be opened: cut off"):
            JournalFile(path, restart=True)
    if interrupted == "truncate":
        with pytest.raises(JournalUnusable, match="import.db-wal is missing"):
            JournalFile(path)
        JournalFile(path, restart=True).close()
    else:
        with closing(JournalFile(path)) as file:
            assert file.summarize().counts == {"done": ROWS}


async def test_swapped_keys_are_named(schoology: Schoology, path: Path) -> None:
    other = path.with_name("other.db")
    for journal in (path, other):
        await schoology.users.create_many(people(1), journal=Journal(journal))
    key, other_key = path.with_name("import.db.key"), path.with_name("other.db.key")
    content = key.read_bytes()
    key.write_bytes(other_key.read_bytes())
    other_key.write_bytes(content)
    for journal in (path, other):
        with pytest.raises(JournalUnusable, match=f"{journal.name}.key belongs to another journal"):
            await schoology.users.create_many(people(1), journal=Journal(journal))


async def test_two_journals_may_have_equal_keys(schoology: Schoology, path: Path) -> None:
    await schoology.users.create_many(people(1), journal=Journal(path))
    other = path.with_name("other.db")
    shutil.copy(path.with_name("import.db.key"), path.with_name("other.db.key"))
    bulk = schoology.users.create_many(people(1), journal=Journal(path))
    await bulk.open()  # stays open while the other journal is used
    report = await schoology.users.create_many(people(9, 9), journal=Journal(other))
    assert report.counts == {Status.DONE: 9}
    await bulk.close()


def test_changed_json_format_changes_the_fingerprint(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version of the JSON library might write rows differently."""
    before = Tags(b"k" * 32).form()
    monkeypatch.setattr(
        "lms_async.journal.tags.CANONICAL", orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
    )
    assert Tags(b"k" * 32).form() != before


# ---- links, modes and folders


@pytest.mark.parametrize("name", ["import.db", "import.db.key", LOG])
@pytest.mark.parametrize("dangling", [True, False])
def test_symbolic_link_is_rejected(path: Path, name: str, dangling: bool) -> None:
    target = path.with_name("target")
    if not dangling:
        target.write_bytes(b"")
    path.with_name(name).symlink_to(target)
    with pytest.raises(JournalUnusable, match=f"{name} is a symbolic link"):
        JournalFile(path)
    assert target.exists() != dangling
    assert {file.name for file in path.parent.iterdir()} <= {name, "target"}


def test_files_of_an_open_journal_are_private_to_the_owner(path: Path) -> None:
    mask = os.umask(0)
    try:
        with closing(JournalFile(path)) as file:
            note(file, 0)
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    finally:
        os.umask(mask)
    assert modes == {"import.db": 0o600, "import.db.key": 0o600, LOG: 0o600}


def test_file_that_is_not_a_journal_gets_no_key(path: Path) -> None:
    path.write_bytes(b"row,key\n" * 99)
    with pytest.raises(JournalUnusable, match="is not a journal"):
        JournalFile(path)
    assert [file.name for file in path.parent.iterdir()] == ["import.db"]


# ---- a full disk, at every step


def acknowledged_on_a_full_disk(path: Path, most: int, first: int) -> int:
    """Return how many notes an import reports as written while no file can exceed ``most``
    bytes."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            with suppress(JournalUnusable, JournalFailed), closing(JournalFile(path)) as file:
                for number in range(first, first + 5):
                    note(file, number, 1)
                    os.write(writing, b".")
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    os.close(writing)
    written = os.read(reading, 100)
    os.close(reading)
    assert status == 0
    return len(written)


def test_full_disk_loses_no_acknowledged_note(path: Path) -> None:
    seen = set()
    for most in range(0, 120_000, 9_100):
        known = first = 0
        for limit in (10**6, most, most + 9000):  # first with enough room, then with little
            known += acknowledged_on_a_full_disk(path, limit, first)
            first += 5
        with closing(JournalFile(path)) as file:
            assert file.summarize().counts["done"] >= known
        seen.add(known)
        for file_ in path.parent.iterdir():
            file_.unlink()
    assert {5, 15} < seen  # from no further note to all of them


def test_disk_full_from_the_start_acknowledges_only_written_notes(path: Path) -> None:
    for most in range(0, 40_000, 3500):
        known = acknowledged_on_a_full_disk(path, most, 0)
        with closing(JournalFile(path)) as file:
            file.key()
            assert file.summarize().counts["done"] >= known
        for file_ in path.parent.iterdir():
            file_.unlink()


# ---- killed at every step of opening and closing


def killed_at(path: Path, statement: int) -> tuple[bool, int]:
    """Run an import that is killed before one of its journal's SQL statements.

    Return whether it finished first, and how many of its notes it knew to be on disk.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        count, connect = 0, sqlite3.connect

        def traced(_: str) -> None:
            nonlocal count
            if count == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

        def connect_traced(*args: Any, **options: Any) -> sqlite3.Connection:
            database = connect(*args, **options)
            database.set_trace_callback(traced)
            return database

        sqlite3.connect = connect_traced  # type: ignore[assignment]
        try:
            with closing(JournalFile(path)) as file:
                for number in range(3):
                    note(file, number, 1)
                    os.write(writing, b".")
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    os.close(writing)
    written = os.read(reading, 100)
    os.close(reading)
    assert status in (0, signal.SIGKILL)
    return status == 0, len(written)


def test_journal_killed_at_any_statement_keeps_every_note(path: Path) -> None:
    # True: also killed while the leftovers of the first kill are opened
    for again in (False, True):
        for statement in range(1000):
            ended, known = killed_at(path, statement)
            if again:
                _, more = killed_at(path, statement % 17)
                known = max(known, more)
            with closing(JournalFile(path)) as file:
                file.key()
                assert file.summarize().counts["done"] >= known, statement
            assert {one.name for one in path.parent.iterdir()} == {path.name, path.name + ".key"}
            for file_ in path.parent.iterdir():
                file_.unlink()
            if ended:
                break
        assert statement > 30


def test_sqlite_locks_are_used_without_flock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where SQLite's locks belong to the open file."""
    monkeypatch.setattr("lms_async.journal.key.fcntl", None)
    monkeypatch.setattr("lms_async.journal.database._SHORT_WAIT", 0.0)
    with closing(JournalFile(path)) as held:
        note(held, 0)
        with pytest.raises(JournalUnusable, match="in use by another import"):
            JournalFile(path)
    JournalFile(path).close()


OPENED_ON_A_FULL_DISK = (
    """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
"""
    + OPENED
)


def test_journal_that_opens_on_a_full_disk_asks_for_space(path: Path) -> None:
    with closing(JournalFile(path)) as file:
        note(file, 0)
    told = in_another_process(OPENED_ON_A_FULL_DISK, path).stdout
    assert "import.db can't be written" in told
    assert "free disk space and run it again" in told
    assert "move it away" not in told
