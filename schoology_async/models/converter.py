"""The converter for Schoology's models. It adds rules for lists inside a record."""

from __future__ import annotations

from typing import Any, get_args

from cattrs import Converter

from lms_async.records.converter import make_converter
from lms_async.records.lists import object_to_list

from .bare import BARE, PARENTS


def as_list(value: Any) -> list[Any]:
    """Convert any form in which Schoology returns a list.

    It may be a list, an object with numbered keys, one element without a list, or nothing.
    """
    value = object_to_list(value)
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]


def _make(*, strict: bool) -> Converter:
    made = make_converter(strict=strict)

    def bare(value: Any, wanted: Any) -> list[Any]:
        inner: list[Any] = made.structure(as_list(value), get_args(wanted)[0])
        return inner

    def parents(value: Any, wanted: Any) -> list[Any]:
        inner = value.get("parent", value) if isinstance(value, dict) else value
        return bare(inner, wanted)

    made.register_structure_hook_func(
        lambda wanted: getattr(wanted, "__metadata__", ()) == BARE, bare
    )
    # Found by its metadata, since the forward reference "User" is resolved only in the class.
    made.register_structure_hook_func(
        lambda wanted: getattr(wanted, "__metadata__", ()) == PARENTS, parents
    )
    return made


converter = _make(strict=False)
strict_converter = _make(strict=True)
