"""Check records, and reject nulls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from lms_async.errors import InvalidInput
from lms_async.records.encoding import Sending

from ...models.converter import converter

_NULL = 'is null, which ManageBac ignores; use "" to clear the field, or leave it out'


class WithoutNulls(Sending):
    """Checks a record, and rejects nulls, which ManageBac would silently ignore."""

    def __init__(self, model: type[Any], what: str, **rest: Any) -> None:
        super().__init__(converter, model, what=what, **rest)
        self._fields = [field.name for field in attrs.fields(model)]

    def __call__(self, value: object) -> dict[str, Any]:
        """Return ``value`` as a dict that can be written as JSON.

        :raises InvalidInput: a field is not valid. ``fields`` has the reasons by field.
        """
        if isinstance(value, Mapping):
            nulls = {name: _NULL for name in self._fields if value.get(name, "") is None}
        else:
            nulls = {name: _NULL for name in self._fields if getattr(value, name, "") is None}
        if nulls:
            raise InvalidInput(f"{self._what} can't be sent", fields=nulls)
        return super().__call__(value)
