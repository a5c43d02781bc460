"""The tables of ``docs/roster.md`` have every setting, problem and exit code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.roster_init.column_names import GRADE_NAMES, USUAL_NAMES
from lms_async.roster import (
    CsvFile,
    GuardSettings,
    Keys,
    Org,
    PlanMode,
    RosterMapping,
    Scope,
    SourceSettings,
    Term,
    read_mapping,
)
from lms_async.roster.sources.csv_files.fields import FIELDS
from manabac_async.cli.roster import ROSTER as MANAGEBAC
from schoology_async.cli.roster import ROSTER as SCHOOLOGY

from .codes import reported
from .tutorial import PAGE
from .vendors import with_tables

TEXT = PAGE.read_text("utf-8")
TARGETS = {"Schoology": SCHOOLOGY, "ManageBac": MANAGEBAC}
#: Shown for a setting without a default, and for one that is an empty table.
NO_DEFAULT = ("none", "empty", "all")
#: Problems whose code is not written where they are reported.
OTHER_PROBLEMS = {("unknown_role_people", "warning"), ("unknown_role_enrollments", "warning")}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of all tables below a heading, and below those in it."""
    mark = re.search(rf"^(#+) {re.escape(heading)}\n", TEXT, re.MULTILINE)
    assert mark, heading
    part = re.split(rf"^#{{1,{len(mark[1])}}} ", TEXT[mark.end() :], maxsplit=1, flags=re.M)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def settings() -> dict[tuple[str, str], list[str]]:
    """Return the rows of settings by table and name; of tables of words by table."""
    found = {}
    for row in rows("The mapping file"):
        match codes(row[0]):
            case [table, name] if table.startswith("["):
                vendor = re.search(r"\((\w+)\)", row[0])
                found[f"{table}{vendor[1] if vendor else ''}", name] = row
            case [name] if name.startswith("["):
                found[name, ""] = row
            case [name] if name not in FIELDS:
                found["", name] = row
    return found


#: The settings of a source that are tables of their own in the file.
SOURCE_TABLES = {"files", "orgs", "terms"}


def names(*classes: type[Any]) -> list[str]:
    return [field.name for one in classes for field in attrs.fields(one)]


def expected() -> Iterator[tuple[str, str, Any]]:
    """Yield the table, the name and the default of each setting."""
    guard = GuardSettings()
    tables = {"keys": Keys(), "scope": Scope(), "guard": guard}
    yield "", "mode", "all"
    yield "", "removals", []
    for field in attrs.fields(GuardSettings):
        if field.name not in ("removals", "mode"):
            yield "[guard]", field.name, getattr(guard, field.name)
    mapping = RosterMapping()
    for name in names(RosterMapping):
        default = getattr(mapping, name)
        if name in ("keys", "scope"):
            for part in names(type(tables[name])):
                yield f"[{name}]", part, getattr(tables[name], part)
        elif isinstance(default, dict) and name != "target":
            yield f"[{name}]", "", None
        elif name not in ("guard", "target", "source"):
            yield "", name, list(default) if isinstance(default, tuple) else default
    for vendor, support in TARGETS.items():
        for name, setting in support.settings.items():
            yield f"[target]{vendor}", name, setting.default or None
    for name in names(SourceSettings):
        if name not in SOURCE_TABLES:
            yield "[source]", name, None
    for name in names(CsvFile):
        yield "[[source.files]]", {"constants": "set"}.get(name, name), None
    yield "[[source.orgs]]", "", None
    yield "[[source.terms]]", "", None


def test_each_setting_is_on_the_page_with_its_default() -> None:
    found = settings()
    wanted = {(table, name): default for table, name, default in expected()}
    assert found.keys() == wanted.keys()
    for key, default in wanted.items():
        if key[0].startswith(("[source]", "[[source")):
            continue
        cell = found[key][2]
        if default is None:
            assert cell in NO_DEFAULT, key
        else:
            assert tomllib.loads(f"x = {codes(cell)[0]}")["x"] == default, key


def test_source_settings_are_those_of_the_table() -> None:
    assert set(names(SourceSettings)) > SOURCE_TABLES
    for kind in (Org, Term):
        (cell,) = (row[3] for (t, _), row in settings().items() if t == f"[[source.{kind.plural}]]")
        assert codes(cell) == names(kind)


EXAMPLES = [(table, codes(row[3])[0]) for (table, _), row in settings().items() if len(row) == 5]


@pytest.mark.parametrize(("table", "example"), EXAMPLES)
def test_each_example_can_be_read(tmp_path: Path, table: str, example: str) -> None:
    path = tmp_path / "roster.toml"
    head, _, vendor = table.partition("]")
    roles = '[roles]\nstudent = "Student"\n' if table == "[scope]" else ""
    path.write_text(f"{roles}{head + ']' if head else ''}\n{example}\n", "utf-8")
    assert read_mapping(path) != RosterMapping(roles={"student": "Student"} if roles else {})
    if vendor:
        ((name, value),) = tomllib.loads(example).items()
        setting = TARGETS[vendor].settings[name]
        assert not setting.choices or value in setting.choices


def test_each_mode_is_named() -> None:
    assert len(codes(settings()["", "mode"][4])) == len(PlanMode)


def test_example_of_csv_files_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(\[source\].*?)```", TEXT, re.DOTALL)
    path = tmp_path / "roster.toml"
    path.write_text(example, "utf-8")
    source = read_mapping(path).source
    assert source is not None
    assert len(source.files) == 8


def test_each_field_of_csv_files_is_on_the_page() -> None:
    listed = {
        codes(row[0])[0]: row[1] for row in rows("CSV files") if len(row) == 2 and codes(row[0])
    }
    assert {kind: tuple(codes(cell)) for kind, cell in listed.items()} == {
        kind: fields.names for kind, fields in FIELDS.items()
    }
    for kind, cell in listed.items():
        assert tuple(re.findall(r"\*\*`(\w+)`\*\*", cell)) == tuple(
            name for name in FIELDS[kind].names if name in FIELDS[kind].required
        )


def test_each_usual_name_of_a_column_is_on_the_page() -> None:
    found = rows("Names of columns that are recognized")
    listed = {row[0]: set(codes(row[1])) for row in found if codes(row[1])}
    usual = {meaning: set(names.split()) for meaning, names in USUAL_NAMES.items()}
    assert listed == usual | {"grade": set(GRADE_NAMES)}


def test_tables_of_vendors_are_those_of_the_targets() -> None:
    assert with_tables(TEXT) == TEXT, "run: python -m tests.docs.roster.record"


def test_each_problem_is_on_the_page_with_its_result() -> None:
    listed = {(code, row[1]) for row in rows("Damaged exports") for code in codes(row[0])}
    assert listed == reported() | OTHER_PROBLEMS


def test_each_bound_of_the_guard_is_on_the_page_with_its_default() -> None:
    guard = GuardSettings()
    listed = {codes(row[0])[0]: row[1] for row in rows("The guard") if codes(row[0])}
    assert listed == {
        name: "`[]`" if name == "removals" else f"`{getattr(guard, name)}`"
        for name in names(GuardSettings)
        if name not in ("mode", "min_records")
    }
    assert f"`min_records` ({guard.min_records})" in TEXT


def test_each_exit_code_is_on_the_page() -> None:
    listed = [int(row[0]) for row in rows("Exit codes") if row[0].isdigit()]
    assert listed == [code for code in Exit if code != Exit.BUG]
