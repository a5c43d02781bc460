from __future__ import annotations

import re
import shlex
import subprocess
from typing import Any

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.columns import Columns, describe_fields
from lms_async.cli.mapping.field_mapping import FieldMapping
from lms_async.cli.mapping.matching import match_columns
from lms_async.cli.mapping.options import read_maps
from lms_async.cli.wording import typed
from lms_async.outcome import RowError

FIELDS = {
    "school_uid": "the school's own id",
    "name_first": "first name",
    "username": "login name",
    "primary_email": "mail address",
}
NEEDED = (("school_uid",), ("name_first",), ("username", "primary_email"))
GOOD = ["school_uid", "name_first", "username"]


ALIASES = {"student id": "school_uid", "unique id": "school_uid", "first name": "name_first"}


def match(header: list[str], maps: list[str] | None = None, ignored: tuple[str, ...] = ()) -> Any:
    mapping = FieldMapping(columns=read_maps(maps or [], FIELDS), ignored=ignored)
    return match_columns(header, fields=FIELDS, required=NEEDED, mapping=mapping, aliases=ALIASES)


def faults(*arguments: Any) -> list[str]:
    with pytest.raises(CommandError) as why:
        match(*arguments)
    return list(why.value.lines)


def test_fields_are_listed_with_their_description() -> None:
    assert describe_fields(FIELDS | {"bio": "about the person"}, NEEDED) == [
        "school_uid     the school's own id (required)",
        "name_first     first name (required)",
        "username       login name (required, or primary_email)",
        "primary_email  mail address (required, or username)",
        "bio            about the person",
    ]


def test_columns_may_come_in_any_order() -> None:
    columns = match(["username", "school_uid", "name_first", ""])
    assert columns.row(["ada", " S1 ", "Ada", ""]) == {
        "username": "ada",
        "school_uid": "S1",
        "name_first": "Ada",
    }
    assert columns.row(["", "S1", "\u00a0", ""]) == {"school_uid": "S1"}


def test_columns_can_be_mapped_or_ignored() -> None:
    header = ["Student ID", "name_first", "username", "Locker"]
    columns = match(header, ["school_uid=Student ID"], ("Locker",))
    assert columns.row(["S1", "Ada", "ada", "17"]) == {
        "school_uid": "S1",
        "name_first": "Ada",
        "username": "ada",
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            (["School UID", "name_first", "username"],),
            [
                'Unknown column "School UID". It looks like school_uid',
                "the school's own id, required",
                '--map school_uid="School UID"',
                '--ignore "School UID"',
            ],
            id="unknown column similar to a missing field",
        ),
        pytest.param(
            (["School UID", "First name", "username"],),
            ['suggestions are right, add: --map school_uid="School UID" --map name_first="'],
            id="several similar columns",
        ),
        pytest.param(
            ([*GOOD, "Locker"],),
            ['Unknown column "Locker"', '--map FIELD="Locker"', '--ignore "Locker"'],
            id="unknown column without a suggestion",
        ),
        pytest.param(
            (["school_uid", "name_first"],),
            ["no column for username or primary_email", '--map username="Column"'],
            id="neither of two alternatives",
        ),
        pytest.param(
            ([*GOOD, "username"],),
            ['Columns 3 and 4 have the same name "username"'],
            id="repeated column name",
        ),
        pytest.param(
            (GOOD, ["school_uid=Studnet ID"]),
            ['The file has no column "Studnet ID", which is mapped to school_uid'],
            id="mapped column is missing",
        ),
        pytest.param(
            ([*GOOD, "Locker"], [], ("Lockr",)),
            ['The file has no column "Lockr", which is to be ignored. Did you mean "Locker"?'],
            id="ignored column is missing",
        ),
        pytest.param(
            ([*GOOD, "Student ID"], ["school_uid=Student ID"]),
            ['school_uid is read from "Student ID", but the file has a column school_uid too'],
            id="mapped field also has its own column",
        ),
        pytest.param(
            ([*GOOD, "Student ID"], ["Student ID=school_uid"]),
            ['the field first, then the column. Use --map school_uid="Student ID"'],
            id="field and column swapped",
        ),
        pytest.param(
            (["Student ID", *GOOD[1:]], ["school_uid=Student ID"], ("Student ID",)),
            ['The column "Student ID" is both mapped and ignored'],
            id="column mapped and ignored",
        ),
        pytest.param(
            (GOOD, ["school=x"]),
            ['no field "school". Did you mean "school_uid"?'],
            id="mapped to the start of a field name",
        ),
        pytest.param((GOOD, ["school_uid"]), ["--map", 'FIELD="Column"'], id="no equals sign"),
        pytest.param(
            (GOOD, ["school_id=x"]),
            ['no field "school_id". Did you mean "school_uid"?'],
            id="mapped to an unknown field",
        ),
        pytest.param(
            (GOOD, ["username=a", "username=b"]),
            ["given twice for the field username"],
            id="field mapped twice",
        ),
    ],
)
def test_wrong_columns_are_explained(arguments: Any, told: list[str]) -> None:
    said = "\n".join(faults(*arguments))
    assert all(part in said for part in told), said


