"""``lms import`` into the sandbox, in this process: what is sent, shown and written."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.reporting.results import ResultsFile
from lms_async.sandbox import Fault
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import (
    HEADER,
    TARGET,
    Import,
    environment_of,
    file_of,
    load,
    read_results,
    row,
    save,
)

PERSONAL = ("Wilhelmina", "Quagmire", "secret.example")


async def test_all_rows_done(lms_import: Import, schoology_sandbox: SchoologySandbox) -> None:
    ran = await lms_import(file_of(120))
    assert ran.code == Exit.DONE
    school = schoology_sandbox.school
    assert set(school.creates) == {f"S{number:05}" for number in range(1, 121)}
    assert list(ran.statuses) == list(range(2, 122))
    for told in ran.results:
        account = school.by_school_uid(told["key"])
        assert account is not None
        assert (told["status"], told["id"]) == ("done", account.uid)
        assert account.name_last == f"Quagmire{int(told['key'][1:])}"
    paths = [seen.path for seen in schoology_sandbox.log]
    assert paths == ["app-user-info", "roles", "users", "users", "users"]
    assert "120 rows: 120 done, 0 rejected, 0 unknown, 0 skipped" in ran.out
    assert ran.summary is not None
    assert f"Results for every row: {ran.summary.results}\n" in ran.out


async def test_windows_1252_with_semicolons(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    content = (HEADER + "\r\nS1,Zoë,Müller,1214,z@x.example\r\n").replace(",", ";")
    ran = await lms_import(content.encode("cp1252"), encoding="cp1252")
    assert ran.code == Exit.DONE
    account = schoology_sandbox.school.by_school_uid("S1")
    assert account is not None
    assert (account.name_first, account.name_last) == ("Zoë", "Müller")
    assert "semicolons" in ran.err


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        pytest.param("", {}, ["is empty"], id="empty file"),
        pytest.param(HEADER + "\n", {}, ["5 columns, but no rows"], id="no rows"),
        pytest.param(HEADER + "\n\n,,,,\n", {}, ["but no rows"], id="blank rows only"),
        pytest.param(None, {}, ["does not exist"], id="no file"),
        pytest.param(
            file_of(3).replace("school_uid", "School UID"),
            {},
            ['Unknown column "School UID"', 'add --map school_uid="School UID"'],
            id="unknown column",
        ),
        pytest.param(
            file_of(3).replace("primary_email", "name_middle"),
            {},
            ["no column for username or primary_email"],
            id="missing column",
        ),
        pytest.param(
            file_of(3).replace("Wilhelmina", 'Wil"h"', 1) + 'S9,"A"x,B,1214,a@b.c\n',
            {},
            ["row 5 ", "quotation mark is missing"],
            id="stray quote",
        ),
        pytest.param(
            file_of(3),
            {"results": Path("/nowhere/results.csv")},
            ["/nowhere/results.csv could not be written"],
            id="results file cannot be written",
        ),
        pytest.param(
            file_of(3),
            {"environment": {"SCHOOLOGY_KEY": "k"}},
            ["Not set: SCHOOLOGY_SECRET (consumer secret)", ".env", "never", "command line"],
            id="a variable is missing",
        ),
        pytest.param(
            file_of(3),
            {"environment": {"SCHOOLOGY_KEY": " "}},
            ["SCHOOLOGY_KEY", "and SCHOOLOGY_SECRET"],
            id="all variables are missing or blank",
        ),
        pytest.param(
            file_of(3),
            {
                "environment": {
                    "SCHOOLOGY_KEY": "k",
                    "SCHOOLOGY_SECRET": "s",
                    "SCHOOLOGY_BASE_URL": "http://lms.example/v1/",
                }
            },
            ["http:// base URL", "SCHOOLOGY_BASE_URL"],
            id="http to another machine",
        ),
    ],
)
async def test_invalid_input_is_reported_before_the_first_request(
    lms_import: Import,
    schoology_sandbox: SchoologySandbox,
    people_csv: Path,
    content: str | None,
    options: Any,
    told: list[str],
) -> None:
    ran = await lms_import(content, **options)
    assert ran.code == Exit.BAD_INPUT
    assert all(part in ran.err for part in told), ran.err
    assert not any(name in ran.err + ran.out for name in PERSONAL)
    assert len(schoology_sandbox.log) == 0
    assert load(people_csv.with_name("people.results.csv")) is None


async def test_results_file_must_not_be_the_input(
    lms_import: Import, schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    save(people_csv, file_of(3))
    ran = await lms_import(None, results=people_csv)
    assert ran.code == Exit.BAD_INPUT
    assert "is the input" in ran.err
    assert load(people_csv) == file_of(3)
    assert len(schoology_sandbox.log) == 0


def fill_the_disk(results: ResultsFile) -> None:
    """Make every further write to ``results`` fail."""
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, results._file.fileno())
    os.close(full)


async def test_full_disk_stops_before_the_first_row(
    lms_import: Import, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = ResultsFile.begin

    def begin_on_a_full_disk(results: ResultsFile) -> None:
        fill_the_disk(results)
        begin(results)

    monkeypatch.setattr(ResultsFile, "begin", begin_on_a_full_disk)
    ran = await lms_import(file_of(3))
    assert ran.code == Exit.BAD_INPUT
    assert "people.results.csv could not be written" in ran.err
    assert schoology_sandbox.log.count("POST") == 0


async def test_invalid_rows_do_not_affect_others(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    bad = {
        3: (",Ada,Okafor,1214,a@b.example", "invalid", "school_uid: is needed"),
        4: ("S91,,Okafor,1214,a@b.example", "invalid", "name_first: is needed"),
        5: ("S92,Ada,,1214,a@b.example", "invalid", "name_last: is needed"),
        6: ("S93,Ada,Okafor,,a@b.example", "invalid", "role_id: is needed"),
        7: ("S94,Ada,Okafor,1214,", "invalid", "username: is needed, or primary_email"),
        8: ("S95,Ada,Okafor,1214,no mail", "invalid", "primary_email: must be an email address"),
        9: ("S96,Ada,Okafor,1214", "ragged", "has 4 cells, but the header has 5"),
        10: ("S97,Ada,Okafor,1214,a@b.example,", "ragged", "has 6 cells, but the header has 5"),
        11: ("S98,A\0da,Okafor,1214,a@b.example", "nul", "NUL byte"),
        12: ("S00001,Ada,Okafor,1214,a@b.example", "duplicate", "rows 2, 12 and 13"),
        13: ("S00001,,Okafor,1214,a@b.example", "duplicate", "the same school_uid"),
    }
    lines = [HEADER, row(1), *(line for line, _, _ in bad.values()), row(2), "", row(3)]
    ran = await lms_import("\n".join(lines))
    assert ran.code == Exit.REJECTED
    good = {14: "done", 16: "done"}  # row 15 is blank; row 2 has the same key as rows 12 and 13
    assert ran.statuses == {2: "rejected", **dict.fromkeys(bad, "rejected"), **good}
    assert list(ran.statuses) == sorted(ran.statuses)
    by_row = {int(told["row"]): told for told in ran.results}
    for number, (_, code, why) in bad.items():
        assert by_row[number]["error_code"] == code
        assert why in by_row[number]["error"], number
    assert set(schoology_sandbox.school.creates) == {"S00002", "S00003"}
    assert schoology_sandbox.log.count("POST") == 1
    assert "Row 8 rejected (invalid): primary_email: must be an email address" in ran.err
    assert "no mail" not in ran.err


async def test_rows_are_numbered_as_in_a_spreadsheet_after_multiline_cells(
    lms_import: Import,
) -> None:
    lines = [HEADER + ",address", row(1) + ',"1 Main St\nSpringfield\nUSA"', row(2) + ",x,y"]
    ran = await lms_import("\n".join(lines))
    assert ran.statuses == {2: "done", 3: "rejected"}


async def test_no_request_without_a_valid_row(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(file_of(3).replace("@secret.example", ""))
    assert ran.code == Exit.REJECTED
    assert ran.statuses == {2: "rejected", 3: "rejected", 4: "rejected"}
    assert len(schoology_sandbox.log) == 0


async def test_rejected_row_is_named_by_number_and_not_by_person(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.add(school_uid="S00002", name_first="A", name_last="B")
    ran = await lms_import(file_of(3))
    assert ran.code == Exit.REJECTED
    assert ran.statuses == {2: "done", 3: "rejected", 4: "done"}
    assert ran.results[1]["error_code"] == "409"
    assert ran.results[1]["error"] == "A user with the unique ID S00002 exists."
    assert "Row 3 rejected by Schoology (409)" in ran.err
    assert "--update-existing --restart" in ran.out
    assert "S00002" not in ran.err + ran.out


async def test_update_existing_changes_existing_users(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.add(school_uid="S00002", name_first="A", name_last="B")
    ran = await lms_import(file_of(3), update_existing=True)
    assert ran.code == Exit.DONE
    account = schoology_sandbox.school.by_school_uid("S00002")
    assert account is not None
    assert account.name_last == "Quagmire2"


async def test_columns_can_be_mapped_and_ignored(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    content = file_of(3).replace("school_uid", "Student ID").replace("name_last", "Surname")
    maps = ["school_uid=Student ID", "name_last=Surname"]
    content = content.replace("\n", ",17\n").replace("17", "Locker", 1)
    ran = await lms_import(content, maps=maps, ignored=["Locker"])
    assert ran.code == Exit.DONE
    assert set(schoology_sandbox.school.creates) == {"S00001", "S00002", "S00003"}


async def test_wrong_credentials_exit_before_the_first_row(
    lms_import: Import, schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    results = people_csv.with_name("people.results.csv")
    save(results, "row,key,status,id,error_code,error\n")
    environment = environment_of(schoology_sandbox) | {"SCHOOLOGY_SECRET": "hunter2"}
    ran = await lms_import(file_of(3), environment=environment)
    assert ran.code == Exit.NOT_AUTHORIZED
    assert len(schoology_sandbox.log) == 1
    assert "Check SCHOOLOGY_KEY, SCHOOLOGY_SECRET" in ran.err
    assert "June 2025 a personal API key" in ran.err
    assert "No row was sent" in ran.err
    assert "hunter2" not in ran.err + ran.out
    assert load(results) == "row,key,status,id,error_code,error\n"


@pytest.mark.parametrize("as_json", [False, True])
async def test_host_is_shown_before_the_first_request(
    lms_import: Import, schoology_sandbox: SchoologySandbox, as_json: bool
) -> None:
    """The host is shown even if it never responds."""
    environment = environment_of(schoology_sandbox) | {"SCHOOLOGY_KEY": "wrong"}
    ran = await lms_import(file_of(3), environment=environment, json=as_json)
    assert ran.code == Exit.NOT_AUTHORIZED
    host = schoology_sandbox.base_url.removesuffix("/v1/")
    if as_json:
        first = json.loads(ran.out.splitlines()[0])
        assert first == {"event": "host", "target": "schoology", "host": host, "proxy": ""}
    else:
        assert ran.err.splitlines()[0] == f"Connecting to Schoology at {host}"


async def test_unreachable_host_exits_unreachable(
    lms_import: Import, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    environment = environment_of(schoology_sandbox)
    await schoology_sandbox.close()
    ran = await lms_import(file_of(3), environment=environment)
    assert ran.code == Exit.UNREACHABLE
    assert "could not be reached" in ran.err
    assert "127.0.0.1" in ran.err
    assert ran.results == []


async def test_unexpected_server_exits_unreachable(
    lms_import: Import, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    schoology_sandbox.faults.add(Fault.html(status=200, times=100))
    ran = await lms_import(file_of(3))
    assert ran.code == Exit.UNREACHABLE
    assert "did not respond as expected" in ran.err
    assert schoology_sandbox.log.count("POST") == 0


async def test_wrong_base_url_exits_unreachable(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    environment = environment_of(schoology_sandbox)
    environment["SCHOOLOGY_BASE_URL"] = schoology_sandbox.base_url.removesuffix("v1/")
    ran = await lms_import(file_of(3), environment=environment)
    assert ran.code == Exit.UNREACHABLE
    assert "Check SCHOOLOGY_BASE_URL" in ran.err or "and SCHOOLOGY_BASE_URL" in ran.err


async def test_unknown_rows_set_the_exit_code_before_rejected_ones(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(
        Fault.cut(after=True, method="POST"),
        Fault.error(404, method="GET", path="users", share=1.0),  # the look-up fails
    )
    ran = await lms_import(file_of(100) + "S9,Ada,,1214,a@b.example\n")
    assert ran.code == Exit.UNKNOWN
    assert set(ran.statuses.values()) == {"unknown", "done", "rejected"}
    assert list(ran.statuses.values()).count("unknown") == 50
    assert ran.statuses[102] == "rejected"
    assert sum(schoology_sandbox.school.creates.values()) == 100
    assert "50 unknown" in ran.out


def revoke_at_second_post(sandbox: SchoologySandbox) -> Callable[[Any], None]:
    """Return a hook that revokes the key at the second POST."""

    def before(seen: Any) -> None:
        if sandbox.log.count("POST") == 2:
            sandbox.personal_key = True

    return before


async def test_key_revoked_during_the_import(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.before_each = revoke_at_second_post(schoology_sandbox)
    ran = await lms_import(file_of(500), limit=(1, 0.01))
    assert ran.code == Exit.NOT_AUTHORIZED
    assert list(ran.statuses.values()) == ["done"] * 50 + ["skipped"] * 450
    assert "remaining rows were not sent" in ran.err
    assert schoology_sandbox.log.count("POST") <= 3


async def test_vendor_unreachable_during_the_import(
    lms_import: Import, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    environment = environment_of(schoology_sandbox)

    going: list[asyncio.Future[None]] = []

    def answered(event: Any) -> None:
        if getattr(event, "status", None) == 207 and not going:
            going.append(asyncio.ensure_future(schoology_sandbox.close()))

    ran = await lms_import(
        file_of(300), environment=environment, limit=(1, 0.05), listeners=[answered]
    )
    assert ran.code == Exit.UNREACHABLE
    assert len(ran.results) == 300
    assert ran.statuses[2] == "done"
    assert ran.statuses[301] == "skipped"
    await going[0]
    assert "remaining rows were not sent" in ran.err


async def test_column_names_of_other_exports_are_suggested(lms_import: Import) -> None:
    header = "Student ID,First Name,Last Name,Role,E-Mail"
    ran = await lms_import(file_of(3).replace(HEADER, header), dry_run=True)
    assert ran.code == Exit.BAD_INPUT
    for field, column in zip(HEADER.split(","), header.split(","), strict=True):
        assert f'--map {field}="{column}"' in ran.err
    maps = [f"{f}={c}" for f, c in zip(HEADER.split(","), header.split(","), strict=True)]
    ran = await lms_import(None, maps=maps, dry_run=True)
    assert ran.code == Exit.DONE


async def test_dry_run(
    lms_import: Import, schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    ran = await lms_import(
        file_of(1500) + "S9,Ada,,1214,a@b.example\n",
        dry_run=True,
        environment={},
        limit=(10, 5.0),
    )
    assert ran.code == Exit.REJECTED
    assert "would send 1,500 of 1,501 rows in 30 requests" in ran.err
    assert "at least 15 s" in ran.err
    assert "10 requests per 5 s" in ran.err
    assert "Row 1502 rejected (invalid): name_last: is needed" in ran.err
    assert "1,501 rows: 1,500 would be sent, 1 rejected" in ran.out
    assert "done" not in ran.out
    assert len(schoology_sandbox.log) == 0
    assert load(people_csv.with_name("people.results.csv")) is None
    ran = await lms_import(file_of(5), dry_run=True, environment={}, limit=None)
    assert ran.code == Exit.DONE
    assert "13 requests per 5 s" in ran.err


async def test_screen_and_log_show_no_personal_data(
    lms_import: Import, schoology_sandbox: SchoologySandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    schoology_sandbox.school.add(school_uid="S00002", name_first="A", name_last="B")
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    content = file_of(120) + "S9,Wilhelmina,,1214,w@secret.example\n" + row(7) + "\n"
    for as_json in (False, True):
        ran = await lms_import(content, json=as_json)
        assert ran.code in {Exit.UNKNOWN, Exit.REJECTED}
        said = ran.out + ran.err + caplog.text
        assert not any(name in said for name in (*PERSONAL, "S00002", "S00007"))
        assert schoology_sandbox.secret not in said
    assert any("S00007" in told["key"] for told in ran.results)


@pytest.mark.parametrize(("key", "noted"), [("2E15", True), ("7e12", True), ("E12", False)])
async def test_key_that_a_spreadsheet_may_have_rounded_is_noted(
    lms_import: Import, key: str, noted: bool
) -> None:
    content = file_of(3) + f'"{key}",Ada,Okafor,1214,a@b.example\n'
    ran = await lms_import(content, dry_run=True)
    assert ("row 5, school_uid looks like a number" in ran.err) is noted


async def test_error_names_the_mapped_column(lms_import: Import) -> None:
    content = file_of(3).replace("primary_email", "Mail") + "S9,Ada,Okafor,1214,ada\n"
    ran = await lms_import(content, maps=["primary_email=Mail"])
    assert 'Row 5 rejected (invalid): primary_email ("Mail"): must be an email address' in ran.err
    assert ran.results[3]["error"] == 'primary_email ("Mail"): must be an email address'


async def test_file_for_another_target_is_recognized_by_its_columns(lms_import: Import) -> None:
    ran = await lms_import("class_id,student_id,level\n1,2,HL\n")
    assert ran.code == Exit.BAD_INPUT
    assert ran.err.startswith("Error: This file has the columns for --to managebac.")


async def test_kinds_that_would_leave_out_a_field_are_not_suggested(lms_import: Import) -> None:
    ran = await lms_import("school_uid,primary_email\nS1,ada@school.example\n")
    assert ran.code == Exit.BAD_INPUT
    assert "This file has the columns for --to schoology --kind change-people." in ran.err
    assert "reactivate" not in ran.err
    assert "There is no column for name_first" in ran.err
    assert "--set role_id=VALUE" in ran.err
    for field in ("name_first", "name_last"):
        assert f"--set {field}" not in ran.err
    assert "lms list people --from schoology --csv FILE" in ran.err


async def test_file_with_the_required_columns_is_of_the_given_kind(lms_import: Import) -> None:
    ran = await lms_import(f"{HEADER},Extra\n{row(1)},x\n")
    assert ran.code == Exit.BAD_INPUT
    assert "This file has the columns for" not in ran.err


async def test_each_kind_has_its_own_results_and_journal(
    lms_import: Import, people_csv: Path
) -> None:
    await lms_import(file_of(2))
    ran = await lms_import("course_code,title\nA,Art\n", kind="courses")
    assert ran.code == Exit.DONE, ran.err
    names = {path.name for path in people_csv.parent.iterdir()}
    assert {"people.results.csv", "people.courses.results.csv"} <= names
    assert {"people.journal", "people.courses.journal"} <= names


@pytest.mark.parametrize("dry_run", [False, True])
async def test_reasons_of_many_rejected_rows_are_counted(
    lms_import: Import, schoology_sandbox: SchoologySandbox, dry_run: bool
) -> None:
    schoology_sandbox.school.add(school_uid="S00002", name_first="A", name_last="B")
    bad = "".join(f"B{number},Ada,,1214,a@b.example\n" for number in range(12))
    bad += "B12,Ada,Okafor,1214,no mail\nB13,Ada\n"
    ran = await lms_import(file_of(5) + bad, dry_run=dry_run)
    assert ran.summary is not None
    vendors = {} if dry_run else {"409": 1}
    assert ran.summary.reasons == {
        "name_last: is needed": 12,
        "primary_email: must be an email address": 1,
        "ragged": 1,
        **vendors,
    }
    assert ran.summary.refused_by_vendor is not dry_run
    assert "Rejected, by reason:\n       12  name_last: is needed\n" in ran.out


async def test_json_output(lms_import: Import, schoology_sandbox: SchoologySandbox) -> None:
    schoology_sandbox.faults.add(Fault.refuse(retry_after=0.05, method="POST"))
    ran = await lms_import(file_of(60) + "S9,Ada,,1214,a@b.example\n", json=True)
    said = [json.loads(line) for line in ran.out.splitlines()]
    kinds = [one["event"] for one in said]
    assert {
        "begin",
        "request_sent",
        "response_received",
        "refused",
        "retrying",
        "row",
        "report",
    } <= set(kinds)
    assert kinds[-1] == "report"
    assert said[-1]["exit_code"] == 1
    assert said[-1]["counts"] == {"done": 60, "rejected": 1, "unknown": 0, "skipped": 0}
    assert said[-1]["results"].endswith("people.results.csv")
    assert said[-1]["results_complete"] is True
    assert said[-1]["explained"] == []  # the rejected row was never sent
    (bad,) = (one for one in said if one["event"] == "row")
    assert (bad["row"], bad["status"], bad["error_code"]) == (62, "rejected", "invalid")
    assert ran.err == ""


async def test_json_output_of_errors(lms_import: Import) -> None:
    ran = await lms_import("", json=True)
    (error,) = (json.loads(line) for line in ran.out.splitlines())
    assert (error["event"], error["exit_code"]) == ("error", 2)
    assert "is empty" in error["lines"][0]


async def test_update_existing_is_rejected_if_unsupported(lms_import: Import) -> None:
    ran = await lms_import(
        file_of(1), kind=attrs.evolve(TARGET.kinds[0], options=()), update_existing=True
    )
    assert ran.code == Exit.BAD_INPUT
    assert "--kind people does not have the option --update-existing" in ran.err


async def test_results_file_that_fails_stops_the_import(
    lms_import: Import, schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, begun = ResultsFile.begin, []

    def begin_and_keep(results: ResultsFile) -> None:
        begin(results)
        begun.append(results)

    def answered(event: Any) -> None:
        if getattr(event, "status", None) == 207:
            fill_the_disk(begun[0])

    monkeypatch.setattr(ResultsFile, "begin", begin_and_keep)
    ran = await lms_import(file_of(3000), listeners=[answered], limit=(1, 0.05))
    assert ran.code == Exit.BAD_INPUT
    assert "people.results.csv could not be written: No space left" in ran.err
    assert "50 done" in ran.out  # rows already sent are still counted
    assert "people.results.csv is incomplete: rows from 2 on are missing" in ran.out
    assert "Results for every row" not in ran.out
    assert ran.summary is not None
    assert (ran.summary.results_complete, ran.summary.results_lack_from) == (False, 2)
    assert schoology_sandbox.log.count("POST") <= 2


async def test_results_file_that_cannot_be_closed_is_reported(
    lms_import: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(results: ResultsFile) -> None:
        results._file.close()
        results.failure = CommandError(f"{results.path} could not be written: gone")

    monkeypatch.setattr(ResultsFile, "close", fail)
    ran = await lms_import(file_of(3))
    assert ran.code == Exit.BAD_INPUT
    assert "could not be written: gone" in ran.err
    assert "is incomplete: the last rows are missing" in ran.out


@pytest.mark.parametrize("full", [True, False])
async def test_json_says_whether_the_results_are_complete(
    lms_import: Import, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    begin = ResultsFile.begin

    def begin_and_fill(results: ResultsFile) -> None:
        begin(results)
        results._file.flush()
        fill_the_disk(results)

    if full:
        monkeypatch.setattr(ResultsFile, "begin", begin_and_fill)
    # No row is valid, so there is no bulk to stop.
    ran = await lms_import(file_of(3).replace("1214", ""), json=True)
    said = json.loads(ran.out.splitlines()[-1])
    assert said["results_complete"] is not full
    assert said["results_lack_from"] == (2 if full else None)
    assert said["exit_code"] == ran.code == (Exit.BAD_INPUT if full else Exit.REJECTED)


def breaking_bulk(*arguments: Any) -> Any:
    """A bulk with a bug: it fails after 60 rows."""
    whole = TARGET.kinds[0].bulk(*arguments)

    class Buggy:
        open, close = whole.open, whole.close

        async def __aiter__(self) -> AsyncIterator[Any]:
            async for outcome in whole:
                if outcome.index == 60:
                    raise RuntimeError("a bug")
                yield outcome

    return Buggy()


async def test_bug_during_the_import_still_gives_each_row_a_result(
    lms_import: Import, people_csv: Path
) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await lms_import(
            file_of(100) + "S9,Ada\n", kind=attrs.evolve(TARGET.kinds[0], bulk=breaking_bulk)
        )
    told = read_results(people_csv.with_name("people.results.csv"))
    assert [int(row["row"]) for row in told] == list(range(2, 103))
    expected = ["done"] * 60 + ["unknown"] * 40 + ["rejected"]
    assert [row["status"] for row in told] == expected
