from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest

import lms_async
from lms_async.cli.credentials import read_environment, require
from lms_async.cli.exits import CannotStart
from lms_async.cli.target import find_target, target_names
from schoology_async import UserCreate, Window
from schoology_async.cli import ALIASES, FIELDS, SchoologyTarget
from schoology_async.signing import Signer
from schoology_async.vendor import SchoologyVendor
from tests.cli.conftest import lms


def test_every_field_that_may_be_written_is_a_column() -> None:
    assert set(FIELDS) == {field.name for field in attrs.fields(UserCreate)}
    assert all(FIELDS.values())
    assert set(ALIASES.values()) <= set(FIELDS)


async def test_the_columns_of_a_target_are_told(tmp_path: Path) -> None:
    ran = await lms("columns", "schoology", environment={}, folder=tmp_path)
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == list(FIELDS)


def test_the_limit_is_the_clients_own() -> None:
    limiter = SchoologyVendor("https://x/", Signer("k", "s"), scope="x").default_limiter()
    limit, per = SchoologyTarget().limit
    assert repr(limiter) == repr(Window(limit, per=per))


def test_three_legged_variables_reach_the_client() -> None:
    target = SchoologyTarget()
    given = {"SCHOOLOGY_KEY": "k", "SCHOOLOGY_SECRET": "s", "SCHOOLOGY_TOKEN": "t"}
    with pytest.raises(lms_async.InvalidInput, match="go together"):
        target.connect(given, limiter=None, events=())
    target.connect(given | {"SCHOOLOGY_TOKEN_SECRET": "ts"}, limiter=None, events=())


def install(folder: Path, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of somebody else's that offers a target named ``other``."""
    info = folder / "other_lms-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-lms\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[lms_async.targets]\nother = other_lms_cli:target\n")
    (folder / "other_lms_cli.py").write_text(module)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "other_lms_cli", raising=False)


def test_another_package_can_add_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert target_names() == ["managebac", "managebac-v1", "schoology"]
    install(tmp_path, "target = 'a target'\n", monkeypatch)
    assert target_names() == ["managebac", "managebac-v1", "other", "schoology"]
    assert find_target("other") == "a target"  # type: ignore[comparison-overlap]


def test_a_target_that_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "raise ImportError('gone')\n", monkeypatch)
    with pytest.raises(CannotStart, match=r"'other' \(other_lms_cli:target\) can't be loaded"):
        find_target("other")
    assert find_target("schoology").name == "schoology"


def test_no_target_of_this_name() -> None:
    with pytest.raises(CannotStart, match="did you mean schoology"):
        find_target("scoology")
    with pytest.raises(CannotStart, match="known: managebac, managebac-v1, schoology"):
        find_target("x")


def test_the_command_names_no_vendor() -> None:
    root = Path(lms_async.__file__).parent / "cli"
    naming = [
        path.name
        for path in root.rglob("*.py")
        if any(vendor in path.read_text("utf-8").lower() for vendor in ("schoology", "managebac"))
    ]
    assert naming == []


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHOOLOGY_KEY", "outside")
    monkeypatch.delenv("SCHOOLOGY_SECRET", raising=False)
    (tmp_path / ".env").write_text("SCHOOLOGY_KEY=file\nSCHOOLOGY_SECRET='a$b #c'\nOTHER=1\n")
    given = require(read_environment(tmp_path), SchoologyTarget())
    assert given == {"SCHOOLOGY_KEY": "outside", "SCHOOLOGY_SECRET": "a$b #c"}


def test_a_file_of_variables_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotStart, match=r"\.env can't be read"):
        read_environment(tmp_path)
