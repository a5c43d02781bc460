"""Check and encode a record to be sent: an instance of a write model or a mapping of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, cast, get_type_hints

import attrs
from cattrs import Converter

from ..errors import InvalidInput
from .columns import parts
from .converter import checker, encoder
from .scalars import UNSET, Misfit, is_whole
from .text_columns import TextColumns, Texts
from .text_rules import COLUMNS


class Sending:
    """Checks and encodes instances of ``model``, or mappings of the same fields.

    :param what: name of the record in error messages, e.g. ``the user``.
    :param one_of: at least one of these fields must be present and not blank.
    """

    def __init__(
        self, converter: Converter, model: type[Any], *, what: str, one_of: tuple[str, ...] = ()
    ) -> None:
        self._converter = converter
        self._model = model
        self._what = what
        self._one_of = one_of

    # Created for the first row: there are many models, and most programs send few of them.
    @cached_property
    def _check(self) -> Callable[[Any], dict[str, Any]]:
        return checker(self._converter, self._model)

    @cached_property
    def _encode(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        return encoder(self._model)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(attrs.fields_dict(self._model))

    @cached_property
    def _columns(self) -> TextColumns:
        return TextColumns(self._model)

    @cached_property
    def _encoded_columns(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The fields whose texts are sent as other JSON values, with those values."""
        hints = get_type_hints(self._model, include_extras=True)
        return [
            (field.name, column.encoded)
            for field in attrs.fields(self._model)
            if (column := COLUMNS.get(parts(hints[field.name])[0])) and column.encoded
        ]

    def __call__(self, value: object) -> dict[str, Any]:
        """Return ``value`` as a dict that can be written as JSON.

        :raises InvalidInput: ``fields`` names the fields that do not fit, and why.
        """
        if isinstance(value, self._model):
            value = self._converter.unstructure(value)
        elif isinstance(value, Mapping):
            value = {
                name: one
                for name, one in value.items()
                if one is not UNSET or name not in self._names
            }
        try:
            values = self._check(value)
        except Misfit as misfit:
            fields = misfit.fields
        else:
            original = cast("Mapping[str, Any]", value)
            for name, known in values.items():
                if known is None and original[name] == "":
                    values[name] = ""  # an empty text clears the field; null may change nothing
            fields = {
                name: "has too many digits"
                for name, known in values.items()
                if known.__class__ is int and not is_whole(known)
            }
            if not self._has_one(values):
                first, *others = self._one_of
                fields[first] = f"is needed, or {' or '.join(others)}"
            if not fields:
                return self._encode(values)
        raise InvalidInput(f"{self._what} can't be sent", fields=fields)

    def many(self, values: list[Any]) -> tuple[list[dict[str, Any]], dict[int, InvalidInput]]:
        """Check and encode many records. This is fast if all values are valid texts, as in a file.

        :returns: the records that can be sent, in their order, and the errors of the others by
            their positions in ``values``.
        """
        columns = self._columns.of(values)
        if columns is None or not self._have_one(values, columns):
            return self._each(values)
        rows: list[dict[str, Any]] = list(map(dict.copy, values))
        for name, encoded in self._encoded_columns:
            if texts := columns.get(name):
                having = rows
                if len(texts) < len(rows):
                    having = [row for row in rows if name in row]
                for row, value in zip(having, map(encoded.__getitem__, texts), strict=True):
                    row[name] = value
        return rows, {}

    def _each(self, values: list[Any]) -> tuple[list[dict[str, Any]], dict[int, InvalidInput]]:
        rows: list[dict[str, Any]] = []
        refused: dict[int, InvalidInput] = {}
        for place, value in enumerate(values):
            try:
                rows.append(self(value))
            except InvalidInput as invalid:
                refused[place] = invalid
        return rows, refused

    def _has_one(self, values: Mapping[str, Any]) -> bool:
        """Whether one of the ``one_of`` fields is present and not blank, if any are required."""
        found = map(values.get, self._one_of)
        return not self._one_of or any(str(one).strip() for one in found if one is not None)

    def _have_one(self, rows: list[dict[str, Any]], columns: Mapping[str, Texts]) -> bool:
        """Whether :meth:`_has_one` is true for every row. Most files fill one whole column."""
        for name in self._one_of:
            texts = columns.get(name, ())
            if len(texts) == len(rows) and all(map(str.strip, texts)):
                return True
        return all(map(self._has_one, rows))
