"""Read the reasons by field from an error response of v2. Its body has one of these forms:

- ``{"errors": {"email": ["has already been taken"]}}``, or ``error`` instead of ``errors``;
- ``{"error": "...", "allowed_params": ["name", {"subject_ids": []}]}``;
- ``{"error": "..."}``, ``{"error": "...", "reason": "..."}`` and ``{"error": "...",
  "error_description": "..."}``, which name no field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs

from . import models

#: Names in error responses that are not fields of a model.
_OTHERS = frozenset({"base", "child", "children", "terms_attributes"})


def reasons_of(body: Any, payload: Any) -> Mapping[str, Any]:
    """Return the reasons by field name. Unknown names may be personal data, and are left out.

    :param body: the body of the request.
    :param payload: the payload of the response.
    """
    if not isinstance(payload, Mapping):
        return {}
    for key in ("errors", "error"):
        if isinstance(errors := payload.get(key), Mapping):
            return {name: why for name, why in errors.items() if name in _fields()}
    allowed = payload.get("allowed_params")
    if not isinstance(allowed, list):
        return {}
    names = set(_names(allowed))
    return {name: "is not allowed" for name in _sent(body) if name not in names}


@cache
def _fields() -> frozenset[str]:
    records = [getattr(models, name) for name in models.__all__]
    return _OTHERS | {
        field.name for record in records if attrs.has(record) for field in attrs.fields(record)
    }


def _names(allowed: list[Any]) -> Iterator[str]:
    for one in allowed:
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            yield from map(str, one)


def _sent(body: Any) -> list[str]:
    """Return the names of the fields in a request, without the key around them."""
    if isinstance(body, Mapping) and len(body) == 1:
        (inner,) = body.values()
        body = inner if isinstance(inner, Mapping) else body
        if isinstance(inner, list) and all(isinstance(row, Mapping) for row in inner):
            # Of a bulk. An id tells which record to change, and is not one of its fields.
            return list(dict.fromkeys(name for row in inner for name in row if name != "id"))
    return list(body) if isinstance(body, Mapping) else []
