"""Check and encode a record to be sent: an instance of a write model or a mapping of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, cast, get_origin, get_type_hints

import attrs
from cattrs import Converter

from ..errors import InvalidInput
from .columns import parts
from .converter import checker, encoder
from .scalar_rules import Misfit, is_whole
from .scalars import UNSET
from .text_columns import TextColumns, Texts
from .text_rules import COLUMNS


class Sending:
    """Checks and encodes instances of ``model``, or mappings of the same fields.

    :param what: name of the record in error messages, e.g. ``the user``.
    :param one_of: groups of fields. At least one field of each group must be present and not
        blank.
    :param inner: the encoders of fields that hold a record or a list of records.
    """

    def __init__(
        self,
        converter: Converter,
        model: type[Any],
        *,
        what: str,
        one_of: tuple[tuple[str, ...], ...] = (),
        inner: Mapping[str, Sending] | None = None,
    ) -> None:
        self._converter = converter
        self._model = model
        self._what = what
        self._one_of = one_of
        self._inner = inner or {}

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
    def _lists(self) -> frozenset[str]:
        """The fields of ``inner`` that are lists of records."""
        hints = get_type_hints(self._model, include_extras=True)
        return frozenset(name for name in self._inner if get_origin(parts(hints[name])[0]) is list)

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
        inside, fields = self._inside(value)
        if inside:
            given = cast("Mapping[str, Any]", value)
            value = {name: one for name, one in given.items() if name not in inside}
            value |= {name: [] for name in inside if name in self._lists}  # a list that is there
        try:
            values = self._check(value)
        except Misfit as misfit:
            fields.update(misfit.fields)
        else:
            original = cast("Mapping[str, Any]", value)
            for name, known in values.items():
                if known is None and original[name] == "":
                    values[name] = ""  # an empty text clears the field; null may change nothing
            fields.update(
                (name, "has too many digits")
                for name, known in values.items()
                if known.__class__ is int and not is_whole(known)
            )
            for first, *others in self._one_of:
                if not _has_one(values, (first, *others)):
                    fields[first] = f"is needed, or {' or '.join(others)}"
            if not fields:
                return self._encode(values) | inside
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

    def _inside(self, value: object) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the encoded records inside ``value``, and their faults by field."""
        inside: dict[str, Any] = {}
        fields: dict[str, str] = {}
        record = value if isinstance(value, Mapping) else {}
        for name, sending in self._inner.items():
            given = record.get(name)
            if given is None:
                continue
            if name not in self._lists:
                inside[name] = sending._within(given, name, fields)
            elif isinstance(given, list | tuple):
                paths = [f"{name}[{place}]" for place in range(len(given))]
                pairs = zip(given, paths, strict=True)
                inside[name] = [sending._within(one, path, fields) for one, path in pairs]
            else:
                inside[name] = fields[name] = "must be a list"
        return inside, fields

    def _within(self, value: object, path: str, fields: dict[str, str]) -> dict[str, Any] | None:
        """Encode ``value``, which is inside another record, and add its faults to ``fields``."""
        try:
            return self(value)
        except InvalidInput as invalid:
            fields.update(Misfit(dict(invalid.fields)).under(path))
        return None

    def _have_one(self, rows: list[dict[str, Any]], columns: Mapping[str, Texts]) -> bool:
        """Return whether every row has a field of each group. Most files fill one whole column."""
        return all(_all_have(rows, columns, group) for group in self._one_of)


def _all_have(
    rows: list[dict[str, Any]], columns: Mapping[str, Texts], group: tuple[str, ...]
) -> bool:
    for name in group:
        texts = columns.get(name, ())
        if len(texts) == len(rows) and all(map(str.strip, texts)):
            return True
    return all(_has_one(row, group) for row in rows)


def _has_one(values: Mapping[str, Any], group: tuple[str, ...]) -> bool:
    """Return whether one of the fields is present and not blank."""
    return any(str(one).strip() for one in map(values.get, group) if one is not None)
