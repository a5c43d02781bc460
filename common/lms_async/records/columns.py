"""Many records of one kind at a time, a column after the other.

A page of a vendor's list is hundreds of records with the same fields. To ask a whole column for the
types in it takes one call, and a rule need be asked once for each different value. The rules are
those of ``converter.py``; what does not fit is said there, record by record: here it is
only found that something does not.
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
    """How a field is read: values of the types ``at_once`` as they are, others by ``read``.

    ``scalar`` is the type that a scalar's rule gives (``read`` then gives the same for equal values
    of one type), ``None`` for anything else.
    """

    at_once: frozenset[type]
    read: Callable[[Any], Any]
    scalar: type | None


def parts(annotation: Any) -> tuple[Any, frozenset[Any]]:
    """A field's annotation as its one real type, and which of ``None`` and UNSET it may be."""
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
    """Reads many mappings as records of ``model``; ``None`` where one of them does not fit. There
    is no such reader for a model that does more than keep what it is made with."""
    if not _is_plain(model):
        return None
    fields = attrs.fields(model)  # type: ignore[arg-type]
    # The model's own __init__ takes names, which is the dearest part of making a record. attrs
    # writes the same by position if it is asked for a class with such fields.
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
        """Of rows with the same keys in the same order."""
        given: dict[str, Iterable[Any]] = dict(
            zip(rows[0], zip(*map(dict.values, rows), strict=True), strict=True)
        )
        unknown = given.keys() - rules.keys()
        if unknown and not keeps_extra:
            return None
        try:
            columns = {name: _read(rules[name], given[name]) for name in given.keys() - unknown}
        except Misfit:
            return None
        if kept := [name for name in given if name in unknown and name not in ignored]:
            values = zip(*(given[name] for name in kept), strict=True)
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
    if types <= rule.at_once:
        return column
    if types == {int} and rule.scalar in (str, float) and rule.scalar in rule.at_once:
        return map(rule.scalar, column)  # a number, printed where a text or a decimal is kept
    # Not where types are mixed: 1, 1.0 and True are equal, and read differently.
    if rule.scalar and types in ({str}, {int}):
        known = {value: rule.read(value) for value in set(column)}
        return map(known.__getitem__, column)
    at_once, read = rule.at_once, rule.read
    return [value if value.__class__ in at_once else read(value) for value in column]
