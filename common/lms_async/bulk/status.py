"""Decide the status of each row. All decisions and all of this package's own codes are here.

===================================================== ========== ==================
What is known about the row                           Status     Code
===================================================== ========== ==================
*Before it is sent*
It does not pass our check, or can't be sent          rejected   ``invalid``
An earlier row has the same key                       rejected   ``duplicate``
The journal has its result from an earlier run        as noted   as noted
The bulk has stopped                                  skipped    ``stopped``
The journal of earlier runs can't be read any more    unknown    ``lost``
Only the journal is read, and it has no result        skipped    ``not_sent``
*The response has an item for it*
Code 2xx, or the vendor says that it succeeded        done
Code 408, 421, 423, 425, 429                          sent again the vendor's
The same after the last resend                        skipped    the vendor's
Any other 4xx, or the vendor says that it refused it  rejected   the vendor's
Any other code                                        unknown    the vendor's
No item, or contradictory ones                        unknown    ``unmentioned``
One part of the row is done, another is refused       rejected   ``incomplete``
One part of the row is done, another is unknown       unknown    ``incomplete``
*A further request tells its result, since the response does not* [4]_
The endpoint reads it back                            as read
The further request failed                            unknown    ``unmentioned``
*The request failed as a whole* [1]_
One row was sent, and its content is refused          rejected   HTTP status
The record that all rows name does not exist          rejected   HTTP status
The content is refused, and the row was not alone     skipped    HTTP status
The failure is temporary, or ends the bulk            skipped    HTTP status, ``stopped``
The vendor may have acted                             unknown    HTTP status, ``lost``
*It is unknown, and was looked up* [2]_
The record shows the values we sent                   done
The record is absent, or a resend changes it          sent again
Other values, and an earlier look-up found no record  done
Other values otherwise                                unknown    ``exists``
The look-up failed, or can't tell                     unknown    as before
*It is rejected, and an earlier response was lost* [3]_
The look-up finds a record                            as above
No record, and the refusal is not a conflict          rejected   as before
Anything else                                         unknown    ``lost``
*Afterwards*
An earlier row is done with the same vendor id        unknown    ``same_record``
Not sent now, but sent in an earlier run              unknown    ``lost``
Abandoned after it was sent                           unknown    ``abandoned``
The command ended while it was under way              unknown    ``lost``
===================================================== ========== ==================

.. [1] ``http/statuses.py`` defines what each HTTP status means. A chunk with several rows is halved
   until the bad row is alone.
.. [2] A row is sent again a few times at most.
.. [3] The vendor may refuse the second request because the first one succeeded. A row must not be
   reported as ``rejected`` unless that is certain, so these rows are looked up first.
.. [4] See ``BulkEndpoint.follow_up``. Rows that are unknown after it are looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ApiError, DeadlineExceeded, InvalidInput, LmsError
from ..http.statuses import MAY_PASS, Effect, effect_of
from ..outcome import Outcome, RowError, RowResult, Status
from .endpoint import ABSENT, Found, Present

STOPPED = RowError("stopped", "not sent, because the bulk had stopped")
NOT_SENT = RowError("not_sent", "not sent yet, or changed since, according to the journal")
ABANDONED = RowError("abandoned", "sent, but the bulk was abandoned before the response came")
#: The status and error of rows that may have been sent when the command failed.
BROKEN_OFF = (
    Status.UNKNOWN,
    RowError("lost", "the import ended while this row may have been under way"),
)
#: The status and error of rows that an earlier run has sent, and this run has not.
SENT_BEFORE = (
    Status.UNKNOWN,
    RowError("lost", "an earlier run sent this row and got no response; check it with the vendor"),
)
#: The status and error of a row if the journal can't tell whether an earlier run sent it.
NOT_RECALLED = (
    Status.UNKNOWN,
    RowError(
        "lost",
        "not sent now, and the journal could not be read: an earlier run may have sent this row",
    ),
)
#: The result of rows that a response does not mention.
UNMENTIONED = RowResult(
    Status.UNKNOWN,
    None,
    RowError("unmentioned", "the vendor's response does not mention this row"),
)
NO_PATH = RowError("invalid", "the id of the row can't be part of a URL")
NOT_JSON = RowError("invalid", "a value of the row can't be written as JSON")
#: The message of a row that was rejected in an earlier run, if the journal does not keep reasons.
EARLIER = "the vendor rejected it in an earlier run; the journal does not keep the reason"
_LOST = RowError(
    "lost", "sent, but the response was lost, and the vendor's records do not show the result"
)
_EXISTS = RowError(
    "exists",
    "the vendor has a record with this key and other values: either it existed before, or the "
    "vendor changed the values that were sent",
)
_NOT_ALONE = "the vendor refused this row together with others, too often to try each one alone"


def invalid(error: InvalidInput) -> RowError:
    """Return the error of a row that does not pass our own check."""
    reasons = "; ".join(f"{name}: {why}" for name, why in error.fields.items())
    return RowError("invalid", reasons or str(error), error.fields)


def of_no_call(error: InvalidInput) -> RowError:
    """Return the error of rows for which there is no call, because of their ids or because of what
    ``BulkEndpoint.begin`` has read."""
    return invalid(error) if error.fields else NO_PATH


def duplicate(first: int, index: int) -> RowError:
    """Return the error of the row at ``index``, which has the same key as the row at ``first``."""
    why = f"rows {first} and {index} (counted from 0) have the same key"
    return RowError("duplicate", why, other_index=first)


def same_record(first: int, index: int) -> RowError:
    """Return the error of the row at ``index``, which has the vendor id of the row at ``first``."""
    why = (
        f"rows {first} and {index} (counted from 0) changed the same record, because the vendor "
        "treats their keys as equal; one has overwritten the other"
    )
    return RowError("same_record", why, other_index=first)


def of_item_code(code: int) -> Status:
    """Return the status of a row, given the HTTP-like code of its item in the response.

    After a 4xx, nothing was done. After a 5xx or any other code, the vendor may have acted.
    """
    if 200 <= code < 300:
        return Status.DONE
    return Status.REJECTED if 400 <= code < 500 else Status.UNKNOWN


def with_parts(whole: RowResult, parts: Sequence[RowResult], *, field: str) -> RowResult:
    """Combine the result of a row with the results of the records inside the row.

    The row is ``done`` only if its own record and all parts are done. If only some of them are
    done, the row has the code ``incomplete``. If none is done, the row keeps its own result. A row
    whose own record is rejected is ``incomplete`` too, if the vendor may have acted on a part.

    :param whole: the result of the row's own record.
    :param parts: the results of the records inside the row, in the row's order.
    :param field: the field with the records inside the row.
    """
    whole.parts = tuple(parts)
    statuses = {whole.status, *(part.status for part in parts)}
    nothing_done = Status.DONE not in statuses
    # A part that the response does not mention is refused together with the row.
    is_doubtful = whole.status is Status.REJECTED and any(
        part.status is Status.UNKNOWN and part is not UNMENTIONED for part in parts
    )
    if statuses == {Status.DONE} or (nothing_done and not is_doubtful):
        return whole
    fields = {
        f"{field}[{place}]": _why(part)
        for place, part in enumerate(parts)
        if part.status is not Status.DONE
    }
    reasons = [f"{name}: {why}" for name, why in fields.items()]
    if whole.status is not Status.DONE:
        reasons.insert(0, f"its own record: {_why(whole)}")
    what = "at most" if nothing_done else "only"
    message = f"{what} a part of the row is done: {'; '.join(reasons)}"
    error = RowError("incomplete", message, fields)
    status = Status.UNKNOWN if Status.UNKNOWN in statuses else Status.REJECTED
    return RowResult(status, whole.id, error, whole.parts)


def _why(result: RowResult) -> str:
    error = result.error
    if error is None:
        return str(result.status)
    return f"{result.status} ({error.code})" + (f": {error.message}" if error.message else "")


def effect_of_failure(error: LmsError, *, path_names_rows: bool) -> Effect:
    """Return what the failure of a whole request means for its rows.

    :param path_names_rows: see :func:`~lms_async.http.statuses.effect_of`.
    """
    if error.stops:
        return Effect.ENDS
    if isinstance(error, InvalidInput):  # a row can't be part of a request
        return Effect.CONTENT
    if isinstance(error, ApiError):
        return effect_of(error.status, path_names_rows=path_names_rows)
    if isinstance(error, DeadlineExceeded) and not error.may_have_acted:
        return Effect.PASSES
    return Effect.UNSETTLED if error.may_have_acted else Effect.SHARED


def of_failure(error: LmsError, effect: Effect) -> tuple[Status, RowError]:
    """Return the status and error of each row of a request that failed as a whole."""
    if isinstance(error, InvalidInput):
        return Status.REJECTED, invalid(error)
    if error.may_have_acted:
        status = Status.UNKNOWN
    else:
        refused = effect in (Effect.CONTENT, Effect.SHARED)
        status = Status.REJECTED if refused else Status.SKIPPED
    fields = error.fields if isinstance(error, ApiError) else {}
    return status, RowError(_code_of(error), str(error), dict(fields))


def of_untried(error: LmsError) -> tuple[Status, RowError]:
    """Return the status and error of rows whose chunk was refused and may not be halved again."""
    return Status.SKIPPED, RowError(_code_of(error), _NOT_ALONE)


def _code_of(error: LmsError) -> str:
    if isinstance(error, ApiError):
        return str(error.status)
    return "lost" if error.may_have_acted else "stopped"


def is_temporary(outcome: Outcome[Any], *, repeatable: bool) -> bool:
    """Return whether to send a row again that the vendor refused.

    That is so after a temporary refusal, such as a rate limit or a lock, and after a 5xx if the
    call may be repeated.
    """
    code = _code_of_item(outcome)
    return _passes(code) or (repeatable and 500 <= code < 600)


def with_temporary(outcomes: list[Outcome[Any]], uncertain: Sequence[int]) -> list[Outcome[Any]]:
    """Return ``outcomes`` with ``skipped`` or ``unknown`` for rows that were refused temporarily.

    :param uncertain: the places of rows on which the vendor may have acted in an earlier request.
        They are ``unknown``. For the others nothing was done, so they are ``skipped``.
    """
    for place, outcome in enumerate(outcomes):
        if outcome.error is not None and _passes(_code_of_item(outcome)):
            outcome.status = Status.UNKNOWN if place in uncertain else Status.SKIPPED
    return outcomes


def may_pass(error: LmsError) -> bool:
    """Return whether a row that is refused alone with ``error`` is sent again once."""
    return isinstance(error, ApiError) and error.status in MAY_PASS


def _code_of_item(outcome: Outcome[Any]) -> int:
    """Return the row's error code if it is an HTTP status, otherwise 0."""
    code = outcome.error.code if outcome.error is not None else ""
    return int(code) if code.isdecimal() and len(code) == 3 else 0


