from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest

import lms_async
from lms_async.cli.credentials import Environment, read_environment, require_variables
from lms_async.cli.exit_codes import CommandError
from lms_async.cli.proxies import host_of
from lms_async.cli.target import find_kind, find_target, require_target, target_names
from schoology_async import UserCreate, Window
from schoology_async.cli import SchoologyTarget
from schoology_async.cli.people import ALIASES, FIELDS
from schoology_async.signing import Signer
from schoology_async.vendor import SchoologyVendor
from tests.cli.conftest import lms


def test_every_writable_field_is_a_column() -> None:
    assert set(FIELDS) == {field.name for field in attrs.fields(UserCreate)}
    assert all(FIELDS.values())
    assert set(ALIASES.values()) <= set(FIELDS)


async def test_columns_command_lists_the_fields(tmp_path: Path) -> None:
    ran = await lms("columns", "schoology", environment={}, folder=tmp_path)
    assert ran.code == 0
    does, others, *fields = ran.out.splitlines()
    assert "Create users" in does
    assert "deactivate" in others
    assert [line.split()[0] for line in fields] == list(FIELDS)


def test_target_has_the_clients_limit() -> None:
    limiter = SchoologyVendor("https://x/", Signer("k", "s"), scope="x").default_limiter()
    limit, per = SchoologyTarget().limit
    assert repr(limiter) == repr(Window(limit, per=per))


def test_three_legged_variables_reach_the_client() -> None:
    target = SchoologyTarget()
    given = {"SCHOOLOGY_KEY": "k", "SCHOOLOGY_SECRET": "s", "SCHOOLOGY_TOKEN": "t"}
    with pytest.raises(lms_async.InvalidInput, match="must be set together"):
        target.connect(given, limiter=None, events=())
    target.connect(given | {"SCHOOLOGY_TOKEN_SECRET": "ts"}, limiter=None, events=())


def install_package(folder: Path, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a third-party package with a target named ``other``."""
    info = folder / "other_lms-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-lms\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[lms_async.targets]\nother = other_lms_cli:target\n")
    (folder / "other_lms_cli.py").write_text(module)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "other_lms_cli", raising=False)


def test_another_package_can_add_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = target_names()
    assert names == ("managebac", "managebac-v1", "schoology")
    install_package(tmp_path, "target = 'a target'\n", monkeypatch)
    target_names.cache_clear()
    try:
        assert target_names() == tuple(sorted([*names, "other"]))
    finally:
        target_names.cache_clear()
    assert find_target("other") == "a target"  # type: ignore[comparison-overlap]


def test_broken_target_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_package(tmp_path, "raise ImportError('gone')\n", monkeypatch)
    with pytest.raises(CommandError, match=r'"other" \(other_lms_cli:target\) could not be loaded'):
        find_target("other")
    assert find_target("schoology").name == "schoology"


def test_unknown_target_is_reported() -> None:
    with pytest.raises(CommandError, match="Did you mean schoology"):
        find_target("scoology")
    with pytest.raises(CommandError, match="Known targets: managebac, managebac-v1, schoology"):
        find_target("x")


def test_cli_package_names_no_vendor() -> None:
    root = Path(lms_async.__file__).parent / "cli"
    naming = [
        path.name
        for path in root.rglob("*.py")
        if any(vendor in path.read_text("utf-8").lower() for vendor in ("schoology", "managebac"))
    ]
    assert naming == []


FULL = {
    "schoology": {"SCHOOLOGY_KEY": "k", "SCHOOLOGY_SECRET": "s"},
    "managebac": {"MANAGEBAC_TOKEN": "t"},
    "managebac-v1": {"MANAGEBAC_V1_SCHOOL": "school", "MANAGEBAC_V1_TOKEN": "t"},
}
VARIABLES = [(name, variable) for name in FULL for variable in find_target(name).variables]


def environment(tmp_path: Path, variables: dict[str, str], file: dict[str, str]) -> Environment:
    lines = [f"{name}='{value}'\n" for name, value in file.items()]
    (tmp_path / ".env").write_text("".join(lines) + "OTHER=1\n", encoding="utf-8")
    return attrs.evolve(read_environment(tmp_path), variables=variables)


@pytest.mark.parametrize(("name", "variable"), VARIABLES)
def test_variables_from_two_places_are_not_mixed(tmp_path: Path, name: str, variable: str) -> None:
    target = find_target(name)
    full = FULL[name]
    one = {variable: "http://127.0.0.1:8812/"}
    rest = {known: value for known, value in full.items() if known != variable}
    if rest:
        for outside, inside in ((rest, one), (one, rest)):
            with pytest.raises(CommandError) as why:
                require_variables(environment(tmp_path, outside, inside), target)
            said = "\n".join(why.value.lines)
            assert all(known in said for known in (*rest, variable, str(tmp_path / ".env")))
            assert "8812" not in said
    both = full | one
    # All variables from one place are used, and the file's other values are ignored.
    assert require_variables(environment(tmp_path, both, {}), target) == both
    assert require_variables(environment(tmp_path, {}, both), target) == both
    assert require_variables(environment(tmp_path, both, full), target) == both
    blank = environment(tmp_path, {variable: " "}, both)
    assert require_variables(blank, target) == both
    assert require_variables(environment(tmp_path, {"OTHER_KEY": "1"}, both), target) == both


def test_env_file_is_read_literally(tmp_path: Path) -> None:
    text = "SCHOOLOGY_KEY=k\nSCHOOLOGY_SECRET='a$b #c'\nSCHOOLOGY_TOKEN=\n"
    for mark in (b"", b"\xef\xbb\xbf"):  # editors on Windows write a byte-order mark
        (tmp_path / ".env").write_bytes(mark + text.encode())
        found = attrs.evolve(read_environment(tmp_path), variables={})
        assert require_variables(found, SchoologyTarget()) == {
            "SCHOOLOGY_KEY": "k",
            "SCHOOLOGY_SECRET": "a$b #c",
        }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.schoology.com/v1/", "https://api.schoology.com"),
        ("https://ada:secret@lms.example:8443/x?token=secret", "https://lms.example:8443"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("", ""),
        ("http://h:99999999/", "http://h"),
    ],
)
def test_shown_host_has_no_secret(url: str, host: str) -> None:
    class Client:
        base_url = url

    assert host_of(Client()) == host
    assert host_of(object()) == ""


def test_unreadable_env_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match=r"\.env could not be read"):
        read_environment(tmp_path)


def test_missing_target_lists_the_targets_with_one_line_each() -> None:
    with pytest.raises(CommandError) as why:
        require_target(None, "--to TARGET")
    first, *lines = why.value.lines
    assert "--to TARGET is missing" in first
    assert tuple(line.split()[0] for line in lines) == target_names()
    assert any("Schoology: people" in line for line in lines)
    assert require_target("schoology", "--to TARGET").name == "schoology"


def test_wrong_kind_lists_the_kinds_with_what_they_do() -> None:
    target = find_target("schoology")
    with pytest.raises(CommandError) as why:
        find_kind(target, "peple")
    first, *lines = why.value.lines
    assert "Did you mean people?" in first
    assert [line.split()[0] for line in lines] == [kind.name for kind in target.kinds]
    assert target.kinds[0].does in lines[0]
