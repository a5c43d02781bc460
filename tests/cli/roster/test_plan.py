"""``lms plan`` and ``lms plan show``."""

from __future__ import annotations

import os
import signal
import stat

import pytest

from lms_async.sandbox import Fault, Seen
from tests.cli.conftest import read_results
from tests.cli.roster.conftest import PRIVATE, Lms, write_bundle


def test_plan_counts_the_changes_and_changes_nothing(roster_lms: Lms) -> None:
    ran = roster_lms.plan()
    assert ran.code == 0, ran.err
    for told in ("as of 20", "people         7 create", "enrollments    7 link"):
        assert told in ran.out
    assert "lms apply roster.plan" in ran.out
    assert roster_lms.writes == 0
    assert stat.S_IMODE((roster_lms.folder / "roster.plan").stat().st_mode) == 0o600
    assert not any(word in ran.out + ran.err for word in PRIVATE)


def test_plan_is_shown_again_and_its_rows_are_saved(roster_lms: Lms) -> None:
    roster_lms.plan("--as-of", "2026-10-01", "--out", "other.plan")
    shown = roster_lms("plan", "show", "other.plan")
    assert shown.code == 0
    assert "as of 2026-10-01" in shown.out
    assert "people         7 create" in shown.out
    assert not any(word in shown.out for word in PRIVATE)
    rows = roster_lms("plan", "show", "other.plan", "--rows")
    assert "Wilhelmina" in rows.out  # the rows were asked for
    saved = roster_lms("plan", "show", "other.plan", "--csv", "rows.csv")
    assert "17 changes written to rows.csv" in saved.err
    path = roster_lms.folder / "rows.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = read_results(path)
    assert len(found) == 17
    (seat,) = (row for row in found if row["key"] == "k1 / p0")
    assert (seat["kind"], seat["action"], seat["changes"]) == ("enrollments", "link", "role: admin")


def test_what_the_vendor_does_not_hold_is_listed_only_by_plan_show(roster_lms: Lms) -> None:
    orgs = roster_lms.folder / "bundle" / "orgs.csv"
    orgs.write_text(orgs.read_text() + "d,,,District,district,,\n")
    planned = roster_lms.plan().out
    assert "no id from the school at the vendor" in planned
    assert "does not hold or show them: 2 orgs and 7 fields" in planned
    assert "run: lms plan show roster.plan" in planned
    shown = roster_lms("plan", "show", "roster.plan").out
    assert "Not compared" not in shown
    for line in ("1: not a school", "no such field"):
        assert line not in planned
        assert line in shown


def test_cells_of_rows_are_no_formulas(roster_lms: Lms) -> None:
    users = roster_lms.folder / "bundle" / "users.csv"
    users.write_text(users.read_text().replace("Quagmire0", "=1+1"))
    roster_lms.plan()
    roster_lms("plan", "show", "roster.plan", "--csv", "rows.csv")
    text = (roster_lms.folder / "rows.csv").read_text()
    assert "family_name: =1+1" in text
    assert '"=' not in text


def test_plan_is_also_written_as_a_page(roster_lms: Lms) -> None:
    ran = roster_lms.plan("--html", "plan.html")
    assert ran.code == 0, ran.err
    assert "plan.html" in ran.out
    page = roster_lms.folder / "plan.html"
    assert "Quagmire3" in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert roster_lms.plan("--html", "plan.html").code == 0
    assert roster_lms.plan("--html", "roster.toml").code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan", "bundle", "--mapping", "roster.toml"], "Rosters can be kept in: "),
        (["plan", "bundle", "--to", "managebac-v1"], "cannot keep a roster in"),
        (["plan", "bundle", "--to", "schoology"], "run: lms roster init bundle --to schoology"),
        (["plan", "bundle", "--to", "schoology", "--mapping", "no.toml"], "no.toml can't be read"),
        (["plan", "no", "--to", "schoology", "--mapping", "roster.toml"], "no"),
        (
            ["plan", "bundle", "--to", "schoology", "--mapping", "roster.toml", "--as-of", "1/9"],
            "does not match the format",
        ),
        (
            [
                "plan",
                "bundle",
                "--to",
                "schoology",
                "--mapping",
                "roster.toml",
                "--out",
                "a/b.plan",
            ],
            "The folder a does not exist",
        ),
        (
            [
                "plan",
                "bundle",
                "--to",
                "schoology",
                "--mapping",
                "roster.toml",
                "--out=roster.toml",
            ],
            "exists and is not a plan",
        ),
        (["apply", "roster.toml"], "not a plan"),
        (["verify", "no.plan"], "there is no plan no.plan"),
    ],
)
def test_wrong_usage_exits_2_and_says_why(roster_lms: Lms, arguments: list[str], told: str) -> None:
    ran = roster_lms(*arguments)
    assert ran.code == 2
    assert told.casefold() in ran.err.casefold()
    assert (roster_lms.folder / "roster.toml").read_text().startswith("\nremovals")


