"""Check rows whose values are all texts, such as those of a file, one column at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs

from .columns import parts
from .scalar_rules import MAY_BE_BLANK
from .text_rules import COLUMNS, among, or_blank

Texts = Sequence[str]


class TextColumns:
    """Checks many rows of texts at once against the fields of ``model``."""

    def __init__(self, model: type[Any]) -> None:
        fields = attrs.fields(model)
        hints = get_type_hints(model, include_extras=True)
        self._fits = {field.name: _fits(*parts(hints[field.name])) for field in fields}
        self._needed = {field.name for field in fields if field.default is attrs.NOTHING}

    def of(self, rows: list[Any]) -> Mapping[str, Texts] | None:
        """Return the column of each field, without the rows that lack the field. Return ``None`` if
        the rows need checking one by one; they may still all be valid."""
        if set(map(type, rows)) != {dict}:
            return None
        names: set[Any] = set().union(*rows)
        if not self._needed <= names <= self._fits.keys():
            return None
        columns = {name: _column(rows, name) for name in names}
        if any(len(columns[name]) < len(rows) for name in self._needed):
            return None
        try:
            for name, texts in columns.items():
                if not self._fits[name](texts):
                    return None
        except TypeError:  # a value is not a text
            return None
        return columns


def _column(rows: list[dict[Any, Any]], name: Any) -> list[Any]:
    """Return the values of one field, without the rows that lack the field."""
    try:
        return list(map(itemgetter(name), rows))  # most columns have a value in each row
    except KeyError:
        return [row[name] for row in rows if name in row]


def _fits(annotation: Any, nothing: frozenset[Any]) -> Callable[[Texts], bool]:
    """Return the check of a whole column. It may raise TypeError if a value is not a text."""
    if get_origin(annotation) is Literal:
        return among(frozenset(get_args(annotation)))
    column = COLUMNS.get(annotation)
    if column is None:
        return _never
    none_for_blank = annotation in MAY_BE_BLANK and type(None) in nothing
    return or_blank(column.fits) if none_for_blank else column.fits


def _never(_: Texts) -> bool:
    return False
