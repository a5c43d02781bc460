"""Convert vendors' JSON to models, and models to the JSON that is sent.

Each vendor has one cattrs converter, made by :func:`make_converter`, which applies the rules of
``scalar_rules.py``. It is fast because it checks the type of each value first, and calls a rule
only for values that do not have their field's type already.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import (
    Any,
    ClassVar,
    Literal,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from cattrs import Converter

from .columns import Rule, parts, reader
from .lists import object_to_list
from .scalar_rules import DUMPS, ENCODED, KEPT_AS_IS, MAY_BE_BLANK, SCALARS, Misfit, id_text
from .scalars import UNSET

T = TypeVar("T")

_ONLY_TEXT = frozenset({str})


class Record:
    """Base of all models. The ``repr`` shows the record's id and no personal data.

    ``ignored`` names keys of a response that are dropped, so that ``extra`` does not hold them.
    """

    __slots__ = ()
    ignored: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        known = getattr(self, "id", None) or getattr(self, "uid", None)
        return f"<{type(self).__name__}{f' {known}' if known else ''}>"


def make_converter(*, strict: bool = False) -> Converter:
    """Make a cattrs converter with the rules of this module.

    :param strict: raise Misfit for a value that does not fit its field. Otherwise that field gets
        its default, and the record's ``extra`` keeps the value under the field's name.
    """
    converter = Converter(detailed_validation=False)
    for annotation, (_, rule) in SCALARS.items():
        if isinstance(annotation, type):  # cattrs finds plain classes before it tries functions
            converter.register_structure_hook(annotation, _hook(rule))
        else:
            converter.register_structure_hook_func(_is(annotation), _hook(rule))
    converter.register_structure_hook_factory(
        _made_of(list), lambda wanted: _list_reader(converter, wanted, strict=strict)
    )
    converter.register_structure_hook_factory(
        attrs.has, lambda model: _reader(converter, model, strict=strict)
    )
    converter.register_unstructure_hook_factory(attrs.has, _writer)
    return converter


def _is(annotation: Any) -> Callable[[Any], bool]:
    return lambda wanted: bool(wanted == annotation)


def _made_of(origin: Any) -> Callable[[Any], bool]:
    return lambda wanted: get_origin(wanted) == origin


def _hook(rule: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: rule(value)


def _choice(allowed: tuple[Any, ...]) -> Callable[[Any], Any]:
    names = ", ".join(str(value) for value in allowed if value != "")
    # A number may be given as text, as the cells of a file are.
    numbers = {str(value): value for value in allowed if value.__class__ is int}

    def choose(value: Any) -> Any:
        if numbers and (text := id_text(value)) is not None and text.strip() in numbers:
            return numbers[text.strip()]
        if value in allowed and not isinstance(value, bool | float):  # True equals 1
            return value
        raise Misfit({"": f"must be one of {names}"})

    return choose


def _list_reader(
    converter: Converter, wanted: Any, *, strict: bool
) -> Callable[[Any, Any], list[Any]]:
    (element,) = get_args(wanted)
    hook = converter.get_structure_hook(element)
    read_columns = _columns(converter, element) if attrs.has(element) else None
    if not strict and attrs.has(element) and _keeps_extra(element):
        hook = _any_row(hook, element)

    def read(values: Any, _: Any) -> list[Any]:
        values = object_to_list(values)
        if not isinstance(values, list):
            raise Misfit({"": "must be a list"})
        if read_columns is not None and values and (records := read_columns(values)) is not None:
            return records
        try:
            return [hook(value, element) for value in values]
        except Misfit:
            pass
        fields: dict[str, str] = {}
        for index, value in enumerate(values):  # read again, to name every row that does not fit
            try:
                hook(value, element)
            except Misfit as misfit:
                fields.update(misfit.under(f"[{index}]"))
        raise Misfit(fields)

    return read


def _any_row(hook: Callable[[Any, Any], Any], model: type[Any]) -> Callable[[Any, Any], Any]:
    """Make ``hook`` accept rows that are not JSON objects.

    Such a row becomes a record without fields, whose ``extra`` holds the row under the key ``""``.
    """

    def read(value: Any, _: Any) -> Any:
        return hook(value, model) if isinstance(value, Mapping) else model(extra={"": value})

    return read


def _columns(
    converter: Converter, model: type[Any]
) -> Callable[[list[Any]], list[Any] | None] | None:
    """Return a function that reads many records of ``model`` at once, if there can be one."""
    return reader(model, _rules(converter, model), ignored=_ignored(model))


def _ignored(model: type[Any]) -> frozenset[str]:
    ignored: frozenset[str] = getattr(model, "ignored", frozenset())
    return ignored


def _keeps_extra(model: type[Any]) -> bool:
    return any(field.name == "extra" for field in attrs.fields(model))


def _rules(converter: Converter, model: type[Any]) -> dict[str, Rule]:
    """Return how each field of ``model`` is read, by the field's name."""
    hints = get_type_hints(model, include_extras=True)
    rules = {}
    for field in attrs.fields(model):
        if field.name == "extra":
            continue
        real, nothing = parts(hints[field.name])
        as_is = {SCALARS[real][0]} if real in KEPT_AS_IS else set()
        scalar = SCALARS[real][0] if isinstance(real, Hashable) and real in SCALARS else None
        read = _field_rule(converter, real, nothing)
        rules[field.name] = Rule(frozenset(as_is | nothing), read, scalar)
    return rules


