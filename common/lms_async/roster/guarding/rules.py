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
    :param incomplete: the kinds in ``removals`` that may be incomplete in the source. Their records
        are removed only if the source itself says so, for example that they were deleted.
    :param mode: what the plan may do.
    """

    removals: frozenset[str] = frozenset()
    incomplete: frozenset[str] = frozenset()
    mode: Mode = Mode.NORMAL
