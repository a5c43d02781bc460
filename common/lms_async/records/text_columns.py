"""Check rows whose values are all texts, such as those of a file, one column at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs

from .columns import parts
from .scalars import MAY_BE_BLANK
from .text_rules import COLUMNS, among, or_blank

Texts = Sequence[str]


class _Header:
    """The fields that every row of a block has, and those that only some of its rows have."""

    def __init__(self, in_all: set[str], in_some: set[str]) -> None:
        self._in_all = tuple(in_all)
        self._in_some = tuple(in_some)
        self._cells = itemgetter(*in_all)

    def columns(self, rows: list[Any]) -> dict[str, Texts] | None:
        """Return the column of each field, without the rows that lack the field. Return ``None`` if
        the rows have other fields than this header."""
        try:
            cells = zip(*map(self._cells, rows), strict=True)
        except KeyError:
            return None
        columns: dict[str, Texts] = dict(zip(self._in_all, cells, strict=True))
        for name in self._in_some:
            if texts := [row[name] for row in rows if name in row]:
                columns[name] = texts
        # If a row had any other field, the rows would have more cells than the columns.
        return columns if sum(map(len, columns.values())) == sum(map(len, rows)) else None


class TextColumns:
    """Checks many rows of texts at once against the fields of ``model``.

    The rows of a file have the same fields, and some rows leave blank fields out. So the header of
    one block of rows is tried first with the next block. That is faster than finding it again.
    """

    def __init__(self, model: type[Any]) -> None:
        fields = attrs.fields(model)
        hints = get_type_hints(model, include_extras=True)
        self._fits = {field.name: _fits(*parts(hints[field.name])) for field in fields}
        self._needed = {field.name for field in fields if field.default is attrs.NOTHING}
        self._header: _Header | None = None

    def of(self, rows: list[Any]) -> Mapping[str, Texts] | None:
        """Return the column of each field, without the rows that lack the field. Return ``None`` if
        the rows need checking one by one; they may still all be valid."""
        if set(map(type, rows)) != {dict}:
            return None
        columns = self._header.columns(rows) if self._header is not None else None
        if columns is None:
            names: set[Any] = set().union(*rows)
            in_all = names.intersection(*rows)
            # An itemgetter of a single name returns a value instead of a tuple.
            if not (self._needed <= in_all and names <= self._fits.keys() and len(in_all) > 1):
                return None
            self._header = _Header(in_all, names - in_all)
            columns = self._header.columns(rows)
        if columns is None:
            return None
        try:
            for name, texts in columns.items():
                if not self._fits[name](texts):
                    return None
        except TypeError:  # a value is not a text
            return None
        return columns


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
