"""The converter of ManageBac's models: the common rules, and ManageBac's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import eq
from typing import Annotated, Any, get_args

from cattrs import Converter

from lms_async.records.converter import make_converter
from lms_async.records.scalar_rules import Misfit

from .fields import BY_PROGRAM, RULES

#: ``SL`` or ``HL``. The vendor's list of memberships has 0 and 1 instead.
Level = Annotated[str, "level"]
#: ``student``, ``parent`` or ``advisor``. Responses of v1 have ``Students`` etc. instead.
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
    for annotation, rule in RULES.items():
        made.register_structure_hook_func(partial(eq, annotation), _hook(rule))

    def by_program(value: Any, wanted: Any) -> dict[str, Any]:
        rows = get_args(get_args(wanted)[0])[1]
        if value in ([], None):  # an empty object, which PHP writes for an empty list
            return {}
        if not isinstance(value, dict):
            raise Misfit({"": "must be an object with a list for each program"})
        return {
            code: made.structure(_inner(of_program), rows) for code, of_program in value.items()
        }

    made.register_structure_hook_func(
        lambda wanted: getattr(wanted, "__metadata__", ()) == BY_PROGRAM, by_program
    )
    return made


def _hook(rule: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: rule(value)


def _inner(value: Any) -> Any:
    """Return the list inside of an object that has only this list, e.g. ``{"subjects": []}``."""
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return value


converter = _make(strict=False)
strict_converter = _make(strict=True)
