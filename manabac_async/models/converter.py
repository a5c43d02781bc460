"""The converter of ManageBac's models: the common rules, and those for levels and user types."""

from __future__ import annotations

from typing import Annotated, Any

from cattrs import Converter

from lms_async.records.converter import make_converter
from lms_async.records.scalars import Misfit

#: ``SL`` or ``HL``. Memberships have 0 and 1 instead.
Level = Annotated[str, "level"]
#: ``student``, ``parent`` or ``advisor``. Responses of v1 have ``Students`` instead, and so on.
Kind = Annotated[str, "kind of person"]

_LEVELS = {0: "SL", 1: "HL", "0": "SL", "1": "HL"}
_KINDS = {"students": "student", "parents": "parent", "advisors": "advisor", "teachers": "teacher"}


def _level(value: Any, _: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Misfit({"": "must be SL or HL"})
    return _LEVELS.get(value, str(value))


def _kind(value: Any, _: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Misfit({"": "must be student, parent or advisor"})
    return _KINDS.get(value.lower(), value.lower())


def _make(*, strict: bool) -> Converter:
    made = make_converter(strict=strict)
    made.register_structure_hook_func(lambda wanted: wanted == Level, _level)
    made.register_structure_hook_func(lambda wanted: wanted == Kind, _kind)
    return made


converter = _make(strict=False)
strict_converter = _make(strict=True)
