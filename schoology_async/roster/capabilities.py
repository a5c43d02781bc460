"""What Schoology can hold, show and remove."""

from __future__ import annotations

from lms_async.roster import Action, Capabilities, KindCapabilities, SideEffect

from . import courses, enrollments, people, sections, terms
from .people_reading import PeopleFrom


def capabilities(enrollment_removal: Action, *, people_from: PeopleFrom = "list") -> Capabilities:
    """Return the capabilities of a Schoology account.

    Terms and courses are never removed. A section isn't either: Schoology archives it after its
    grading periods.

    :param enrollment_removal: how an enrollment is removed, ``Action.EXPIRE`` or ``Action.DELETE``.
    :param people_from: whether people are read from the list or from the CSV export.
    """
    hidden = people.HIDDEN
    if people_from == "export":
        hidden |= people.HIDDEN_IN_EXPORT
    return Capabilities(
        kinds={
            "terms": _kind(terms.HOLDS, fixed=terms.HOLDS),
            "people": _kind(
                people.HOLDS,
                hidden=hidden,
                required=people.REQUIRED,
                removal=Action.DEACTIVATE,
            ),
            "relationships": _kind(frozenset(), removal=Action.UNLINK),
            "courses": _kind(courses.HOLDS),
            "sections": _kind(sections.HOLDS, fixed=sections.FIXED),
            "enrollments": _kind(enrollments.HOLDS, removal=enrollment_removal),
        },
        # Schoology does not show the links of inactive people either.
        side_effects=(SideEffect("people", "enrollments"), SideEffect("people", "relationships")),
    )


def _kind(
    holds: frozenset[str],
    *,
    hidden: frozenset[str] = frozenset(),
    fixed: frozenset[str] = frozenset(),
    required: tuple[tuple[str, ...], ...] = (),
    removal: Action | None = None,
) -> KindCapabilities:
    return KindCapabilities(
        holds=holds, shows=holds - hidden, fixed=fixed, required=required, removal=removal
    )
