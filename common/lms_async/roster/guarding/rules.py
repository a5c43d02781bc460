"""The rules that decide which differences become changes."""

from __future__ import annotations

from enum import StrEnum

import attrs


class Mode(StrEnum):
    """What a plan may do."""

    NORMAL = "normal"
    #: Nothing is updated or removed.
    ADDITIONS_ONLY = "additions_only"
    #: Terms, courses, sections and enrollments of last year are left to end. Any number of people
    #: may change their grade, and any number of courses and sections may be created.
    NEW_SCHOOL_YEAR = "new_school_year"


@attrs.frozen(kw_only=True)
class Rules:
    """Which differences become changes.

    :param removals: the kinds whose records may be removed.
    :param in_doubt: those of them for which the source may be incomplete. Their records are removed
        only if the source itself says that they are not wanted, for example that they were deleted.
    :param mode: what the plan may do.
    """

    removals: frozenset[str] = frozenset()
    in_doubt: frozenset[str] = frozenset()
    mode: Mode = Mode.NORMAL
