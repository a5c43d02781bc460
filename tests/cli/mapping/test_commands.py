"""The options on the command line, up to a dry run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lms_async.cli.app import app
from lms_async.cli.exit_codes import CommandError, Exit

SKYWARD = Path(__file__).parents[1] / "exports" / "skyward_students.csv"


def test_init_then_dry_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(SKYWARD, tmp_path)
    file, mapping = "skyward_students.csv", "students.toml"
    ran = CliRunner().invoke(app, ["mapping", "init", file, "--to", "schoology", "--out", mapping])
    assert ran.exit_code == 0, ran.output
    assert f"lms import {file} --mapping {mapping} --dry-run" in ran.output
    options = ["--set", "role_id=1214", "--value", "gender:Female=F", "--value", "gender:Male="]
    options += ["--where", "Grade=09", "--where", "Grade=11"]
    ran = CliRunner().invoke(app, ["import", file, "--mapping", mapping, "--dry-run", *options])
    assert ran.exit_code == Exit.DONE, ran.output
    assert "2 rows: 2 would be sent" in ran.output
    assert "2 more rows left out" in ran.output


def test_mapping_without_a_file(tmp_path: Path) -> None:
    path = shutil.copy(SKYWARD, tmp_path)
    columns = {"school_uid": "Other ID", "name_first": "First Name", "name_last": "Last Name"}
    columns |= {"username": "Login", "birthday_date": "Birth Date"}
    options = ["--dry-run", "--to", "schoology", "--set", "role_id=1", "--ignore-rest"]
    options += [
        word for field, column in columns.items() for word in ("--map", f"{field}={column}")
    ]
    ran = CliRunner().invoke(app, ["import", path, *options])
    assert ran.exit_code == Exit.BAD_INPUT
    assert "--date-format MM/DD/YYYY" in ran.output
    ran = CliRunner().invoke(app, ["import", path, *options, "--date-format", "MM/DD/YYYY"])
    assert ran.exit_code == Exit.DONE, ran.output
    assert "4 rows: 4 would be sent" in ran.output


def test_init_explains_what_it_cannot_do(tmp_path: Path) -> None:
    path = str(tmp_path / "none.csv")
    ran = CliRunner().invoke(app, ["mapping", "init", path, "--to", "schoology"])
    assert isinstance(ran.exception, CommandError)
    assert "does not exist" in str(ran.exception)
