"""Keys that are not ids, or that look like another key: only their own rows are rejected."""

from __future__ import annotations

import csv
import io

import pytest

from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.mapping.field_mapping import FieldMapping
from lms_async.cli.mapping.matching import match_columns
from lms_async.cli.reporting.cells import read_cell
from lms_async.cli.target import find_target
from manabac_async.sandbox import ManageBacSandbox
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import HEADER, Import, file_of
from tests.records.test_ids import HIDDEN, LEFTOVERS, WORDS


def file_with(keys: list[str]) -> str:
    """Two valid rows, one row for each of ``keys``, and two valid rows."""
    file = io.StringIO()
    rows = [[key, "Ada", "Okafor", "1214", f"k{n}@x.example"] for n, key in enumerate(keys)]
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file_of(2) + file.getvalue() + "\n".join(file_of(2, start=3).splitlines()[1:]) + "\n"


async def test_each_row_without_a_valid_id_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    odd = [*LEFTOVERS, *WORDS, "#N/A", "#N/A"]  # the two are invalid, not duplicates of each other
    ran = await lms_import(file_with(odd))
    assert ran.code == Exit.REJECTED
    bad = ran.results[2:-2]
    assert [row["status"] for row in ran.results[:2] + ran.results[-2:]] == ["done"] * 4
    assert {(row["status"], row["error_code"]) for row in bad} == {("rejected", "invalid")}
    assert all(row["error"].startswith("school_uid: ") for row in bad)
    assert [read_cell(row["key"]) for row in bad] == odd
    assert set(schoology_sandbox.school.creates) == {f"S0000{n}" for n in range(1, 5)}
    assert "Row 4 rejected (invalid): school_uid: " in ran.err
    assert '="00123"' not in ran.err + ran.out


