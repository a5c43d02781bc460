"""The command in real terminals, narrow and wide, with a person at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from manabac_async.sandbox import ManageBacSandbox, School
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import environment_of, file_of, save
from tests.cli.terminal import in_terminal


@pytest.mark.parametrize(("columns", "color"), [(40, True), (120, False)])
async def test_progress_fits_the_terminal(
    schoology_sandbox: SchoologySandbox, people_csv: Path, columns: int, color: bool
) -> None:
    save(people_csv, file_of(120) + "S9,Ada,,1214,a@b.example\n")
    environment = environment_of(schoology_sandbox) | ({} if color else {"NO_COLOR": "1"})
    arguments = ("import", people_csv.name, "--to", "schoology", "--limit", "2/0.2s")
    async with in_terminal(
        *arguments, environment=environment, folder=people_csv.parent, columns=columns
    ) as terminal:
        assert await terminal.exit_code() == 1
    progress = [line for line in terminal.lines if "of 121 rows" in line]
    assert progress
    assert max(map(len, progress)) <= columns
    # The bar and the reason stay while the import waits.
    assert "waiting for the rate limit" in terminal.text
    assert "121 of 121 rows, 1 rejected" in terminal.text
    assert ("━" in terminal.text) is (columns == 120)
    assert not terminal.has_color or color
    assert "Row 122 rejected (invalid): name_last" in terminal.text
    assert "121 rows: 120 done, 1 rejected, 0 unknown, 0 skipped" in terminal.text


@pytest.mark.parametrize(
    ("keys", "exit_code", "left"),
    [("y\r", 0, 0), ("n\r", 130, 2), ("\x03", 130, 2)],
    ids=["yes", "no", "Ctrl-C"],
)
async def test_question_before_records_are_removed(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path, keys: str, exit_code: int, left: int
) -> None:
    school = managebac_sandbox.school = School.seeded(students=4, classes=1, members=2)
    (class_id,) = school.classes
    rows = "".join(f"{class_id},{student}\n" for student in school.members(class_id))
    save(tmp_path / "leave.csv", f"class_id,student_id\n{rows}")
    environment = {
        "MANAGEBAC_TOKEN": managebac_sandbox.token,
        "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
    }
    arguments = ("import", "leave.csv", "--to", "managebac", "--kind", "leave-classes")
    async with in_terminal(
        *arguments,
        *("--max-removals", "5", "--limit", "1000/0.01s"),
        environment=environment,
        folder=tmp_path,
        columns=40,
    ) as terminal:
        await terminal.shows("Remove 2 members?")
        if keys == "\x03":
            assert await terminal.interrupt() == exit_code
        else:
            terminal.type(keys)
            assert await terminal.exit_code() == exit_code
    assert len(school.members(class_id)) == left
    assert ("No row was sent." in terminal.text) is bool(left)


async def test_error_in_a_narrow_terminal(tmp_path: Path) -> None:
    async with in_terminal(
        *("import", "none.csv"), environment={}, folder=tmp_path, columns=40
    ) as terminal:
        assert await terminal.exit_code() == 2
    assert "Error: --to TARGET is missing." in terminal.text
    assert "schoology" in terminal.text


async def test_list_in_a_narrow_terminal(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    managebac_sandbox.school = School.seeded(students=3, classes=1)
    environment = {
        "MANAGEBAC_TOKEN": managebac_sandbox.token,
        "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
    }
    async with in_terminal(
        *("list", "students", "--from", "managebac"),
        environment=environment,
        folder=tmp_path,
        columns=40,
    ) as terminal:
        assert await terminal.exit_code() == 0
    start = next(number for number, line in enumerate(terminal.lines) if line.startswith("id "))
    table = terminal.lines[start : start + 4]
    assert max(map(len, table)) <= 40
    assert "3 rows." in terminal.text
