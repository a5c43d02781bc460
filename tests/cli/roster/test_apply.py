"""``lms apply`` and ``lms verify``."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import attrs
import pytest

from lms_async.cli.commands import apply
from lms_async.cli.exit_codes import CommandError
from lms_async.cli.planning.before_applying import ask_before_removals
from lms_async.cli.planning.outcomes import without_text
from lms_async.errors import JournalUnusable
from lms_async.outcome import Outcome, RowError, Status
from lms_async.roster import Action, Change, PlanFile
from lms_async.roster.applying.apply_record import ApplyRecord
from lms_async.roster.applying.other_plan import forget_other_plan
from lms_async.roster.plan_files.plan_writer import PlanWriter
from lms_async.sandbox import Fault, Seen
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import read_results
from tests.cli.roster.conftest import FAST, PRIVATE, Lms, write_bundle


@pytest.fixture
def planned(roster_lms: Lms) -> Lms:
    assert roster_lms.plan().code == 0
    return roster_lms


def test_plan_is_applied_and_verified_and_the_next_one_is_empty(planned: Lms) -> None:
    ran = planned("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 0, ran.err
    assert "people         7 create: done" in ran.out
    assert "lms verify roster.plan" in ran.out
    assert len(planned.sandbox.school.enrollments) == 7
    path = planned.folder / "results.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [row["status"] for row in read_results(path)] == ["done"] * 17
    verified = planned("verify", "roster.plan")
    assert verified.code == 0
    assert "Schoology shows 17 changes as planned" in verified.out
    assert "0 changes" in planned.plan().out
    assert planned("apply", "roster.plan").code == 0
    requests = len(planned.sandbox.log)
    assert planned("verify", "roster.plan").code == 0
    assert len(planned.sandbox.log) == requests  # of a plan without changes
    assert not any(word in ran.out + ran.err for word in PRIVATE)


def test_journals_of_a_plan_that_was_replaced_are_replaced_too(planned: Lms) -> None:
    assert planned("apply", "roster.plan").code == 0
    write_bundle(planned.folder, 7)
    assert planned.plan().code == 0
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.err
    assert "people         1 create: done" in ran.out
    journals = {path.name for path in (planned.folder / "roster.plan.journal").iterdir()}
    assert not any("courses" in name for name in journals)


def test_rejected_changes_exit_1_and_say_why_without_names(roster_lms: Lms) -> None:
    roster_lms.replace_in_mapping('N = "North"', "")  # Schoology has no school N
    roster_lms.plan()
    ran = roster_lms("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 1
    assert "7  people, create rejected: school (invalid)" in ran.out
    assert "link skipped: not sent, because its section was not created" in ran.out
    assert "make a new plan" in ran.out
    assert "To continue" not in ran.out  # the same command would not make more changes
    rows = read_results(roster_lms.folder / "results.csv")
    (told,) = (row for row in rows if row["key"] == "p0")
    assert (told["status"], told["error_code"]) == ("rejected", "invalid")
    assert "is the name of no building" in told["error"]
    assert not any(word in ran.out + ran.err for word in PRIVATE)
    # It was applied nevertheless: the next plan is not compared as in a first run.
    assert len(list(roster_lms.folder.glob("last-applied-*.json"))) == 1
    verified = roster_lms("verify", "roster.plan")
    assert verified.code == 1
    assert "people         7: missing" in verified.out


def test_words_of_the_vendor_are_only_in_the_results_file(planned: Lms) -> None:
    told = Fault.error(400, method="POST", path="gradingperiods", body="Wilhelmina has one")
    planned.sandbox.faults.add(told)
    ran = planned("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 1
    assert "terms, create rejected: 400" in ran.out
    assert not any(word in ran.out + ran.err for word in PRIVATE)
    first = read_results(planned.folder / "results.csv")[0]
    assert (first["kind"], first["status"], first["error_code"]) == ("terms", "rejected", "400")
    assert first["error"]


def test_people_who_exchange_their_addresses_are_told_by_number(planned: Lms) -> None:
    assert planned("apply", "roster.plan").code == 0
    users = planned.folder / "bundle" / "users.csv"
    texts = {"w1@": "w9@", "w2@": "w1@", "w9@": "w2@"}
    for old, new in texts.items():
        users.write_text(users.read_text().replace(old, new))
    assert planned.plan().code == 0
    ran = planned("apply", "roster.plan")
    assert ran.code == 1
    assert "The changes 1, 2 of this plan exchange their email" in ran.out
    assert not any(word in ran.out + ran.err for word in PRIVATE)


def test_fields_of_the_vendor_are_named_and_values_are_not() -> None:
    after = {"email": "wil.quagmire@secret.example", "family_name": "Quagmire"}
    change = Change(kind="people", action=Action.UPDATE, key="p1", after=after)
    fields = ("email", "year_group", "custom_fields[2].id", "Wilhelmina", "quagmire")
    error = RowError("409", "Wilhelmina has it", dict.fromkeys(fields, "Wilhelmina"))
    told = without_text(Outcome(0, change, Status.REJECTED, error=error))
    assert (told.code, told.message) == ("409", "")
    assert dict(told.fields) == dict.fromkeys(fields[:3], "")
    error = RowError("409", "", {"wil.quagmire": ""})
    assert not without_text(Outcome(0, change, Status.REJECTED, error=error)).fields


def test_unknown_changes_exit_3_and_are_looked_up_later(planned: Lms) -> None:
    planned.sandbox.faults.add(
        Fault.cut(after=True, method="POST", path="gradingperiods"),
        Fault.error(404, method="GET", path="gradingperiods", skip=1),
    )
    ran = planned("apply", "roster.plan", "--allow-changed")
    assert ran.code == 3
    assert "terms          1 create: unknown" in ran.out
    assert "To continue, run: lms apply roster.plan" in ran.out
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.out
    assert len(planned.sandbox.school.grading_periods) == 1


def test_refused_credentials_stop_and_the_same_command_continues(planned: Lms) -> None:
    planned.sandbox.faults.add(Fault.error(401, method="POST", path="courses"))
    ran = planned("apply", "roster.plan", "--results", "results.csv")
    assert ran.code == 4
    assert "The other changes were not sent" in ran.err
    assert not list(planned.folder.glob("last-applied-*.json"))
    rows = read_results(planned.folder / "results.csv")
    assert {(row["kind"], row["status"]) for row in rows} == {
        ("terms", "done"),
        ("people", "done"),
        ("courses", "skipped"),
        ("sections", "skipped"),
        ("enrollments", "skipped"),
    }
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.err
    assert "An earlier run finished 8 of these changes" in ran.out
    assert len(planned.sandbox.school.enrollments) == 7


def test_old_plan_is_refused_unless_asked(planned: Lms) -> None:
    path = planned.folder / "roster.plan"
    with PlanFile(path) as file:
        meta = attrs.evolve(file.meta, made_at=file.meta.made_at - timedelta(days=1, minutes=1))
        changes = list(file.changes())
    with PlanWriter(path, meta) as writer:
        for change in changes:
            writer.add(change)
    ran = planned("apply", "roster.plan")
    assert ran.code == 6
    assert "older than a day" in ran.err
    assert "--allow-old" in ran.err
    assert planned("apply", "roster.plan", "--allow-old").code == 0


def test_plan_for_another_state_is_refused_unless_asked(planned: Lms) -> None:
    planned.sandbox.school.grading_periods.add("Summer", "2027-07-01", "2027-08-01")
    ran = planned("apply", "roster.plan")
    assert ran.code == 6
    assert "have changed" in ran.err
    assert "--allow-changed" in ran.err
    assert planned.writes == 0
    assert planned("apply", "roster.plan", "--allow-changed").code == 0


def test_plan_of_another_account_is_refused(planned: Lms) -> None:
    with SchoologySandbox() as other:
        planned.monkeypatch.setenv("SCHOOLOGY_BASE_URL", other.base_url)
        ran = planned("apply", "roster.plan")
        assert (ran.code, "the plan is for schoology" in ran.err.casefold()) == (6, True)
        assert "--allow-changed" not in ran.err  # that would not help
        assert planned("verify", "roster.plan").code == 6


def test_removals_need_an_agreement(planned: Lms) -> None:
    assert planned("apply", "roster.plan").code == 0
    write_bundle(planned.folder, 5)
    assert planned.plan().code == 0
    writes = planned.writes
    ran = planned("apply", "roster.plan")
    assert ran.code == 2
    assert "Add --yes" in ran.err
    assert planned.writes == writes
    ran = planned("apply", "roster.plan", "--yes")
    assert ran.code == 0, ran.err
    assert "deactivate: done" in ran.out


def test_a_person_at_the_terminal_is_asked(planned: Lms) -> None:
    counts = {("people", Action.DEACTIVATE, "N"): 2, ("people", Action.CREATE, "N"): 1}
    asked: list[str] = []

    def answer(question: str, *, yes: bool) -> bool:
        asked.append(question)
        return yes

    ask_before_removals(counts, yes=False, confirm=partial(answer, yes=True))
    with pytest.raises(CommandError) as refused:
        ask_before_removals(counts, yes=False, confirm=partial(answer, yes=False))
    assert refused.value.exit_code == 130
    assert asked == ["Remove 2 people?"] * 2
    ask_before_removals({("people", Action.CREATE, "N"): 1}, yes=False, confirm=None)


def test_plan_that_is_replaced_during_the_question_is_not_applied(planned: Lms) -> None:
    assert planned("apply", "roster.plan").code == 0
    write_bundle(planned.folder, 5)
    assert planned.plan().code == 0
    write_bundle(planned.folder, 3)
    assert planned.plan("--out", "other.plan").code == 0
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        Path("other.plan").replace("roster.plan")
        return True

    planned.monkeypatch.setattr(apply, "is_terminal", lambda _: True)
    planned.monkeypatch.setattr(apply, "confirm", answer)
    writes = planned.writes
    ran = planned("apply", "roster.plan")
    assert asked == ["Remove 1 person?"]
    assert (ran.code, "another plan" in ran.err.casefold()) == (2, True)
    assert planned.writes == writes


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_interrupted_and_killed_runs_continue(
    planned: Lms, number: signal.Signals, code: int
) -> None:
    sandbox, school = planned.sandbox, planned.sandbox.school
    here = threading.Event()

    def look(seen: Seen) -> None:  # runs in the sandbox's thread
        if (seen.method, seen.path) == ("POST", "users"):
            here.set()

    sandbox.before_each = look
    sandbox.faults.add(Fault.hang(acts=True, method="POST", path="users"))
    with subprocess.Popen(  # noqa: S603 - the words are fixed
        [sys.executable, "-m", "lms_async.cli", "apply", "roster.plan", *FAST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert here.wait(30)
            process.send_signal(number)
            if number == signal.SIGINT:
                assert process.stderr is not None
                while "Ctrl-C again" not in process.stderr.readline():
                    pass
                process.send_signal(number)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == code
    assert not school.enrollments
    if number == signal.SIGINT:
        assert "people         7 create: unknown" in out
        assert "Interrupted" in err
    ran = planned("apply", "roster.plan")
    assert ran.code == 0, ran.err
    assert (len(school.users), len(school.enrollments)) == (1 + 7, 7)


def test_apply_that_is_in_progress_is_not_started_twice(planned: Lms) -> None:
    with ApplyRecord(planned.folder / "roster.plan.journal", "another plan") as record:
        record.begin()
        with pytest.raises(JournalUnusable, match="another program"):
            forget_other_plan(planned.folder / "roster.plan.journal", "this plan")


def test_deletion_of_old_journals_that_was_interrupted_continues(
    planned: Lms, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planned("apply", "roster.plan").code == 0
    folder = planned.folder / "roster.plan.journal"
    total, unlink = len(list(folder.iterdir())), Path.unlink

    def unlink_twice(path: Path) -> None:
        if len(list(folder.iterdir())) == total - 2:
            raise KeyboardInterrupt
        unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink_twice)
        with pytest.raises(KeyboardInterrupt):
            forget_other_plan(folder, "another plan")
    assert len(list(folder.iterdir())) == total - 2
    forget_other_plan(folder, "another plan")
    assert not folder.exists()
