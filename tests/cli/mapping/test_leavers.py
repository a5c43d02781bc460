"""``lms mapping init`` for exports that also have rows of people who left."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import Kind, every_row
from lms_async.cli.mapping.options import MappingOptions, choose
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import, save
from tests.cli.mapping.test_init import KIND, init

ONE_ROSTER = """sourcedId,status,enabledUser,role,username,givenName,familyName,orgSourcedIds
u-1,active,TRUE,student,ada,Ada,Okafor,10
u-2,tobedeleted,TRUE,student,ben,Ben,Quist,10
u-3,active,FALSE,student,cem,Cem,Orel,10
u-4,active,TRUE,student,dora,Dora,Hale,10
"""


async def written_for(tmp_path: Path, content: str, kind: Kind = KIND) -> dict[str, Any]:
    save(tmp_path / "people.csv", content)
    written, _ = await init(tmp_path / "people.csv", kind)
    text = written.read_text("utf-8")
    return tomllib.loads(text) | {"text": text, "path": written}


async def test_rows_that_the_export_marks_as_gone_are_left_out(
    lms_import: Import, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    found = await written_for(tmp_path, ONE_ROSTER)
    # the file writes TRUE, so the other spelling of the same word, 1, is not needed
    assert found["where"] == {"status": ["active", ""], "enabledUser": ["true", ""]}
    assert "check: other rows are marked as gone" in found["text"]
    options = MappingOptions(values=["role_id:student=1214"])
    target, kind, mapping = choose(None, None, found["path"], options)
    ran = await lms_import(None, target=target, kind=kind, mapping=mapping)
    assert (ran.code, ran.statuses) == (Exit.DONE, {2: "done", 5: "done"}), ran.err
    assert "2 more rows left out" in ran.out
    assert "No row has" not in ran.err
    assert schoology_sandbox.school.by_school_uid("u-2") is None


@pytest.mark.parametrize(
    ("header", "row", "where"),
    [
        ("Student_Number,First_Name,Last_Name,Enroll_Status", "1,A,B,0", {"Enroll_Status": ["0"]}),
        ("sourcedId,enabledUser,givenName,familyName", "1,,A,B",
         {"enabledUser": ["true", "1", ""]}),
        ("school_uid,status,name_first", "1,active,A", None),
    ],
)  # fmt: skip
async def test_conditions_are_written_only_where_their_meaning_is_sure(
    tmp_path: Path, header: str, row: str, where: dict[str, list[str]] | None
) -> None:
    found = await written_for(tmp_path, f"{header}\n{row}\n")
    assert found.get("where") == where


async def test_file_without_marked_rows_has_no_notes(lms_import: Import, tmp_path: Path) -> None:
    content = ONE_ROSTER.replace("active", "").replace("tobedeleted", "").replace("FALSE", "TRUE")
    found = await written_for(tmp_path, content)
    options = MappingOptions(values=["role_id:student=1214"])
    target, kind, mapping = choose(None, None, found["path"], options)
    ran = await lms_import(None, target=target, kind=kind, mapping=mapping)
    assert ran.code == Exit.DONE, ran.err
    assert "No row has" not in ran.err


async def test_columns_that_may_mark_leavers_are_to_be_checked(tmp_path: Path) -> None:
    found = await written_for(
        tmp_path, "School ID,Forename,Surname,System Status,Form\n7,Ada,Okafor,1,9B\n"
    )
    assert found["ignore"] == ["System Status", "Form"]
    assert '"System Status",  # check: rows of people who left may be marked' in found["text"]
    assert "where" not in found


REMOVAL = attrs.evolve(KIND, removes=every_row)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (ONE_ROSTER, {"status": ["tobedeleted"]}),
        ("Student_Number,First_Name,Last_Name,Enroll_Status\n1,A,B,0\n2,C,D,3\n",
         {"Enroll_Status": ["1", "2", "3", "4"]}),
    ],
)  # fmt: skip
async def test_removal_takes_only_the_rows_of_leavers(
    tmp_path: Path, content: str, where: dict[str, list[str]]
) -> None:
    found = await written_for(tmp_path, content, REMOVAL)
    assert found["where"] == where
    assert "# check: only the records of these rows are removed" in found["text"]
    assert "every row of this file is removed" not in found["text"]
    if "enabledUser" in content:
        assert '"enabledUser",  # check: rows of people who left' in found["text"]


async def test_removal_without_a_known_mark_says_that_every_row_is_removed(tmp_path: Path) -> None:
    save(tmp_path / "people.csv", "school_uid,status,name_first\n1,active,A\n")
    written, said = await init(tmp_path / "people.csv", REMOVAL)
    text = written.read_text("utf-8")
    assert "where" not in tomllib.loads(text)
    assert "# check: every row of this file is removed" in text
    assert "an import removes the people of every row of" in said
