"""Read the response to a bulk request of v2: HTTP 200, with a ``status`` for each item."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.results import NO_REASON
from lms_async.outcome import RowError, RowResult, Status
from lms_async.redact import sentence

_REFUSALS = ("unprocessable_entity", "not_found")


def parse_item(item: Any) -> RowResult | None:
    """Read one item of the response.

    Return ``None`` if its status is not one of the documented ones: ``ok``,
    ``unprocessable_entity`` and ``not_found``.
    """
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