def test_wrong_settings_of_the_target_are_all_named_with_their_line(roster_lms: Lms) -> None:
    path = roster_lms.folder / "roster.toml"
    path.write_text(f'{path.read_text()}[target]\nenrolment_removal = "expire"\n')
    ran = roster_lms.plan()
    assert ran.code == 2
    assert "roster.toml, line 20, [target] enrolment_removal" in ran.err
    assert "Did you mean enrollment_removal?" in ran.err
    roster_lms.replace_in_mapping("enrolment_removal", "enrollment_removal")
    roster_lms.replace_in_mapping('"expire"', '"erase"')
    ran = roster_lms.plan()
    assert ran.code == 2
    assert 'must be expire or delete, not "erase"' in ran.err
    assert len(roster_lms.sandbox.log) == 0


def test_words_that_the_vendor_does_not_have_are_all_listed(roster_lms: Lms) -> None:
    roster_lms.replace_in_mapping('"Student"', '"student"')
    roster_lms.replace_in_mapping('"admin"', '"boss"')
    roster_lms.replace_in_mapping('"North"', '"South"')
    ran = roster_lms.plan()
    assert ran.code == 2
    assert 'roster.toml, line 5, [roles] student: Schoology has no "student". Did' in ran.err
    assert 'Schoology has for roles: "Parent", "School Admin", "Student" and "Teacher"' in ran.err
    assert '[enrollment_roles] teacher: Schoology has no "boss"' in ran.err
    assert '[buildings] N: Schoology has no "South"' in ran.err
    assert not (roster_lms.folder / "roster.plan").exists()


def test_school_that_the_vendor_does_not_have_is_named(roster_lms: Lms) -> None:
    roster_lms.replace_in_mapping('N = "North"', "")
    ran = roster_lms.plan()
    assert ran.code == 0
    assert 'Schoology does not have these schools: "N"' in ran.out


def test_problems_of_the_source_are_counted_with_their_place(roster_lms: Lms) -> None:
    more = "\n".join(f"x{number},,,k1,n,nobody,student,,," for number in range(5))
    write_bundle(roster_lms.folder, 6, more=more)
    roster_lms.replace_in_mapping('teacher = "Teacher"', "")
    ran = roster_lms.plan()
    assert ran.code == 0
    assert "Rejected records of the source (5 problems):" in ran.out
    assert "5  enrollments.csv: orphan" in ran.out
    assert "enrollments.csv, line 9, column userSourcedId" in ran.out
    assert "no person with this id was read from users.csv" in ran.out
    assert "and 4 others" in ran.out
    assert "does not translate these roles: teacher (1)" in ran.out
    assert "The guard leaves out removals:" in ran.out
    shown = roster_lms("plan", "show", "roster.plan").out
    assert "5  enrollments.csv: orphan" in shown
    assert "and 4 others" in shown
    assert not any(word in ran.out + ran.err for word in PRIVATE)


def test_removals_that_are_left_out_exit_6_and_the_rest_is_applied(roster_lms: Lms) -> None:
    roster_lms.plan()
    roster_lms("apply", "roster.plan")
    # The first student left, a student is new, and the row of a third one is damaged.
    write_bundle(roster_lms.folder, 7, more="x1,,,k1,n,nobody,student,,,")
    enrollments = roster_lms.folder / "bundle" / "enrollments.csv"
    enrollments.write_text(enrollments.read_text().replace("e1,,,k1,n,p1,student,,,\n", ""))
    ran = roster_lms.plan()
    assert ran.code == 6
    assert "The guard refuses" not in ran.out
    assert "1 removal left out" in ran.out
    assert "lms apply roster.plan" in ran.out
    applied = roster_lms("apply", "roster.plan", "--yes")
    assert applied.code == 0, applied.err
    assert len(roster_lms.sandbox.school.enrollments) == 8


def test_setting_of_the_target_decides_how_people_are_read(roster_lms: Lms) -> None:
    path = roster_lms.folder / "roster.toml"
    path.write_text(f'{path.read_text()}[target]\npeople_from = "export"\n')
    assert roster_lms.plan().code == 0
    assert roster_lms.sandbox.log.count("GET", "csvexport/users") == 1


def test_missing_permission_names_the_kinds(roster_lms: Lms) -> None:
    roster_lms.sandbox.faults.add(Fault.error(403, path="courses"))
    ran = roster_lms.plan()
    assert ran.code == 4
    assert "may not read courses" in ran.err
    assert "sections, enrollments" in ran.err
    assert "Traceback" not in ran.err


