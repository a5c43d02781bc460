"""What ManageBac can hold, show and remove."""

from __future__ import annotations

from lms_async.roster import Action, Capabilities, KindCapabilities, SideEffect

from . import enrollments, people, sections


def capabilities(school: str) -> Capabilities:
    """Return the capabilities of a ManageBac account.

    Terms and subjects are looked up, and never created or changed.

    :param school: the key of the school that the account belongs to; ``""`` if all records of the
        source belong to it.
    """
    return Capabilities(
        kinds={
            "people": KindCapabilities(
                holds=people.HOLDS,
                shows=people.HOLDS - people.HIDDEN,
                fixed=people.FIXED,
                required=people.REQUIRED,
                removal=Action.ARCHIVE,
            ),
            "relationships": KindCapabilities(
                holds=frozenset(), shows=frozenset(), removal=Action.UNLINK
            ),
            "sections": KindCapabilities(
                holds=sections.HOLDS,
                shows=sections.HOLDS - sections.HIDDEN,
                fixed=sections.FIXED,
                required=sections.REQUIRED,
                removal=Action.ARCHIVE,
            ),
            "enrollments": KindCapabilities(
                holds=enrollments.HOLDS,
                shows=enrollments.HOLDS,
                fixed=enrollments.HOLDS,
                removal=Action.UNLINK,
            ),
        },
        # The links of archived people stay, and are not in use.
        side_effects=(
            SideEffect("people", "enrollments"),
            SideEffect("people", "relationships"),
            SideEffect("sections", "enrollments"),
        ),
        orgs=frozenset({school}) if school else None,
    )
