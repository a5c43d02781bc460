"""Check rows of texts, such as those of a file, one column at a time."""

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
    """Which fields each of some rows has, and which some of them have."""

    def __init__(self, in_all: set[str], in_some: set[str]) -> None:
        self._in_all = tuple(in_all)
        self._in_some = tuple(in_some)
        self._cells = itemgetter(*in_all)

    def columns(self, rows: list[Any]) -> dict[str, Texts] | None:
        """The column of each field, without the rows that lack it; ``None`` if the rows do not have
        this header."""
        try:
            cells = zip(*map(self._cells, rows), strict=True)
        except KeyError:
            return None
        columns: dict[str, Texts] = dict(zip(self._in_all, cells, strict=True))
        for name in self._in_some:
            if texts := [row[name] for row in rows if name in row]:
                columns[name] = texts
        # Were there a field beside these, the rows would have more cells than the columns.
        return columns if sum(map(len, columns.values())) == sum(map(len, rows)) else None


class TextColumns:
    """Tells of many rows at once that they are texts which fit ``model`` as they are.

    The rows of a file have the same fields, some of which are blank here and there and left out. So
    the header of one stretch of rows is tried with the next: a guess is sooner tested than made.
    """

    def __init__(self, model: type[Any]) -> None:
        fields = attrs.fields(model)
        hints = get_type_hints(model, include_extras=True)
        self._fits = {field.name: _fits(*parts(hints[field.name])) for field in fields}
        self._needed = {field.name for field in fields if field.default is attrs.NOTHING}
        self._header: _Header | None = None

    def of(self, rows: list[Any]) -> Mapping[str, Texts] | None:
        """Give the columns of all fields that occur, each without the rows that lack it. Return
        ``None`` if the rows need checking one by one; they may still all be valid."""
        if set(map(type, rows)) != {dict}:
            return None
        columns = self._header.columns(rows) if self._header is not None else None
        if columns is None:
            given: set[Any] = set().union(*rows)
            in_all = given.intersection(*rows)
            # With one field alone an itemgetter would not give rows.
            if not (self._needed <= in_all and given <= self._fits.keys() and len(in_all) > 1):
                return None
            self._header = _Header(in_all, given - in_all)
            columns = self._header.columns(rows)
        if columns is None:
            return None
        try:
            for name, texts in columns.items():
                if not self._fits[name](texts):
                    return None
        except TypeError:  # not all of it is text
            return None
        return columns


def _fits(annotation: Any, nothing: frozenset[Any]) -> Callable[[Texts], bool]:
    """Whether all values of a column are valid. Raises TypeError if one is not text."""
    if get_origin(annotation) is Literal:
        return among(frozenset(get_args(annotation)))
    column = COLUMNS.get(annotation)
    if column is None:
        return _never
    none_for_blank = annotation in MAY_BE_BLANK and type(None) in nothing
    return or_blank(column.fits) if none_for_blank else column.fits


def _never(_: Texts) -> bool:
    return False