def checker(converter: Converter, model: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """Return a function that checks a mapping and returns the converted values by field name."""
    keeps_extra, ignored = _keeps_extra(model), _ignored(model)
    plan = _rules(converter, model)
    needed = [field.name for field in attrs.fields(model) if field.default is attrs.NOTHING]
    all_fields = tuple((name, rule.as_is, rule.read) for name, rule in plan.items())
    known = frozenset(plan)
    # If all values of a row are texts, as in a file, only these fields need a check.
    not_text = tuple(field for field in all_fields if str not in field[1])

    def check(row: Any) -> dict[str, Any]:
        if row.__class__ is not dict and not isinstance(row, Mapping):
            raise Misfit({"row": f"must be a {model.__name__} or a mapping of its fields"})
        values = dict(row)
        fields: dict[str, str] = {}
        text = _ONLY_TEXT.issuperset(map(type, values.values()))
        for name, as_is, rule in not_text if text else all_fields:
            if name in values and values[name].__class__ not in as_is:
                try:
                    values[name] = rule(values[name])
                except Misfit as misfit:
                    fields.update(misfit.under(name))
        for name in needed:
            if name not in values:
                fields[name] = "is needed"
        if not plan.keys() >= values.keys():
            extra = {name: values.pop(name) for name in row if name not in plan}
            if keeps_extra:
                values["extra"] = {key: extra[key] for key in extra if key not in ignored}
            else:
                fields.update(
                    (_name_to_show(str(name), known), f"is not a field of {model.__name__}")
                    for name in extra
                )
        if fields:
            raise Misfit(fields)
        return values

    return check


@lru_cache(maxsize=256)  # the rows of a file all have the same fields
def _name_to_show(name: str, known: frozenset[str]) -> str:
    """Return an unknown field's name for an error message if it resembles a ``known`` one.

    Other names are not shown: in a file without a header, the "names" are a person's data.
    """
    from difflib import get_close_matches  # imported here because most programs never need it

    if name.startswith("\ufeff"):
        return "a name that begins with a byte-order mark (encoding='utf-8-sig' skips it)"
    near = name.isidentifier() and name.islower() and get_close_matches(name, known, 1, 0.8)
    return name if near else "a name that is not shown"


def _reader(converter: Converter, model: Any, *, strict: bool) -> Callable[[Any, Any], Any]:
    check = checker(converter, model)
    if strict or not _keeps_extra(model):
        return lambda row, _: model(**check(row))
    plan, ignored = _rules(converter, model), _ignored(model)
    needed = {field.name for field in attrs.fields(model) if field.default is attrs.NOTHING}

    def read(row: Any, _: Any) -> Any:
        try:
            return model(**check(row))
        except Misfit:
            if not isinstance(row, Mapping) or not needed <= row.keys():
                raise
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for name, value in row.items():
            if name in plan:
                try:
                    fits = value.__class__ in plan[name].as_is
                    values[name] = value if fits else plan[name].read(value)
                    continue
                except Misfit as misfit:
                    if name in needed:
                        raise Misfit(misfit.under(name)) from None
            if name not in ignored:
                extra[name] = value
        return model(**values, extra=extra)

    return read


def _field_rule(converter: Converter, real: Any, nothing: frozenset[Any]) -> Callable[[Any], Any]:
    """Return a function that converts a value to the type of its field, or raises Misfit."""
    may_be_none = type(None) in nothing
    if get_origin(real) is Literal:
        return _choice(get_args(real))
    if isinstance(real, Hashable) and real in SCALARS:
        scalar = SCALARS[real][1]
        if may_be_none or real not in MAY_BE_BLANK:
            return scalar
        return lambda value: _not_none(scalar(value))
    hook = converter.get_structure_hook(real)
    return lambda value: hook(value, real) if may_be_none else _not_none(hook(value, real))


def _not_none(value: Any) -> Any:
    if value is None:
        raise Misfit({"": "must not be blank"})
    return value


def _writer(model: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """Return a function that encodes instances of ``model``, without the fields that are UNSET."""
    names = [field.name for field in attrs.fields(model) if field.name != "extra"]
    # attrgetter of a single name returns a value instead of a tuple, so pass the first name twice.
    values_of = attrgetter(*names, names[0])
    encode = encoder(model)

    def write(record: Any) -> dict[str, Any]:
        values = zip(names, values_of(record), strict=False)
        return encode({name: value for name, value in values if value is not UNSET})

    return write


def encoder(model: type[Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that encodes the values of a record to be sent, in the same dict."""
    hints = get_type_hints(model, include_extras=True)
    encoded = [
        field.name
        for field in attrs.fields(model)
        if field.name != "extra" and parts(hints[field.name])[0] in ENCODED
    ]

    def encode(values: dict[str, Any]) -> dict[str, Any]:
        for name in encoded:
            if name in values:
                value = values[name]
                values[name] = DUMPS.get(value.__class__, _unchanged)(value)
        return values

    return encode


def _unchanged(value: Any) -> Any:
    return value