def test_account_without_a_permission_does_not_look_like_wrong_credentials(
    roster_lms: Lms,
) -> None:
    roster_lms.sandbox.faults.add(Fault.error(403, path="app-user-info"))
    ran = roster_lms.plan()
    assert ran.code == 4
    assert "the account lacks a permission" in ran.err
    assert "did not accept the credentials" not in ran.err


def test_wrong_credentials_exit_4(roster_lms: Lms) -> None:
    roster_lms.monkeypatch.setenv("SCHOOLOGY_KEY", "wrong")
    ran = roster_lms.plan()
    assert ran.code == 4
    assert roster_lms.sandbox.secret not in ran.out + ran.err


def test_vendor_that_does_not_respond_as_expected_exits_5(roster_lms: Lms) -> None:
    roster_lms.sandbox.faults.add(Fault.error(404, path="users"))
    assert roster_lms.plan().code == 5
    assert {path.name for path in roster_lms.folder.iterdir()} == {"bundle", "roster.toml"}


def test_plan_that_the_guard_refuses_exits_6(roster_lms: Lms) -> None:
    roster_lms.plan()
    roster_lms("apply", "roster.plan")
    write_bundle(roster_lms.folder, 1)
    ran = roster_lms.plan()
    assert ran.code == 6
    assert "The guard refuses this plan:" in ran.out
    assert "max_removed_share" in ran.out
    assert "lms apply" not in ran.out
    assert roster_lms("plan", "show", "roster.plan").code == 0
    requests = len(roster_lms.sandbox.log)
    ran = roster_lms("apply", "roster.plan", "--yes")
    assert ran.code == 6
    # A nightly log has the reasons once, from lms plan.
    assert "lms plan show roster.plan" in ran.err
    assert "max_removed_share" not in ran.err
    assert len(roster_lms.sandbox.log) == requests


def test_source_is_compared_with_the_one_that_was_applied_last(roster_lms: Lms) -> None:
    roster_lms.replace_in_mapping("max_source_shrink = 0.9", "")
    roster_lms.plan()
    roster_lms("apply", "roster.plan")
    write_bundle(roster_lms.folder, 3)
    ran = roster_lms.plan()
    assert ran.code == 6
    assert "Only 4 of 7 people at the vendor were found in the source" in ran.out
    assert "the source has 4 people and had 7 last time" in ran.out
    assert "deactivate" not in ran.out


def test_each_cause_of_missing_removals_is_printed_once(roster_lms: Lms) -> None:
    roster_lms.replace_in_mapping("max_source_shrink = 0.9", "")
    roster_lms.plan()
    roster_lms("apply", "roster.plan")
    orphans = "\n".join(f"x{number},,,k1,n,nobody,student,,," for number in range(5))
    write_bundle(roster_lms.folder, 3, more=orphans)
    ran = roster_lms.plan()
    assert "5 of the source's" in ran.out
    for text in ("max_orphan_share", "may not have all", "enrollments and had"):
        assert text not in ran.out
    assert "more reasons, run: lms plan show roster.plan" in ran.out
    shown = roster_lms("plan", "show", "roster.plan")
    for text in ("max_orphan_share", "may not have all", "enrollments and had"):
        assert text in shown.out


def test_file_name_at_the_beginning_of_an_error_stays_as_it_is(roster_lms: Lms) -> None:
    (roster_lms.folder / "bundle" / "users.csv").write_bytes(b"\x80\n")
    assert "Error: users.csv, line 1" in roster_lms.plan().err


def test_plan_says_which_fields_new_records_need(roster_lms: Lms) -> None:
    users = roster_lms.folder / "bundle" / "users.csv"
    users.write_text(users.read_text().replace("w3@secret.example", ""))
    ran = roster_lms.plan()
    assert "people         1: needed field is missing: email or username, 1" in ran.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_plan_leaves_nothing_and_says_so(
    roster_lms: Lms, number: signal.Signals
) -> None:
    def interrupt(seen: Seen) -> None:
        if seen.path == "courses":
            os.kill(os.getpid(), number)

    roster_lms.sandbox.before_each = interrupt
    roster_lms.sandbox.faults.add(Fault.hang(path="courses"))
    ran = roster_lms.plan()
    assert ran.code == 130
    assert "Interrupted. No plan was made." in ran.err
    assert {path.name for path in roster_lms.folder.iterdir()} == {"bundle", "roster.toml"}


def test_plan_reports_a_term_of_the_vendor_that_is_over(roster_lms: Lms) -> None:
    periods = roster_lms.sandbox.school.grading_periods
    periods.add("2026-2027", "2020-08-17", "2021-06-11")
    ran = roster_lms.plan()
    assert ran.code == 0, ran.err
    assert "The term 2026-2027 of the source, 2020-08-17 to 2099-06-11, is 2026-2027" in ran.out
    assert "2020-08-17 to 2021-06-11, which is over on" in ran.out
