"""Recognize columns of exports in which people who left may be marked."""

from __future__ import annotations

from ..wording import plain

#: Names of such columns, without spaces and punctuation.
_NAMES = frozenset(
    "active activetoday enabled enabledstatus status accountstatus studentstatus staffstatus "
    "pupilstatus userstatus systemstatus enrollstatus enrollmentstatus enrolmentstatus inactive "
    "archived withdrawn exitdate enddate leavedate leavingdate dateofleaving withdrawaldate "
    "withdrawdate dateleft terminationdate".split()
)


def may_mark_leavers(column: str) -> bool:
    """Return whether a column, with or without the name of its table, may mark people who left."""
    return plain(column) in _NAMES or plain(column.rpartition(".")[2]) in _NAMES
