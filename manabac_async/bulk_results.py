"""What a bulk answer of v2 says of each row: HTTP 200, and a ``status`` of its own for each."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.results import NO_REASON
from lms_async.outcome import RowError, RowResult, Status
from lms_async.redact import sentence

_REFUSALS = ("unprocessable_entity", "not_found")


def verdict(item: Any) -> RowResult | None:
    """``ok``, ``unprocessable_entity`` and ``not_found`` are documented; of any other word we do
    not know what it means."""
    if not isinstance(item, dict):
        return None
    status = item.get("status")
    known = None if item.get("id") is None else str(item["id"])
    if status == "ok":
        return RowResult(Status.DONE, known)
    if status not in _REFUSALS:
        return None
    errors = item.get("errors")
    fields = (
        {str(field)[:100]: sentence(why, "; ") for field, why in errors.items()}
        if isinstance(errors, dict)
        else {}
    )
    message = sentence([f"{field} {why}" for field, why in fields.items()], "; ") or NO_REASON
    return RowResult(Status.REJECTED, known, RowError(str(status), message, fields))
