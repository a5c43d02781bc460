"""Read the part ``[source]`` of the settings of a roster: what the CSV files contain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from ...errors import InvalidInput
from ..model import Org, Term
from ..sources import CsvFile, SettingError, SourceSettings
from .toml_table import TomlTable

_SOURCE = ("encoding", "date_format", "bulk_files_are_complete", "files", "orgs", "terms")
_FILE = ("file", "kind", "date_format", "columns", "set", "where")
_ORG = tuple(field.name for field in attrs.fields(Org))
_TERM = tuple(field.name for field in attrs.fields(Term))


def read_source(data: Mapping[str, Any], text: str, path: Path) -> SourceSettings | None:
    """Read the part ``[source]`` of the settings.

    ``encoding`` and ``date_format`` are for all files, and also for OneRoster files.
    ``bulk_files_are_complete`` is only for OneRoster files. Each ``[[source.files]]`` describes a
    file, see :class:`~lms_async.roster.CsvFile`, whose ``constants`` are in ``set``; each
    ``[[source.orgs]]`` is an :class:`~lms_async.roster.Org`, of the type ``school`` if there is no
    other; and each ``[[source.terms]]`` is a :class:`~lms_async.roster.Term`, of the type ``term``,
    with its title as id, if there are no others.

    This is a school with one file of people and one of schedules, which has a row for each student
    in each section::

        [source]
        date_format = "MM/DD/YYYY"

        [[source.orgs]]
        id = "RHS"
        name = "Riverside High School"

        [[source.terms]]
        title = "S1"
        type = "semester"
        starts = 2026-08-17
        ends = 2027-01-15
        school_year = 2027

        [[source.files]]
        file = "students.csv"
        kind = "people"
        [source.files.columns]
        id = "Student ID"
        given_name = "First"
        family_name = "Last"
        email = "Email"
        grades = "Grade"
        birth_date = "DOB"
        [source.files.set]
        role = "student"
        org_ids = "RHS"
        [source.files.where]
        "Status" = ["Active"]

        [[source.files]]
        file = "staff.csv"
        kind = "people"
        columns = { id = "Staff ID", given_name = "First", family_name = "Last", email = "Email" }
        set = { role = "teacher", org_ids = "RHS" }

        [[source.files]]
        file = "schedule.csv"
        kind = "courses"
        columns = { id = "Course", title = "Course Name" }
        set = { org_id = "RHS" }

        [[source.files]]
        file = "schedule.csv"
        kind = "sections"
        columns = { id = "Section", course_id = "Course", term_ids = "Term" }
        set = { org_id = "RHS" }

        [[source.files]]
        file = "schedule.csv"
        kind = "enrollments"
        columns = { section_id = "Section", person_id = "Student ID" }
        set = { role = "student" }

        [[source.files]]
        file = "schedule.csv"
        kind = "enrollments"
        columns = { section_id = "Section", person_id = "Teacher ID" }
        set = { role = "teacher", primary = true }

    :param data: all settings.
    :param text: the file, for the lines of messages.
    :param path: the file, for messages.
    :returns: ``None`` if there is no such part.
    :raises InvalidInput: a setting does not exist, or has a wrong value.
    """
    if "source" not in data:
        return None
    top = TomlTable(path, text, ("source",), data["source"])
    if not isinstance(top.values, dict):
        raise InvalidInput(f"{path}: source must be a table", hint="write [source] above it")
    top.check_names(_SOURCE)
    date_format = top.text("date_format") if "date_format" in top.values else None

    files = tuple(_file(table, date_format) for table in top.tables("files", _FILE))
    with _at_its_line(top):
        return SourceSettings(
            files=files,
            orgs=tuple(_org(table) for table in top.tables("orgs", _ORG)),
            terms=tuple(_term(table) for table in top.tables("terms", _TERM)),
            encoding=top.text("encoding") if "encoding" in top.values else None,
            date_format=date_format,
            bulk_files_are_complete="bulk_files_are_complete" in top.values
            and top.boolean("bulk_files_are_complete"),
        )


def _file(table: TomlTable, date_format: str | None) -> CsvFile:
    with _at_its_line(table):
        return CsvFile(
            file=table.text("file"),
            kind=table.text("kind"),
            columns=table.each("columns", table.text_in),
            constants=table.each("set", table.value_in),
            where=table.each("where", table.texts_in),
            date_format=table.text("date_format") if "date_format" in table.values else date_format,
        )


def _org(table: TomlTable) -> Org:
    values = {name: table.text(name) for name in table.values}
    return Org(**{"id": table.text("id"), "name": table.text("name"), "type": "school", **values})


def _term(table: TomlTable) -> Term:
    values: dict[str, Any] = {"id": table.text("title"), "title": table.text("title")}
    values["type"] = "term"
    for name in table.values:
        if name in ("starts", "ends"):
            values[name] = table.date(name)
        elif name == "school_year":
            values[name] = table.whole_number(name)
        else:
            values[name] = table.text(name)
    term = Term(**values)
    if term.starts and term.ends and term.ends < term.starts:
        raise table.wrong("is before starts", "ends")
    return term


@contextmanager
def _at_its_line(table: TomlTable) -> Iterator[None]:
    """Say on which line a setting is wrong."""
    try:
        yield
    except SettingError as error:
        names = ["set" if name == "constants" else name for name in error.names]
        raise InvalidInput(f"{table.at(*names)}: {error.what}", hint=error.hint) from None
