"""Write a proposal as a mapping file with comments. It contains no data of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..kinds import Kind
from ..target import Target
from ..toml_text import toml_key, toml_text
from ..wording import counted, listed, visible
from .proposing import Proposal, ProposedColumn
from .translating import Translation


def mapping_text(
    proposal: Proposal,
    target: Target,
    kind: Kind,
    translations: Sequence[Translation],
    *,
    again: str,
    encoding: str | None,
    encoding_found: str,
) -> str:
    """Return the text of the mapping file.

    :param again: the command that tries it.
    :param encoding: the encoding that the user named.
    :param encoding_found: the encoding of the file.
    """
    lines = [
        f"# Mapping file for {kind.noun} of {target.vendor}, written by `lms mapping init`.",
        *([f"# Recognized export: {proposal.preset.name}."] if proposal.preset else []),
        '# Check the lines with "check". Then try the mapping, without sending anything:',
        f"#   {again}",
        "",
        *(["# check: every row of this file is removed. See [where].", ""] * proposal.removes_all),
        f"target = {toml_text(target.name)}",
        f"kind = {toml_text(kind.name)}",
        f"encoding = {toml_text(encoding)}"
        if encoding
        else f"# Recognized encoding: {encoding_found}.",
        *_dates(proposal),
        *_ignored(proposal),
        "",
        "# Field = column. One column can be read into several fields.",
        "[columns]",
        *(_column(one, kind) for one in proposal.columns),
        "",
        "# Field = one value for all rows.",
        "[set]",
        *(_missing(group, kind) for group in proposal.missing(kind)),
        *(line for one in translations for line in _values(one)),
        "",
        *_where(proposal),
    ]
    return "\n".join(map(visible, lines)) + "\n"


def _dates(proposal: Proposal) -> Iterator[str]:
    """Yield the date format, if all columns of dates agree on one."""
    columns = [one for one in proposal.columns if one.dates.others and not one.dates.accepted]
    formats = list(columns[0].dates.formats if columns else ())
    for one in columns:
        formats = [text for text in formats if text in one.dates.formats]
    names = listed([one.field for one in columns]) if columns else ""
    total = sum(one.dates.others for one in columns)
    if len(formats) == 1:
        what = f"fits {'the only date' if total == 1 else f'all {total:,} dates'} in {names}"
        yield f"date_format = {toml_text(formats[0])}  # {what}, and no other format does; check"
    elif formats:
        yield f"# check: the dates in {names} fit {listed(formats, 'and')}. Keep the right line."
        yield from (f"# date_format = {toml_text(text)}" for text in formats)
    elif columns:
        yield f"# check: the dates in {names} do not have one format. Write them as YYYY-MM-DD."


def _ignored(proposal: Proposal) -> Iterator[str]:
    if not proposal.ignored:
        return
    yield ""
    yield "# Columns that are not imported."
    yield "ignore = ["
    for column, what in proposal.ignored.items():
        yield f"  {toml_text(column)}," + (f"  # check: {what}" if what else "")
    yield "]"


def _column(one: ProposedColumn, kind: Kind) -> str:
    # The date format has its own line.
    what = "date" if one.field in kind.dates else kind.fields[one.field]
    check = "" if one.sure else "; check"
    return f"{toml_key(one.field)} = {toml_text(one.column)}  # {what}{check}"


def _missing(group: Sequence[str], kind: Kind) -> str:
    others = f" (or {listed(group[1:], 'or')})" if len(group) > 1 else ""
    return (
        f'# {toml_key(group[0])} = ""  # check: required{others}, and no column has it. '
        f"{kind.fields[group[0]]}"
    )


def _values(translation: Translation) -> Iterator[str]:
    yield ""
    yield f'# Word of the file = value of {translation.field}. The value "" leaves the field out.'
    yield from (f"# {hint}" for hint in translation.hints)
    yield f"[values.{toml_key(translation.field)}]"
    for word, value in translation.values.items():
        if value is None:
            yield f'# {toml_text(word)} = ""  # check: fill in, and remove the # at the start'
        else:
            yield f"{toml_text(word)} = {toml_text(value)}"


def _where(proposal: Proposal) -> Iterator[str]:
    if not proposal.where:
        what = "remove the records of" if proposal.removes else "import"
        yield f"# To {what} only some of the rows, remove the # and write a column and its values."
        yield "# [where]"
        yield '# "Column" = ["value", "other value"]'
        return
    if proposal.removes:
        yield "# Column = the values of the rows of people who left."
        check = "only the records of these rows are removed"
    else:
        yield '# Column = the values of the rows to import. "" stands for an empty cell.'
        check = "other rows are marked as gone"
    yield "[where]"
    for column, words in proposal.where.items():
        values = ", ".join(map(toml_text, words))
        yield f"{toml_key(column)} = [{values}]  # check: {check}"


def count_to_check(text: str) -> str:
    """Return how many lines of the file the user must check."""
    lines = [line for line in text.splitlines()[4:] if "check" in line.partition("#")[2]]
    return counted(len(lines), "line")
