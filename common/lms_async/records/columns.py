"""Read many records of one model at a time, one column after the other.

A page of a vendor's list is hundreds of records with about the same fields. The types of a whole
column are checked in one call, and a rule runs once for each different value. A field that a record
lacks has its default in the column. The rules are those of
``converter.py``. If a value does not fit, this module gives up, and ``converter.py`` reads the
records one by one to find out which.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from types import UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin

import attrs

from .scalar_rules import Misfit
from .scalars import Unset

T = TypeVar("T")


class Rule(NamedTuple):
    """How a field is read: values of the types ``as_is`` are kept, others go through ``read``.

    ``scalar`` is the type that ``read`` returns for a single value (``read`` then returns the same
    result for equal values of one type), and ``None`` for lists and nested models.
    """

    as_is: frozenset[type]
    read: Callable[[Any], Any]
    scalar: type | None


def parts(annotation: Any) -> tuple[Any, frozenset[Any]]:
    """Split a field's annotation into its real type and those of ``None`` and UNSET it allows."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, frozenset()
    nothing = {type(None), Unset}
    real = [part for part in get_args(annotation) if part not in nothing]
    if len(real) != 1:
        raise TypeError(f"a model's field must have one type beside None and Unset: {annotation}")
    return real[0], frozenset(part for part in get_args(annotation) if part in nothing)


def reader(
    model: type[T], rules: Mapping[str, Rule], *, ignored: frozenset[str]
) -> Callable[[list[Any]], list[T] | None] | None:
    """Return a function that reads many mappings as records of ``model``.

    The function returns ``None`` if one of the mappings does not fit. There is no such function
    (``None``) for a model whose ``__init__`` does more than set its fields.
    """
    fields = [field for field in attrs.fields(model) if field.name != "extra"]  # type: ignore[arg-type]
    if not _is_plain(model, fields, rules):
        return None
    keeps_extra = len(fields) < len(attrs.fields(model))  # type: ignore[arg-type]
    # The model's own __init__ takes keyword arguments, which is the slowest part of creating a
    # record. The __init__ that attrs writes for this helper class takes them by position.
    names = [field.name for field in fields] + ["extra"] * keeps_extra
    defaults = {field.name: field.default for field in fields if field.default is not attrs.NOTHING}
    fill: Any = attrs.make_class(model.__name__, names).__init__  # type: ignore[misc]

    def read(rows: list[Any]) -> list[T] | None:
        if set(map(type, rows)) != {dict}:
            return None
        found = _transposed(rows, defaults)
        unknown = found.keys() - rules.keys()
        if unknown and not keeps_extra:
            return None
        columns: list[Iterable[Any]] = []
        try:
            for field in fields:
                if field.name in found:
                    columns.append(_read(rules[field.name], found[field.name]))
                elif field.name in defaults:
                    columns.append(repeat(field.default))
                else:
                    return None
        except Misfit:
            return None
        if keeps_extra:
            columns.append(_extras(rows, [name for name in found if name in unknown - ignored]))
        records = list(map(model.__new__, repeat(model, len(rows))))
        deque(map(fill, records, *columns), maxlen=0)
        return records

    return read


def _transposed(
    rows: list[dict[str, Any]], defaults: Mapping[str, Any]
) -> dict[str, Sequence[Any]]:
    """Return the values of each key in all rows. A row without the key has the default there."""
    names = list(rows[0])
    columns: Iterable[Sequence[Any]]
    if list(map(list, rows)).count(names) == len(rows):  # the same keys in the same order
        columns = zip(*map(dict.values, rows), strict=True)
    else:
        names = list(dict.fromkeys(chain.from_iterable(rows)))
        columns = [
            list(map(dict.get, rows, repeat(name), repeat(defaults.get(name)))) for name in names
        ]
    return dict(zip(names, columns, strict=True))


def _extras(rows: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    if not names:
        return [{} for _ in rows]
    return [{name: row[name] for name in names if name in row} for row in rows]


def _is_plain(model: Any, fields: list[Any], rules: Mapping[str, Rule]) -> bool:
    return (
        not hasattr(model, "__attrs_post_init__")
        and model.__setattr__ is object.__setattr__
        and not any(field.validator or field.converter for field in fields)
        and not any(isinstance(field.default, attrs.Factory) for field in fields)  # type: ignore[arg-type]
        # None stands for a missing value that is required, so it must not fit.
        and not any(
            field.default is attrs.NOTHING and type(None) in rules[field.name].as_is
            for field in fields
        )
    )


def _read(rule: Rule, column: Sequence[Any]) -> Iterable[Any]:
    as_is, read = rule.as_is, rule.read
    if str in as_is and _are_texts(column):
        return column
    types = set(map(type, column))
    if types <= as_is:
        return column
    # Without bool and float, which equal an int, equal values are read alike.
    if rule.scalar and types <= {str, int, type(None)}:
        different = set(column)
        if types == {int} and rule.scalar in as_is & {str, float}:
            read = rule.scalar  # a whole number where the field is a text or a float
            if len(different) > len(column) // 2:
                return map(read, column)
        known = {value: value if value.__class__ in as_is else read(value) for value in different}
        return map(known.__getitem__, column) if len(known) > 1 else repeat(*known.values())
    return [value if value.__class__ in as_is else read(value) for value in column]


def _are_texts(column: Sequence[Any]) -> bool:
    try:
        "".join(column)  # four times as fast as looking at the type of each
    except TypeError:
        return False
    return True