def test_one_column_can_be_read_into_several_fields() -> None:
    columns = match(
        ["school_uid", "name_first", "Login"], ["username=Login", "primary_email=Login"]
    )
    told = {"school_uid": "S1", "name_first": "Ada", "username": "ada", "primary_email": "ada"}
    assert columns.row(["S1", "Ada", "ada"]) == told


def test_all_errors_are_reported_together() -> None:
    said = faults(["school_uid", "Forename", "Login", "Locker"])
    assert len(said) == 6
    assert said[-1] == ("Required fields: school_uid, name_first, username or primary_email")


def suggested_columns(header: list[str]) -> dict[str, str]:
    """Return the suggested column of each field, read from the lines about unknown columns."""
    said = [line for line in faults(header) if line.startswith("Unknown column")]
    maps = [line.partition("add --map ")[2].partition(". To")[0] for line in said]
    found = dict(one.split("=") for one in maps if not one.startswith("FIELD="))
    # each field is suggested once
    assert len(found) == sum(not one.startswith("FIELD=") for one in maps)
    return {field: column.strip('"') for field, column in found.items()}


@pytest.mark.parametrize(
    ("header", "proposed"),
    [
        (["SCHOOL-UID", "Name First", "User Name"], ("SCHOOL-UID", "Name First", "User Name")),
        (["Student ID", "First Name", "usrname"], ("Student ID", "First Name", "usrname")),
        # Only one of the two can be school_uid: the one with the field's own name.
        (["Unique ID", "School UID", "Name first"], ("School UID", "Name first", None)),
        (["Last Name", "Locker", "School"], (None, None, None)),
        (["username1", "x", "y"], (None, None, None)),
    ],
)
def test_similar_columns_are_suggested(header: list[str], proposed: tuple[str | None, ...]) -> None:
    fields = ("school_uid", "name_first", "username")
    wanted = {field: name for field, name in zip(fields, proposed, strict=True) if name}
    assert suggested_columns(header) == wanted


def test_missing_header_does_not_show_the_first_person() -> None:
    said = "\n".join(faults(["S1", "Wilhelmina", "w@secret.example", "1214"]))
    assert "Is the header missing?" in said
    assert "Wilhelmina" not in said
    assert "secret" not in said


def test_column_name_cannot_control_the_terminal() -> None:
    said = "\n".join(faults([*GOOD, "\x1b[2JLocker" + "x" * 500]))
    assert "\x1b" not in said
    assert "Locker" in said
    assert len(said) < 300


@pytest.mark.parametrize(
    ("cells", "code", "told"),
    [
        (["S1", "Ada"], "ragged", "has 2 cells, but the header has 4"),
        (["S1", "Ada", "ada", "", ""], "ragged", "has 5 cells, but the header has 4"),
        (["S1", "Ada", "ada", "x"], "ragged", "column 4, which has no name"),
        (["S1", "A\0da", "ada", ""], "nul", "NUL byte"),
    ],
)
def test_row_that_does_not_match_the_header_is_rejected(
    cells: list[str], code: str, told: str
) -> None:
    columns: Columns = match([*GOOD, ""])
    error = columns.row(cells)
    assert isinstance(error, RowError)
    assert error.code == code
    assert told in error.message


@pytest.mark.parametrize(
    "column",
    ["First\u00a0Name", 'Fee ("new")', "Notes $(>x)", "a`b`", "x" * 90, "O'Hara $1", "a\\b!"],
)
def test_suggested_option_can_be_typed_and_runs_nothing(column: str) -> None:
    said = "\n".join(faults([*GOOD, column]))
    words = shlex.split(re.search(r"--ignore .*", said)[0])  # type: ignore[index]
    assert words == ["--ignore", column]
    shell = ["/bin/sh", "-c", f"printf %s {typed(column)}"]
    assert subprocess.run(shell, capture_output=True, check=True).stdout.decode() == column  # noqa: S603


def test_control_characters_are_never_shown() -> None:
    said = "\n".join(faults([*GOOD, "a\x1b[2J$(>x)"]))
    assert "\x1b" not in said
    assert "--ignore 'a�[2J$(>x)'" in said