async def test_allow_odd_ids_sends_them(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    odd = [*LEFTOVERS, *WORDS]
    ran = await lms_import(file_with(odd), allow_odd_ids=True)
    assert ran.code == Exit.DONE
    assert set(schoology_sandbox.school.creates) > set(odd)
    again = await lms_import(None, allow_odd_ids=True)
    assert again.summary is not None
    assert again.summary.earlier == len(odd) + 4  # the journal recognizes the rows
    strict = await lms_import(None, dry_run=True)
    assert strict.code == Exit.REJECTED


async def test_ids_that_look_the_same_never_create_two_people(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    hidden = [key for key in HIDDEN if key.isprintable() or "\x1b" not in key]
    hidden = [key for key in hidden if not any(c in key for c in "\x1b\x7f\ud800\n�")]
    ran = await lms_import(file_with([*hidden, "T1", "T\u200b1", "\u00a0U1\u3000", "Zoe\u0308"]))
    by_key = {read_cell(row["key"]): row for row in ran.results}
    for key in hidden:
        assert by_key[key]["status"] == "rejected", repr(key)
    assert by_key["T1"]["error_code"] == by_key["T\u200b1"]["error_code"] == "duplicate"
    assert by_key["U1"]["status"] == "done"  # surrounding blanks are stripped
    made = set(schoology_sandbox.school.creates)
    assert made == {"S00001", "S00002", "S00003", "S00004", "U1"}


async def test_hidden_character_in_a_mail_address_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(
        f"{HEADER}\nS1,Zoe\u0308 \u200d,B,1214,a\u200b@x.example\nS2,Zoe\u0308,B,1214,a@x.example\n"
    )
    assert ran.statuses == {2: "rejected", 3: "done"}
    assert "primary_email: contains an invisible character (U+200B)" in ran.err
    account = schoology_sandbox.school.by_school_uid("S2")
    assert account is not None
    assert account.name_first == "Zoe\u0308"  # names are sent unchanged


@pytest.mark.parametrize(
    ("cell", "code"),
    [("A\x1bda", "damaged"), ("A\x9fda", "damaged"), ("A�da", "damaged"), ("A\0da", "nul")],
)
async def test_damaged_row_is_rejected(lms_import: Import, cell: str, code: str) -> None:
    ran = await lms_import(file_of(1) + f"S9,{cell},B,1214,a@x.example\n")
    assert ran.statuses == {2: "done", 3: "rejected"}
    assert ran.results[1]["error_code"] == code


async def test_line_breaks_and_tabs_in_a_cell_are_accepted(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(f'{HEADER},address\nS1,A,B,1214,a@x.example,"1 Main St\r\n\tX\x0bY"\n')
    assert ran.code == Exit.DONE


@pytest.mark.parametrize("target", ["managebac", "managebac-v1"])
async def test_invalid_ids_are_rejected_by_the_other_targets(
    lms_import: Import, managebac_sandbox: ManageBacSandbox, target: str
) -> None:
    environment = {
        "MANAGEBAC_TOKEN": managebac_sandbox.token,
        "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
        "MANAGEBAC_V1_SCHOOL": "school",
        "MANAGEBAC_V1_TOKEN": managebac_sandbox.v1_token,
        "MANAGEBAC_V1_BASE_URL": managebac_sandbox.v1_base_url,
    }
    rows = {
        "managebac": ["class_id,student_id", "#N/A,1", "12345.0,1", "1,1.23E+09", "1\u200b,2"],
        "managebac-v1": [
            "type,first_name,last_name,email,student_id",
            "student,A,B,a@x.example,#N/A",
            "student,A,B,b@x.example,1.23E+09",
            "student,A,B,c\u200b@x.example,7",
            "student,A,B,e\u0301@x.example,7",
            "student,A,B,'d@x.example,7",
        ],
    }[target]
    ran = await lms_import("\n".join(rows), target=find_target(target), environment=environment)
    assert ran.code == Exit.REJECTED
    assert set(ran.statuses.values()) == {"rejected"}
    assert all(seen.method == "GET" for seen in managebac_sandbox.log)  # names are looked up


@pytest.mark.parametrize(
    "column", ["\u200eStudent ID", "Student\nID", "Student\u00a0ID", "Stu\ufeffdent \t ID\u200f "]
)
async def test_printed_map_option_can_be_typed(lms_import: Import, column: str) -> None:
    content = file_of(2).replace("school_uid", f'"{column}"')
    ran = await lms_import(content, dry_run=True)
    assert '--map school_uid="Student ID"' in ran.err
    for typed in ("Student ID", column):  # typed, or copied from the file
        ran = await lms_import(content, dry_run=True, maps=[f"school_uid={typed}"])
        assert ran.code == Exit.DONE, ran.err


def test_columns_that_look_the_same_are_duplicates() -> None:
    with pytest.raises(CommandError, match="Columns 1 and 2 have the same name"):
        match_columns(["a", "a"], fields={"a": ""}, required=[], mapping=FieldMapping())


async def test_ignored_column_matches_despite_invisible_characters(lms_import: Import) -> None:
    content = file_of(2).replace("\n", ",\u200e x\n", 1).replace("example\n", "example,1\n")
    for ignored in ("x", "\u200e x", " x\u00a0"):
        ran = await lms_import(content, dry_run=True, ignored=[ignored])
        assert ran.code == Exit.DONE, ran.err


@pytest.mark.parametrize(
    "header",
    [
        HEADER + "".join(f",column number {n}" for n in range(10_000)),
        ",".join(f"column number {n}" for n in range(10_000)),
        HEADER + ",a" * 10_000,
        "a" * 100_000 + ",school_uid",
    ],
)
async def test_error_for_very_many_columns_is_short(lms_import: Import, header: str) -> None:
    ran = await lms_import(f"{header}\n1\n", dry_run=True)
    assert ran.code == Exit.BAD_INPUT
    assert len(ran.err.splitlines()) < 120
    assert "more" in ran.err or "Unknown column" in ran.err


def test_unknown_columns_with_a_suggestion_are_named_first() -> None:
    header = [f"column {n}" for n in range(150)] + ["First Name"]
    with pytest.raises(CommandError) as why:
        match_columns(header, fields={"first_name": "name"}, required=[], mapping=FieldMapping())
    assert "First Name" in why.value.lines[0]
    assert "and 101 more" in why.value.lines
