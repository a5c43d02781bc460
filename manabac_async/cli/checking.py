"""Check rows for what only this command needs, besides the SDK's own checks."""

from __future__ import annotations

from collections.abc import Callable

from lms_async.cli.kinds import Row
from lms_async.errors import InvalidInput
from lms_async.records.encoding import Sending

#: What is wrong with a row without a class.
NO_CLASS = (
    "is needed: the uniq_id of the class. lms list and lms export leave it empty if the class has "
    "none. Set a uniq_id in ManageBac, or use ManageBac's id, which only this account has"
)


def needs(sending: Sending, **needed: str) -> Callable[[Row], object]:
    """Return a check of a row: the SDK's own check, and fields that must not be empty.

    :param needed: what to say about each of these fields if it is empty.
    """

    def check(row: Row) -> object:
        faults = {name: why for name, why in needed.items() if not row.get(name, "").strip()}
        try:
            checked = sending(row)
        except InvalidInput as invalid:
            raise InvalidInput(invalid.what, fields={**invalid.fields, **faults}) from None
        if faults:
            raise InvalidInput("the row can't be sent", fields=faults)
        return checked

    return check
