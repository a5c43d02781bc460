"""``lms import`` continues an earlier run; ``lms journal show``."""

from __future__ import annotations

import asyncio
import re
import shlex
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.journal.sqlite import JournalFile
from lms_async.journal.wal import OPEN
from lms_async.sandbox import Fault
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import (
    Import,
    end_lms,
    environment_of,
    file_of,
    lms,
    load,
    read_results,
    row,
    save,
    start_lms,
)

JOURNAL = "people.journal"


@pytest.fixture
def journal(people_csv: Path) -> Path:
    return people_csv.with_name(JOURNAL)


async def test_second_run_sends_nothing_and_reports_the_same(
    lms_import: Import, schoology_sandbox: SchoologySandbox, journal: Path
) -> None:
    schoology_sandbox.school.add(
        school_uid="S00003", name_first="Other", name_last="Person", username="other"
    )
    first = await lms_import(file_of(120) + "S9,Ada\n")
    requests = len(schoology_sandbox.log)
    second = await lms_import(None)
    assert len(schoology_sandbox.log) == requests + 2  # the credentials and the roles
    assert first.code == second.code == Exit.REJECTED
    assert f"Continuing an earlier run (journal {journal}" in second.err
    assert "120 rows finished, 0 rows to check with the vendor" in second.err
    assert "An earlier run finished 119 of the done rows" in second.out
    assert "(0 rows/s)" in second.out
    assert "An earlier run finished" not in first.out
    # The same rows, with the vendor's own sentence, and when they ended.
    moments = [result.pop("earlier_run") for result in second.results]
    assert {result.pop("earlier_run") for result in first.results} == {""}
    assert Counter(result.pop("change") for result in first.results) == {"created": 119, "": 2}
    assert {result.pop("change") for result in second.results} == {""}
    assert second.results == first.results
    assert moments.pop() == ""  # rejected by our own check in this run
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", one) for one in moments)


