"""Suggest fields for the columns of a file whose names are not fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from ..wording import likeness, nearest, plain, quoted, typed

#: How many unknown columns are compared with the known ones. Comparing takes time.
_MOST_COMPARED = 200


@attrs.frozen
class Proposal:
    """A field that a column may be meant for."""

    field: str
    #: Whether the names are equal apart from case and punctuation. Otherwise they are similar.
    sure: bool


def proposed_fields(
    columns: Sequence[str], fields: Sequence[str], aliases: Mapping[str, str]
) -> dict[str, Proposal]:
    """Suggest a field for each unknown column.

    Each field is suggested once. Fields at the start of ``fields`` choose their column first.
    """
    known_as = {plain(alias): field for alias, field in aliases.items()}
    found: dict[str, Proposal] = {}
    free = list(dict.fromkeys(fields))
    for likes, sure in (
        (lambda column, field: float(plain(column) == plain(field)), True),
        (lambda column, field: float(known_as.get(plain(column)) == field), True),
        (likeness, False),
    ):
        for field in list(free):
            left = [column for column in columns[:_MOST_COMPARED] if column not in found]
            best = max(left, key=lambda column: likes(column, field), default=None)
            if best is not None and likes(best, field):
                found[best] = Proposal(field, sure)
                free.remove(field)
    return found


def unknown_column(
    column: str,
    fields: Mapping[str, str],
    proposal: Proposal | None,
    lacking: Collection[str],
) -> str:
    """Say what the user can do about an unknown column.

    :param lacking: the required fields that have no column yet.
    """
    what = f"Unknown column {quoted(column)}."
    if proposal is None:
        return (
            f"{what} To import it, add --map FIELD={typed(column)}. "
            f"To skip it, add --ignore {typed(column)}"
        )
    field = proposal.field
    near = "It looks like" if proposal.sure else "The most similar field is"
    note = ", required" if field in lacking else ""
    return (
        f"{what} {near} {field} ({fields[field]}{note}). "
        f"If so, add --map {field}={typed(column)}. To skip it, add --ignore {typed(column)}"
    )


def spelling_hint(name: str, known: Collection[str]) -> str:
    """Return a sentence that names the most similar of the ``known`` names, if there is one."""
    near = nearest(name, [other for other in known if other])
    if near is None:
        begun = [other for other in known if plain(name) and plain(other).startswith(plain(name))]
        near = begun[0] if len(begun) == 1 else None
    return f"Did you mean {quoted(near)}?" if near else "Check the spelling."
