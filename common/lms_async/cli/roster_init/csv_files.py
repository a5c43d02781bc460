"""Propose how the columns of a school's CSV files are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from ...csv_text import first_undecodable_line
from ...roster import CsvFile, SourceSettings
from ...roster.sources.csv_files.fields import DATES, FIELDS
from ..files.dates import DateColumn
from ..files.table import Table
from ..mapping.presets import Preset, recognize
from ..meanings import Meaning
from .column_names import is_grade, meaning_of

#: The field for each meaning, by kind.
_FIELDS: Mapping[str, Mapping[Meaning, str]] = {
    "people": {
        "person id": "id",
        "given name": "given_name",
        "family name": "family_name",
        "middle name": "middle_name",
        "preferred given name": "preferred_given_name",
        "email": "email",
        "username": "username",
        "phone": "phone",
        "birth date": "birth_date",
        "gender": "gender",
        "person role": "role",
        "school code": "org_ids",
    },
    "courses": {"course code": "id", "course title": "title", "school code": "org_id"},
    "sections": {
        "section code": "id",
        "section title": "title",
        "course code": "course_id",
        "school code": "org_id",
        "term": "term_ids",
    },
    "enrollments": {
        "section code": "section_id",
        "person id": "person_id",
        "enrollment role": "role",
        "begin date": "begins",
        "end date": "ends",
    },
}
#: The meanings without which a file does not have a kind.
_SIGNS: Mapping[str, frozenset[Meaning]] = {
    "people": frozenset({"person id", "given name", "family name"}),
    "courses": frozenset({"course code", "course title"}),
    "sections": frozenset({"section code", "course code"}),
    "enrollments": frozenset({"section code", "person id"}),
}
#: What names of columns do not have, and rows of people do: an address, a date or an id.
_VALUE = re.compile(r"@|\d[-/.]\d|^\d+$|\d{4}")
#: Dates with dots. Where they are usual, the day comes first.
_DOTTED = re.compile(r"\d\d\.\d\d\.\d{4}", re.ASCII)
#: Words in the names of files and columns, and the role of the people there.
_ROLES = {
    "student": "student",
    "pupil": "student",
    "teacher": "teacher",
    "staff": "teacher",
    "instructor": "teacher",
    "parent": "guardian",
    "guardian": "guardian",
}


@attrs.frozen(kw_only=True)
class ProposedFile:
    """How a CSV file is read as records of one kind.

    :param columns: the column of each field.
    :param constants: fields that have one value in all rows.
    :param where: by column, the words of the rows to read.
    :param date_formats: the formats that fit all dates; none if no format is needed.
    :param missing: required fields that have neither. The file can't be read without them.
    :param ignored: the columns that are not read.
    """

    file: str
    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    where: Mapping[str, Sequence[str]]
    date_formats: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]


@attrs.frozen
class UnknownFile:
    """A CSV file that no kind was found for.

    :param columns: the names of its columns; none if the first row may be a person's.
    """

    file: str
    columns: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ProposedSource:
    """How the CSV files of a school are read.

    :param encoding: the encoding of the files that are not UTF-8.
    """

    files: tuple[ProposedFile, ...]
    encoding: str | None
    unknown: tuple[UnknownFile, ...]

    def settings(self) -> SourceSettings:
        """Return the settings of the files that can be read."""
        return SourceSettings(
            files=tuple(
                CsvFile(
                    file=one.file,
                    kind=one.kind,
                    columns=one.columns,
                    constants=one.constants,
                    where=one.where,
                    # Which of several formats is right does not matter for counting.
                    date_format=one.date_formats[0] if one.date_formats else None,
                )
                for one in self.files
                if not one.missing
            ),
            encoding=self.encoding,
        )


def propose_source(path: Path, encoding: str | None = None, again: str = "") -> ProposedSource:
    """Propose how CSV files are read, by their first row and their dates.

    :param path: a folder of CSV files, or a single CSV file.
    :param encoding: the encoding of files that are not UTF-8.
    :param again: the user's command, to print it again with ``--encoding``.
    :raises CommandError: a file is not a CSV file with column names.
    """
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    found: list[ProposedFile] = []
    encodings, unknown = set(), []
    for each in paths:
        table = _open(each, encoding, again)
        encodings.add(table.encoding)
        files = list(_propose(table, each.name))
        found += files
        if not files:
            unknown.append(UnknownFile(each.name, _shown_columns(table)))
    others = sorted(encodings - {"utf-8", "utf-8-sig"})
    return ProposedSource(
        files=tuple(found), encoding=others[0] if others else None, unknown=tuple(unknown)
    )


def _open(path: Path, encoding: str | None, again: str) -> Table:
    if encoding is not None:
        with path.open("rb") as file:
            if first_undecodable_line(file, "utf-8") is not None:
                return Table.open(path, encoding=encoding)
    return Table.open(path, again=again)


def _shown_columns(table: Table) -> tuple[str, ...]:
    """Return the names of the columns, unless the first row looks like a row of values."""
    header = tuple(column for column in table.header if column)
    return () if any(map(_VALUE.search, header)) else header


def _propose(table: Table, name: str) -> Iterator[ProposedFile]:
    header = [column for column in table.header if column]
    preset = recognize(header)
    meanings = {column: meaning_of(column, preset) for column in header}
    where = _where(header, preset)
    for kind, signs in _SIGNS.items():
        if not signs <= set(meanings.values()):
            continue
        persons = [column for column, meaning in meanings.items() if meaning == "person id"]
        # A schedule can have a column for the student and one for the teacher.
        for person in persons if kind == "enrollments" else [""]:
            columns = _columns(kind, meanings, person)
            constants = {}
            if "role" in FIELDS[kind].names and "role" not in columns:
                names = (person, name) if person else (name, *persons)
                if role := _role_in(*names):
                    constants["role"] = role
            missing = [
                field
                for field in FIELDS[kind].required
                if field not in columns and field not in constants
            ]
            yield ProposedFile(
                file=name,
                kind=kind,
                columns=columns,
                constants=constants,
                where=where,
                date_formats=_date_formats(table, columns),
                missing=tuple(missing),
                ignored=tuple(
                    column
                    for column in header
                    if column not in columns.values() and column not in where
                ),
            )


def _columns(kind: str, meanings: Mapping[str, Meaning | None], person: str) -> dict[str, str]:
    """Return the column of each field.

    :param person: the column of the people, if there may be several.
    """
    columns: dict[str, str] = {}
    for column, meaning in meanings.items():
        field = _FIELDS[kind].get(meaning) if meaning else None
        if kind == "people" and is_grade(column):
            field = "grades"
        if field and not (person and meaning == "person id" and column != person):
            columns.setdefault(field, column)
    return columns


def _where(header: Sequence[str], preset: Preset | None) -> dict[str, Sequence[str]]:
    if preset is None:
        return {}
    words = {column: preset.condition(column) for column in header}
    return {column: tuple(some) for column, some in words.items() if some}


def _role_in(*names: str) -> str:
    for name in names:
        for word, role in _ROLES.items():
            if word in name.casefold():
                return role
    return ""


def _date_formats(table: Table, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return the formats that fit all dates. Dates such as 2026-08-17 need none."""
    dates, dotted = DateColumn(), False
    places = [table.header.index(columns[field]) for field in DATES if field in columns]
    for number, cells in table.rows() if places else ():
        for place in places:
            if len(cells) == len(table.header) and cells[place].strip():
                dates.add(number, cell := cells[place].strip())
                dotted = dotted or _DOTTED.fullmatch(cell) is not None
    if dates.others:
        return dates.formats
    return ("DD.MM.YYYY",) if dotted else ()
