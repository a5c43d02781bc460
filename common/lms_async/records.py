"""How records are read from what vendors print, and written for them.

One cattrs converter per vendor, made by :func:`make_converter`, is where the rules of
:mod:`lms_async.values` are applied. It tests the type of each value and calls a rule only for those
that are not at once what their field holds, which is what makes it quick.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from itertools import repeat
from operator import attrgetter, setitem
from typing import (
    Any,
    ClassVar,
    Literal,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from cattrs import Converter

from .columns import Rule, fitter, parts, reader, texts_of
from .errors import InvalidInput
from .values import (
    AT_ONCE,
    COLUMNS,
    DUMPS,
    MAY_BE_BLANK,
    SCALARS,
    UNSET,
    WRITTEN_OTHERWISE,
    Misfit,
)

T = TypeVar("T")

_ONLY_TEXT = frozenset({str})


class Record:
    """The base of all models: it prints which record it is, and nothing of the person.

    ``ignored`` names the keys of an answer that are not kept, not even in ``extra``.
    """

    __slots__ = ()
    ignored: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        known = getattr(self, "id", None) or getattr(self, "uid", None)
        return f"<{type(self).__name__}{f' {known}' if known else ''}>"


def make_converter() -> Converter:
    """A cattrs converter with the rules of this module; one per vendor, made at import."""
    converter = Converter(detailed_validation=False)
    for annotation, (_, rule) in SCALARS.items():
        if isinstance(annotation, type):  # cattrs looks up plain classes before it asks functions
            converter.register_structure_hook(annotation, _hook(rule))
        else:
            converter.register_structure_hook_func(_is(annotation), _hook(rule))
    converter.register_structure_hook_factory(
        _made_of(list), lambda wanted: _list_reader(converter, wanted)
    )
    converter.register_structure_hook_factory(attrs.has, lambda model: _reader(converter, model))
    converter.register_unstructure_hook_factory(attrs.has, _writer)
    return converter


def _is(annotation: Any) -> Callable[[Any], bool]:
    return lambda wanted: bool(wanted == annotation)


def _made_of(origin: Any) -> Callable[[Any], bool]:
    return lambda wanted: get_origin(wanted) == origin


def _hook(rule: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: rule(value)


def _choice(allowed: tuple[Any, ...]) -> Callable[[Any], Any]:
    listed = ", ".join(str(value) for value in allowed if value != "")

    def choose(value: Any) -> Any:
        if value in allowed:
            return value
        raise Misfit({"": f"must be one of {listed}"})

    return choose


def _list_reader(converter: Converter, wanted: Any) -> Callable[[Any, Any], list[Any]]:
    (element,) = get_args(wanted)
    hook = converter.get_structure_hook(element)
    at_once = _columns(converter, element) if attrs.has(element) else None

    def read(values: Any, _: Any) -> list[Any]:
        if not isinstance(values, list):
            raise Misfit({"": "must be a list"})
        if at_once is not None and values and (records := at_once(values)) is not None:
            return records
        try:
            return [hook(value, element) for value in values]
        except Misfit:
            pass
        fields: dict[str, str] = {}
        for index, value in enumerate(values):  # once more, to name every row that does not fit
            try:
                hook(value, element)
            except Misfit as misfit:
                fields.update(misfit.under(f"[{index}]"))
        raise Misfit(fields)

    return read


def _columns(
    converter: Converter, model: type[Any]
) -> Callable[[list[Any]], list[Any] | None] | None:
    """How many records of ``model`` are read at once, if they can be."""
    return reader(model, _rules(converter, model), ignored=_ignored(model))


def _ignored(model: type[Any]) -> frozenset[str]:
    ignored: frozenset[str] = getattr(model, "ignored", frozenset())
    return ignored


def _keeps_extra(model: type[Any]) -> bool:
    return any(field.name == "extra" for field in attrs.fields(model))


def _rules(converter: Converter, model: type[Any]) -> dict[str, Rule]:
    """How each field of ``model`` is read: the type of a value is tested, and only one that is not
    what its field holds goes through a rule."""
    hints = get_type_hints(model, include_extras=True)
    rules = {}
    for field in attrs.fields(model):
        if field.name == "extra":
            continue
        real, nothing = parts(hints[field.name])
        at_once = {SCALARS[real][0]} if real in AT_ONCE else set()
        scalar = SCALARS[real][0] if isinstance(real, Hashable) and real in SCALARS else None
        read = _field_rule(converter, real, nothing)
        rules[field.name] = Rule(frozenset(at_once | nothing), read, scalar)
    return rules


def _checker(converter: Converter, model: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """The values of a record, by field, from a mapping."""
    keeps_extra, ignored = _keeps_extra(model), _ignored(model)
    plan = _rules(converter, model)
    needed = [field.name for field in attrs.fields(model) if field.default is attrs.NOTHING]
    all_fields = tuple((name, rule.at_once, rule.read) for name, rule in plan.items())
    # Of a row that is all text, as every row of a file is, only these need a look.
    not_text = tuple(field for field in all_fields if str not in field[1])

    def check(given: Any) -> dict[str, Any]:
        if given.__class__ is not dict and not isinstance(given, Mapping):
            raise Misfit({"row": f"must be a {model.__name__} or a mapping of its fields"})
        values = dict(given)
        fields: dict[str, str] = {}
        text = _ONLY_TEXT.issuperset(map(type, values.values()))
        for name, at_once, rule in not_text if text else all_fields:
            if name in values and values[name].__class__ not in at_once:
                try:
                    values[name] = rule(values[name])
                except Misfit as misfit:
                    fields.update(misfit.under(name))
        for name in needed:
            if name not in values:
                fields[name] = "is needed"
        if not plan.keys() >= values.keys():
            extra = {name: values.pop(name) for name in given if name not in plan}
            if keeps_extra:
                values["extra"] = {key: extra[key] for key in extra if key not in ignored}
            else:
                fields.update((_sayable(name), "is not a known field") for name in extra)
        if fields:
            raise Misfit(fields)
        return values

    return check


def _sayable(name: object) -> str:
    """A field's name, if it looks like one: without its header a file's first person does not."""
    text = str(name)
    return text if text.isidentifier() and text.islower() else "a name that is not shown"


def _reader(converter: Converter, model: type[T]) -> Callable[[Any, Any], T]:
    check = _checker(converter, model)
    return lambda given, _: model(**check(given))


def _field_rule(converter: Converter, real: Any, nothing: frozenset[Any]) -> Callable[[Any], Any]:
    """How a value that is not at once what a field holds is made so, or refused."""
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
    """How an instance of ``model`` is written: what is UNSET is left out."""
    names = [field.name for field in attrs.fields(model) if field.name != "extra"]
    values_of = attrgetter(*names, names[0])  # one more, so that it is a tuple also for one name
    written = _written(model)

    def write(record: Any) -> dict[str, Any]:
        values = zip(names, values_of(record), strict=False)
        return written({name: value for name, value in values if value is not UNSET})

    return write


def _written(model: type[Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """How the values of a record are put for the wire; the dict that is given is changed."""
    hints = get_type_hints(model, include_extras=True)
    told_apart = [
        field.name
        for field in attrs.fields(model)
        if field.name != "extra" and parts(hints[field.name])[0] in WRITTEN_OTHERWISE
    ]

    def write(values: dict[str, Any]) -> dict[str, Any]:
        for name in told_apart:
            if name in values:
                value = values[name]
                values[name] = DUMPS.get(value.__class__, _as_it_is)(value)
        return values

    return write


def _as_it_is(value: Any) -> Any:
    return value


class Sending:
    """How a model, or a mapping of the same fields, is checked and put for the wire.

    :param what: what it is, for messages, e.g. ``the user``.
    :param one_of: fields of which one, at least, must be there and not be blank.
    """

    def __init__(
        self, converter: Converter, model: type[Any], *, what: str, one_of: tuple[str, ...] = ()
    ) -> None:
        self._converter = converter
        self._model = model
        self._what = what
        self._one_of = one_of

    # Made when the first row comes: models are many, and most programs send few of them.
    @cached_property
    def _check(self) -> Callable[[Any], dict[str, Any]]:
        return _checker(self._converter, self._model)

    @cached_property
    def _written(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        return _written(self._model)

    @cached_property
    def _fit(self) -> Callable[[list[Any]], set[str]]:
        return fitter(self._model)

    @cached_property
    def _otherwise(self) -> list[tuple[str, Callable[[str], Any]]]:
        hints = get_type_hints(self._model, include_extras=True)
        return [
            (field.name, column.wire)
            for field in attrs.fields(self._model)
            if (column := COLUMNS.get(parts(hints[field.name])[0])) and column.wire
        ]

    def __call__(self, value: object) -> dict[str, Any]:
        """``value`` as a dict that is ready for JSON.

        :raises InvalidInput: names the fields that don't fit, and why.
        """
        if isinstance(value, self._model):
            value = self._converter.unstructure(value)
        try:
            values = self._check(value)
        except Misfit as misfit:
            fields = misfit.fields
        else:
            given = cast("Mapping[str, Any]", value)
            for name, known in values.items():
                if known is None and given[name] == "":
                    values[name] = ""  # blank is not null: the one clears, the other may do nothing
            if self._has_one(values):
                return self._written(values)
            first, *others = self._one_of
            fields = {first: f"or {' or '.join(others)} is needed"}
        raise InvalidInput(f"{self._what} can't be sent", fields=fields)

    def many(self, values: list[Any]) -> tuple[list[dict[str, Any]], dict[int, InvalidInput]]:
        """The same for many: those that can be sent, in their order, and the errors of the others
        by their places. Quick where all are texts that fit, as the rows of a file do."""
        given = self._fit(values)
        if not given or not self._have_one(values):
            return self._each(values)
        rows: list[dict[str, Any]] = list(map(dict.copy, values))
        for name, wire in self._otherwise:
            if name in given:
                having = [row for row in rows if name in row]
                values_of = map(wire, texts_of(name, having))
                deque(map(setitem, having, repeat(name), values_of), maxlen=0)
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
        """Whether it has one of the fields of which one is needed."""
        return not self._one_of or any(map(values.get, self._one_of))

    def _have_one(self, rows: list[dict[str, Any]]) -> bool:
        """The same of all ``rows``: most files fill one of the columns throughout."""
        columns = (map(dict.get, rows, repeat(name)) for name in self._one_of)
        return any(map(all, columns)) or all(map(self._has_one, rows))