async def test_vendors_reasons_are_kept_without_the_old_results_file(
    lms_import: Import, schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    schoology_sandbox.school.add(
        school_uid="S00003", name_first="Other", name_last="Person", username="other"
    )
    await lms_import(file_of(5))
    people_csv.with_name("people.results.csv").unlink()
    second = await lms_import(None)
    assert second.results[2]["error"] == "A user with the unique ID S00003 exists."


async def test_rows_of_an_earlier_run_are_marked_and_not_sent(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(60))
    school = schoology_sandbox.school
    for account in (school.by_school_uid("S00059"), school.by_school_uid("S00060")):
        assert account is not None
        school.remove(account.uid)
    ran = await lms_import(None, json=True)
    assert ran.summary is not None
    assert (ran.summary.earlier, ran.code) == (60, Exit.DONE)
    assert ran.summary.earlier_since is not None
    assert '"earlier":60,"earlier_since":' in ran.out
    assert all(result["earlier_run"] for result in ran.results)
    again = await lms_import(None, restart=True)
    assert {result["earlier_run"] for result in again.results} == {""}
    assert school.creates["S00059"] == school.creates["S00060"] == 2


async def test_only_changed_rows_are_sent(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.add(
        school_uid="S00003", name_first="Other", name_last="Person", username="other"
    )
    await lms_import(file_of(120))
    schoology_sandbox.log.clear()
    ran = await lms_import(file_of(120).replace("S00003", "S90003"))
    assert ran.code == Exit.DONE
    assert schoology_sandbox.log.count("POST", "users") == 1
    assert schoology_sandbox.school.creates["S90003"] == 1


async def test_restart_sends_all_rows(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(60))
    ran = await lms_import(None, restart=True)
    assert ran.code == Exit.REJECTED  # the people exist already
    assert schoology_sandbox.log.count("POST", "users") == 4
    assert "Continuing with" not in ran.err


async def test_retry_rejected_sends_rejected_rows_again(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    there = school.add(
        school_uid="S00003", name_first="Other", name_last="Person", username="other"
    )
    first = await lms_import(file_of(60) + "S9,Ada\n", again="lms import")
    assert first.code == Exit.REJECTED
    assert "add --retry-rejected" in first.out
    school.remove(there.uid)
    second = await lms_import(None)
    assert second.statuses[4] == "rejected"  # the journal still has the rejection
    schoology_sandbox.log.clear()
    third = await lms_import(None, retry_rejected=True)
    assert third.statuses == {**first.statuses, 4: "done"}
    assert schoology_sandbox.log.count("POST", "users") == 1
    assert school.creates == {f"S{number:05d}": 1 for number in range(1, 61)}
    assert "59 rows finished" in third.err


async def test_journal_of_other_work_is_rejected_and_results_are_kept(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    first = await lms_import(file_of(60))
    ran = await lms_import(None, update_existing=True)
    assert ran.code == Exit.BAD_INPUT
    assert "by an import of --kind people without --update-existing" in ran.err
    assert "Continuing an earlier run" not in ran.err
    assert "Use --restart to start over" in ran.err
    assert "--results FILE for a separate import" in ran.err
    assert ran.results == first.results
    assert schoology_sandbox.log.count("POST", "users") == 2


async def test_journal_in_use_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox, journal: Path
) -> None:
    held = JournalFile(journal)
    try:
        ran = await lms_import(file_of(60))
    finally:
        held.close()
    assert ran.code == Exit.BAD_INPUT
    assert "is in use by another import" in ran.err
    assert schoology_sandbox.log.count("POST", "users") == 0


async def test_dry_run_keeps_no_journal(lms_import: Import, journal: Path) -> None:
    await lms_import(file_of(60), dry_run=True, environment={})
    assert journal not in journal.parent.iterdir()


async def test_dry_run_reports_what_an_earlier_run_finished(
    lms_import: Import, journal: Path
) -> None:
    await lms_import(file_of(60))
    ran = await lms_import(file_of(70), dry_run=True, environment={})
    assert "would send 70 of 70 rows" in ran.err
    assert "70 would be sent, 0 rejected. An earlier run finished up to 60 of the 70" in ran.out
    assert f"journal {journal}" in ran.err
    assert "An earlier run finished 60 rows" in ran.err
    forgotten = await lms_import(None, dry_run=True, restart=True, environment={})
    assert str(journal) not in forgotten.err


async def test_dry_run_reports_a_journal_in_use(lms_import: Import, journal: Path) -> None:
    held = JournalFile(journal)
    try:
        ran = await lms_import(file_of(60), dry_run=True, environment={})
    finally:
        held.close()
    assert ran.code == Exit.BAD_INPUT
    assert "An import could not start now" in ran.err


async def test_dry_run_does_not_count_rows_of_an_earlier_run(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    # 60 rows of another content of the file: only 3 of them are still in it
    await lms_import(file_of(60))
    taken = row(2).replace("S00002", "S00003")
    await lms_import(file_of(2) + taken + "\n")
    writes = schoology_sandbox.log.count("POST", "users")
    content = file_of(2) + taken + "\n" + row(99) + "\n" + row(5).replace("Wil", "Mil") + "\n"
    ran = await lms_import(content, dry_run=True)
    assert "An earlier run finished 3 rows of this file" in ran.err
    assert "has 1 of these people already" in ran.err
    assert "5 rows: 2 would be sent, 0 rejected. Expected changes: 1 created" in ran.out
    assert "An earlier run finished 3 of the 5" in ran.out
    again = await lms_import(content, dry_run=True, retry_rejected=True)
    assert "finished 2 rows of this file" in again.err
    assert "finished 3 rows" in (await lms_import(content, dry_run=True)).err  # nothing was deleted
    assert schoology_sandbox.log.count("POST", "users") == writes


async def test_dry_run_says_that_the_journal_is_of_another_call(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(2))
    ran = await lms_import(None, update_existing=True, dry_run=True)
    assert ran.code == Exit.BAD_INPUT
    assert "An import could not start now: The journal" in ran.err
    assert (await lms_import(None, update_existing=True, dry_run=True, restart=True)).code == 0


async def test_suggested_command_updates_existing_people(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.add(
        school_uid="S00003", name_first="Other", name_last="Person", username="other"
    )
    first = await lms_import(file_of(60))
    assert "--update-existing --restart" in first.out
    second = await lms_import(None, update_existing=True, restart=True)
    assert second.code == Exit.DONE
    (uid,) = [u for u, one in schoology_sandbox.school.users.items() if one.school_uid == "S00003"]
    assert schoology_sandbox.school.users[uid].name_first != "Other"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.sandbox(latency=(0.05, 0.0))
async def test_printed_command_finishes_an_interrupted_import(
    schoology_sandbox: SchoologySandbox, people_csv: Path, journal: Path, number: signal.Signals
) -> None:
    save(people_csv, file_of(1000))
    told = {"environment": environment_of(schoology_sandbox), "folder": people_csv.parent}
    arguments = ("import", "people.csv", "--to", "schoology", "--limit", "2/0.2s")
    process = await start_lms(*arguments, **told)
    while schoology_sandbox.log.count("POST", "users") < 3:  # noqa: ASYNC110 - another process's
        await asyncio.sleep(0.01)
    process.send_signal(number)
    ran = await end_lms(process)
    made = len(schoology_sandbox.school.creates)
    assert 0 < made < 1000
    if number is signal.SIGKILL:
        again = list(map(str, arguments))
    else:
        assert ran.code == Exit.INTERRUPTED
        (line,) = [line for line in ran.out.splitlines() if line.startswith("To continue")]
        again = shlex.split(line.partition(": ")[2])[1:]
        assert again == list(arguments)
    again[again.index("2/0.2s")] = "1000/0.1s"
    rest = await lms(*again, **told)
    assert rest.code == Exit.DONE, rest.err
    assert "Continuing an earlier run (journal people.journal" in rest.err
    assert set(schoology_sandbox.school.creates.values()) == {1}
    assert len(schoology_sandbox.school.creates) == 1000
    results = read_results(people_csv.with_name("people.results.csv"))
    assert [result["status"] for result in results] == ["done"] * 1000
    shown = await lms("journal", "show", journal, **told)
    assert shown.code == 0
    assert "1,000 done" in shown.out
    assert "0 sent, no response yet" in shown.out


async def test_show_prints_no_key_and_reports_a_missing_journal(
    lms_import: Import, schoology_sandbox: SchoologySandbox, journal: Path, tmp_path: Path
) -> None:
    schoology_sandbox.faults.add(Fault.cut(method="POST", path="users"))
    await lms_import("\n".join([file_of(0).strip(), row(1)]))
    shown = await lms("journal", "show", journal, environment={}, folder=tmp_path)
    assert "users.create_many" in shown.out
    assert "S00001" not in shown.out
    missing = await lms("journal", "show", "no.journal", environment={}, folder=tmp_path)
    assert missing.code == Exit.BAD_INPUT
    assert "no journal no.journal" in missing.err
    assert load(tmp_path / "no.journal") is None


@pytest.mark.parametrize("name", ["people.journal", "people.journal.key", "people.journal-wal"])
async def test_results_file_must_not_be_a_journal_file(
    lms_import: Import, schoology_sandbox: SchoologySandbox, people_csv: Path, name: str
) -> None:
    ran = await lms_import(file_of(3), results=people_csv.with_name(name))
    assert ran.code == Exit.BAD_INPUT
    assert "is the name of the journal" in ran.err
    assert len(schoology_sandbox.log) == 0


async def test_journal_without_its_log_names_it_and_keeps_the_results(
    lms_import: Import, schoology_sandbox: SchoologySandbox, journal: Path
) -> None:
    """As after ``kill -9``, if only some of the files were copied."""
    first = await lms_import(file_of(60))
    requests = len(schoology_sandbox.log)
    with closing(sqlite3.connect(journal)) as database:
        (state,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version={state | OPEN}")
    ran = await lms_import(None)
    assert ran.code == Exit.BAD_INPUT
    assert "people.journal-wal is missing" in ran.err
    assert "with --restart" in ran.err
    assert ran.results == first.results
    assert len(schoology_sandbox.log) == requests + 2  # the credentials and the roles
