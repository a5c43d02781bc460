"""The converter of Schoology's models: the common rules, and how this vendor prints parents."""

from __future__ import annotations

from typing import Any

from lms_async.records import make_converter

from .user import PARENTS, User


def as_list(value: Any) -> list[Any]:
    """A list where Schoology prints a list, one element as a bare object, or nothing at all."""
    if value in (None, "", {}):
        return []
    return value if isinstance(value, list) else [value]


def _parents(value: Any, _: Any) -> list[User]:
    inner = value.get("parent", value) if isinstance(value, dict) else value
    return converter.structure(as_list(inner), list[User])


converter = make_converter()
# By its mark, not as a whole: its "User" is resolved only in the hints of the class itself.
converter.register_structure_hook_func(
    lambda wanted: getattr(wanted, "__metadata__", ()) == PARENTS, _parents
)
