"""How records are read from what vendors print, and written for them.

One cattrs converter per vendor, made by :func:`make_converter`, is where the rules of
:mod:`lms_async.values` are applied. It tests the type of each value and calls a rule only for those
that are not at once what their field holds, which is what makes it quick.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from operator import attrgetter
from types import UnionType
from typing import (
    Any,
    ClassVar,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from cattrs import Converter

from .errors import InvalidInput
from .values import AT_ONCE, DUMPS, MAY_BE_BLANK, SCALARS, UNSET, WRITTEN_OTHERWISE, Misfit, Unset

T = TypeVar("T")


class Record:
    """The base of all models: it prints which record it is, and nothing of the person.

    ``ignored`` names the keys of an answer that are not kept, not even in ``extra``.
    """

    __slots__ = ()
    ignored: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        known = getattr(self, "id", None) or getattr(self, "uid", None)
        return f"<{type(self).__name__}{f' {known}' if known else ''}>"


def _parts(annotation: Any) -> tuple[Any, frozenset[Any]]:
    """A field's annotation as its one real type, and which of ``None`` and UNSET it may be."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, frozenset()
    nothing = {type(None), Unset}
    real = [part for part in get_args(annotation) if part not in nothing]
    if len(real) != 1:
        raise TypeError(f"a model's field must have one type beside None and Unset: {annotation}")
    return real[0], frozenset(part for part in get_args(annotation) if part in nothing)


def make_converter() -> Converter:
    """A cattrs converter with the rules of this module; one per vendor, made at import."""
    converter = Converter(detailed_validation=False)
    for annotation, (_, rule) in SCALARS.items():
        if isinstance(annotation, type):  # cattrs looks up plain classes before it asks functions
            converter.register_structure_hook(annotation, _hook(rule))
        else:
            converter.register_structure_hook_func(_is(annotation), _hook(rule))
    converter.register_structure_hook_factory(
        _made_of(Literal), lambda wanted: _choice(get_args(wanted))
    )
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


def _choice(allowed: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
    listed = ", ".join(str(value) for value in allowed)

    def choose(value: Any, _: Any) -> Any:
        if value in allowed:
            return value
        raise Misfit({"": f"must be one of {listed}"})

    return choose


def _list_reader(converter: Converter, wanted: Any) -> Callable[[Any, Any], list[Any]]:
    (element,) = get_args(wanted)
    hook = converter.get_structure_hook(element)

    def read(values: Any, _: Any) -> list[Any]:
        if not isinstance(values, list):
            raise Misfit({"": "must be a list"})
        try:
            return [hook(value, element) for value in values]
        except Misfit:
            pass
        fields: dict[str, str] = {}
        for index, value in enumerate(values):
            fields.update(_complaints(f"[{index}]", hook, value, element))
        raise Misfit(fields)

    return read


def _complaints(
    path: str, hook: Callable[[Any, Any], Any], value: Any, wanted: Any
) -> dict[str, str]:
    try:
        hook(value, wanted)
    except Misfit as misfit:
        return {
            path + ("." if inner and not inner.startswith("[") else "") + inner: why
            for inner, why in misfit.fields.items()
        }
    return {}


def _reader(converter: Converter, model: type[T]) -> Callable[[Any, Any], T]:
    """How ``model`` is made from a mapping: the type of each value is tested, and only those that
    are not what their field holds go through a rule."""
    hints = get_type_hints(model, include_extras=True)
    keeps_extra = "extra" in hints
    ignored: frozenset[str] = getattr(model, "ignored", frozenset())
    plan: dict[str, tuple[frozenset[type], Callable[[Any], Any]]] = {}
    for field in attrs.fields(cast("Any", model)):
        if field.name == "extra":
            continue
        real, nothing = _parts(hints[field.name])
        at_once = {SCALARS[real][0]} if real in AT_ONCE else set()
        at_once |= set(nothing)
        plan[field.name] = (frozenset(at_once), _field_rule(converter, real, nothing))
    needed = [
        field.name for field in attrs.fields(cast("Any", model)) if field.default is attrs.NOTHING
    ]

    def read(given: Any, _: Any) -> T:
        if given.__class__ is not dict and not isinstance(given, Mapping):
            raise Misfit({"": "must be an object with named fields"})
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        fields: dict[str, str] = {}
        for name, value in given.items():
            known = plan.get(name)
            if known is None:
                if name not in ignored:
                    extra[name] = value
            elif value.__class__ in known[0]:
                values[name] = value
            else:
                try:
                    values[name] = known[1](value)
                except Misfit as misfit:
                    fields.update(
                        (f"{name}.{inner}" if inner else name, why)
                        for inner, why in misfit.fields.items()
                    )
        for name in needed:
            if name not in values and name not in fields:
                fields[name] = "is needed"
        if extra:
            if keeps_extra:
                values["extra"] = extra
            else:
                fields.update((str(name), "is not a known field") for name in extra)
        if fields:
            raise Misfit(fields)
        return model(**values)

    return read


def _field_rule(converter: Converter, real: Any, nothing: frozenset[Any]) -> Callable[[Any], Any]:
    """How a value that is not at once what a field holds is made so, or refused."""
    scalar = SCALARS.get(real) if isinstance(real, Hashable) else None
    if scalar is not None and real not in MAY_BE_BLANK:
        return scalar[1]
    hook = converter.get_structure_hook(real)

    def rule(value: Any) -> Any:
        result = None if value is None else hook(value, real)
        if result is None and type(None) not in nothing:
            raise Misfit({"": "must not be null or blank"})
        return result

    return rule


def _writer(model: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """How an instance of ``model`` is written: what is UNSET is left out."""
    names = tuple(field.name for field in attrs.fields(model) if field.name != "extra")
    values_of = attrgetter(*names) if len(names) > 1 else lambda record: (getattr(record, *names),)
    hints = get_type_hints(model, include_extras=True)
    told_apart = [name for name in names if _parts(hints[name])[0] in WRITTEN_OTHERWISE]

    def write(record: Any) -> dict[str, Any]:
        given = {
            name: value
            for name, value in zip(names, values_of(record), strict=True)
            if value is not UNSET
        }
        for name in told_apart:
            if name in given:
                value = given[name]
                given[name] = DUMPS.get(value.__class__, _as_it_is)(value)
        return given

    return write


def _as_it_is(value: Any) -> Any:
    return value


def structured(converter: Converter, value: object, model: type[T], *, what: str) -> T:
    """``value`` as a ``model``, checked field by field; it may be one already, or a mapping.

    :raises InvalidInput: names the fields that don't fit, and why.
    """
    given: object = converter.unstructure(value) if isinstance(value, model) else value
    try:
        return converter.structure(given, model)
    except Misfit as misfit:
        fields = misfit.fields
    raise InvalidInput(f"{what} can't be sent", fields=fields)
