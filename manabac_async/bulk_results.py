"""Read the responses to bulk requests of v2: HTTP 200, with a ``status`` for each item."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lms_async.bulk.results import NO_REASON
from lms_async.errors import ApiError
from lms_async.outcome import RowError, RowResult, Status
from lms_async.redact import sentence

#: The statuses of a refusal in a response with HTTP 200.
REFUSALS = ("unprocessable_entity", "not_found")
_EXISTS = re.compile(
    r"taken|unique|already|(?<!must )(?<!not )(?<!n.t )exist|duplicate|conflict", re.IGNORECASE
).search
#: What a 404 says about the record in the path.
MISSING = "does not exist, or the token may not see it"
#: The same if the row names more records.
MISSING_OR_OTHER = f"{MISSING}, or another record that the row names does not exist"


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
    if status not in REFUSALS:
        return None
    return RowResult(Status.REJECTED, known, _by_field(str(status), item.get("errors")))


def is_not_found(result: RowResult | None) -> bool:
    """Return whether the vendor rejected a row because it did not find its record."""
    return result is not None and result.error is not None and result.error.code == "not_found"


def not_found(field: str, why: str = MISSING) -> RowError:
    """Return the error of a row whose ``field`` names a record that was not found."""
    return RowError("not_found", f"{field}: {why}", {field: why})


def may_exist(error: RowError) -> bool:
    """Return whether an error may mean that the record exists.

    The vendor has no code for this, only messages such as "Email has already been taken" or
    "Student ID must be unique".
    """
    return error.code == "409" or _EXISTS(error.message) is not None


def explain(*path_fields: str, why: str = MISSING) -> Callable[[ApiError], RowError | None]:
    """Return a function that names the fields of a row that caused a 404.

    :param path_fields: the fields of a row whose ids are in the path.
    :param why: what a 404 says about these fields.
    """

    def explained(error: ApiError) -> RowError | None:
        if error.status != 404:
            return None
        return RowError("404", str(error), dict.fromkeys(path_fields, why))

    return explained


def _by_field(code: str, errors: Any) -> RowError:
    fields = (
        {str(field)[:100]: sentence(why, "; ") for field, why in errors.items()}
        if isinstance(errors, dict)
        else {}
    )
    message = sentence([f"{field} {why}" for field, why in fields.items()], "; ") or NO_REASON
    return RowError(code, message, fields)
