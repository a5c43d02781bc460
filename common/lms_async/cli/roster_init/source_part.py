"""Write how the CSV files of a school are read."""

from __future__ import annotations

from collections.abc import Iterator

from ...roster.sources.csv_files.fields import FIELDS
from ...roster.sources.tables.layout import normalized
from ..toml_text import toml_key, toml_text
from ..wording import listed
from .csv_files import ProposedFile, ProposedSource, UnknownFile
from .part import Part, named

#: Names of columns that may say who has left. People who have left must not be created again.
_STATES = frozenset("status state enrollmentstatus active isactive inactive leaver left".split())


def source_encoding(encoding: str) -> Part:
    """Write the encoding of OneRoster files."""
    return Part(["[source]", f"encoding = {toml_text(encoding)}  # of files that are not UTF-8"])


def source_files(proposed: ProposedSource) -> Iterator[Part]:
    """Yield a part for the source, and one for each kind of records in each of its files."""
    part = Part()
    part.comment(
        "How the CSV files are read. A file whose rows say something about several kinds, such as "
        "a schedule, is described once for each."
    )
    kinds = {one.kind for one in proposed.files if not one.missing}
    for kind in ("orgs", "terms"):
        if kind not in kinds:
            part.check(
                f"No file lists the {kind}. Describe one, or write each below a line "
                f"[[source.{kind}]]."
            )
    part.lines.append("[source]")
    if proposed.encoding is not None:
        part.lines.append(f"encoding = {toml_text(proposed.encoding)}")
    if "orgs" not in kinds:
        part.lines += ["# [[source.orgs]]", '# id = "NHS"', '# name = "North High School"']
    if "terms" not in kinds:
        part.lines += [
            *("# [[source.terms]]", '# title = "2026-2027"', '# type = "schoolYear"'),
            *("# starts = 2026-08-17", "# ends = 2027-06-11", "# school_year = 2027"),
        ]
    yield part
    for one in proposed.files:
        yield _file(one)
    for unknown in proposed.unknown:
        yield _unknown_file(unknown)


def _unknown_file(one: UnknownFile) -> Part:
    """Write an example, which a person completes or deletes."""
    part = Part()
    part.check(
        f"lms does not recognize the columns of {one.file}. If the file has records of the roster, "
        "complete its lines in [[source.files]], and remove the # at their start."
    )
    if one.columns:
        part.comment(f"Its columns: {', '.join(one.columns)}.")
    else:
        part.comment("Its first row may have values instead of the names of columns.")
    people = FIELDS["people"].required
    part.comment(f"Kinds: {', '.join(FIELDS)}. The fields of people are an example.")
    part.lines += [
        "# [[source.files]]",
        f"# file = {toml_text(one.file)}",
        '# kind = "people"',
        "# [source.files.columns]",
        *(f'# {field} = ""' for field in people if field != "role"),
        "# [source.files.set]",
        '# role = "student"',
    ]
    return part


def _file(one: ProposedFile) -> Part:
    part = Part()
    if one.missing:
        part.check(
            f"{one.file} may have {one.kind}, but no column has {listed(one.missing)}. Complete "
            "the lines, and remove the # at their start."
        )
    if one.ignored:
        part.comment(f"Columns that are not read: {named(one.ignored)}.")
    states = [column for column in one.ignored if normalized(column) in _STATES]
    if one.kind == "people" and states and not one.where:
        part.check(
            f"The column {states[0]} of {one.file} may say who has left. If so, remove the # from "
            "both lines of [source.files.where], and list there the words for people who have not "
            "left."
        )
    else:
        states = []
    lines = [
        *("[[source.files]]", f"file = {toml_text(one.file)}", f"kind = {toml_text(one.kind)}"),
        *(f"date_format = {toml_text(text)}" for text in one.date_formats[:1]),
        "[source.files.columns]",
        *(f"{field} = {toml_text(column)}" for field, column in one.columns.items()),
        *(f'{field} = ""' for field in one.missing),
    ]
    if one.constants:
        lines += [
            "[source.files.set]",
            *(f"{f} = {toml_text(v)}" for f, v in one.constants.items()),
        ]
    if one.where:
        lines.append("[source.files.where]")
        for column, words in one.where.items():
            lines.append(f"{toml_key(column)} = [{', '.join(map(toml_text, words))}]")
    if states:
        lines += ["# [source.files.where]", f'# {toml_key(states[0])} = ["Active"]']
    if len(one.date_formats) > 1:
        at = next(at for at, line in enumerate(lines) if line.startswith("date_format"))
        lines[at] = f"# {lines[at]}"
        part.check(
            f"The dates in {one.file} fit {listed(one.date_formats)}. Write the right format."
        )
    off = "# " if one.missing else ""
    part.lines += [f"{off}{line}" for line in lines]
    return part