def _passes(code: int) -> bool:
    return 400 <= code < 500 and effect_of(code) is Effect.PASSES


def of_look_up(found: Found, *, absent_before: bool) -> RowResult | None:
    """Return the result of an unknown row after a look-up.

    :param absent_before: whether an earlier look-up found that the record did not exist. If it
        exists now, this bulk created it, whatever values it shows.
    :returns: ``None`` if the row stays as it is.
    """
    if isinstance(found, Present):
        if absent_before:
            return RowResult(Status.DONE, found.id)
        return RowResult(Status.UNKNOWN, found.id, _EXISTS)
    return found if isinstance(found, RowResult) else None


def of_late_refusal(found: Found, *, absent_before: bool, is_conflict: bool) -> RowResult | None:
    """Return the result of a row, after a look-up, that was rejected after a lost response.

    :param absent_before: see :func:`of_look_up`.
    :param is_conflict: whether the vendor rejected it because the record exists.
    :returns: ``None`` if the row stays rejected.
    """
    if isinstance(found, RowResult):
        return found if found.status in (Status.DONE, Status.UNKNOWN) else None
    if isinstance(found, Present):
        return of_look_up(found, absent_before=absent_before)
    if found is ABSENT and not is_conflict:
        return None
    # Either the look-up can't tell, or the vendor reports a conflict and shows no record.
    return RowResult(Status.UNKNOWN, None, _LOST)


def of_cancelled(*, sent: bool) -> tuple[Status, RowError]:
    """Return the status and error of rows whose request the bulk cancelled."""
    return (Status.UNKNOWN, ABANDONED) if sent else (Status.SKIPPED, STOPPED)
