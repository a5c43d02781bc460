"""Read many records of one model at a time, one column after the other.

A page of a vendor's list is hundreds of records with the same fields. The types of a whole column
are checked in one call, and a rule runs once for each different value. The rules are those of
``converter.py``. If a value does not fit, this module gives up, and ``converter.py`` reads the
records one by one to find out which.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from operator import eq
from types import UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin

import attrs

from .scalars import Misfit, Unset

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
    if not _is_plain(model):
        return None
    fields = attrs.fields(model)  # type: ignore[arg-type]
    # The model's own __init__ takes keyword arguments, which is the slowest part of creating a
    # record. The __init__ that attrs writes for this helper class takes them by position.
    fill: Any = attrs.make_class(model.__name__, [field.name for field in fields]).__init__  # type: ignore[misc]
    keeps_extra = "extra" in (field.name for field in fields)

    def read(rows: list[Any]) -> list[T] | None:
        if set(map(type, rows)) != {dict}:
            return None
        if all(map(eq, map(tuple, rows), repeat(tuple(rows[0])))):
            return alike(rows)
        headers = [tuple(row) for row in rows]
        groups: dict[tuple[str, ...], list[Any]] = {}
        for header, row in zip(headers, rows, strict=True):
            groups.setdefault(header, []).append(row)
        records = {}
        for header, group in groups.items():
            made = alike(group)
            if made is None:
                return None
            records[header] = iter(made)
        return [next(records[header]) for header in headers]

    def alike(rows: list[dict[str, Any]]) -> list[T] | None:
        """Read rows that have the same keys in the same order."""
        by_name: dict[str, Iterable[Any]] = dict(
            zip(rows[0], zip(*map(dict.values, rows), strict=True), strict=True)
        )
        unknown = by_name.keys() - rules.keys()
        if unknown and not keeps_extra:
            return None
        try:
            columns = {name: _read(rules[name], by_name[name]) for name in by_name.keys() - unknown}
        except Misfit:
            return None
        if kept := [name for name in by_name if name in unknown and name not in ignored]:
            values = zip(*(by_name[name] for name in kept), strict=True)
            columns["extra"] = [dict(zip(kept, row, strict=True)) for row in values]
        for field in fields:
            if field.name not in columns:
                if field.default is attrs.NOTHING:
                    return None
                columns[field.name] = _defaults(field.default, len(rows))
        records = list(map(model.__new__, repeat(model, len(rows))))
        deque(map(fill, records, *(columns[field.name] for field in fields)), maxlen=0)
        return records

    return read


def _is_plain(model: Any) -> bool:
    return (
        not hasattr(model, "__attrs_post_init__")
        and model.__setattr__ is object.__setattr__
        and not any(field.validator or field.converter for field in attrs.fields(model))
    )


def _defaults(default: Any, count: int) -> Iterable[Any]:
    factory: Callable[[], Any] | None = getattr(default, "factory", None)
    return repeat(default, count) if factory is None else [factory() for _ in range(count)]


def _read(rule: Rule, column: Iterable[Any]) -> Iterable[Any]:
    types = set(map(type, column))
    if types <= rule.as_is:
        return column
    if types == {int} and rule.scalar in (str, float) and rule.scalar in rule.as_is:
        return map(rule.scalar, column)  # a whole number where the field is a text or a float
    # Only for a single type: 1, 1.0 and True are equal, but are read differently.
    if rule.scalar and types in ({str}, {int}):
        known = {value: rule.read(value) for value in set(column)}
        return map(known.__getitem__, column)
    as_is, read = rule.as_is, rule.read
    return [value if value.__class__ in as_is else read(value) for value in column]
