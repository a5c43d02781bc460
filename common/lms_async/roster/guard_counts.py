"""The guard's checks of changes that a count by kind and school does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .changes import Action
from .guard import GuardSettings, Refusal, SourceFacts, exceeds, percent
from .rules import Mode

#: Kinds whose records a new school year creates anew.
_OF_THE_YEAR = frozenset({"courses", "sections"})
#: The kinds that hardly grow from one run to the next, and what to check if many records are new.
_CHECKS = {
    "people": "that their ids did not change, and that the export has only your people",
    "relationships": "that the ids of people did not change, and that the export names the right "
    "guardians",
    "courses": "and that their ids did not change. In a new school year, set the mode "
    "new_school_year",
    "sections": "and that their ids did not change. In a new school year, set the mode "
    "new_school_year",
}


def check_roles(
    settings: GuardSettings,
    updated: Mapping[tuple[str, str], int],
    existing: Mapping[tuple[str, str], int],
) -> Iterator[Refusal]:
    """Check the share of the people with one role who are updated.

    A change of all students may be a small share of a school that has many guardians.

    :param updated: the number of people who are updated, by school and role.
    :param existing: the number of people at the vendor, by school and role.
    :returns: a refusal for each school and role. Each stops the plan.
    """
    bound = settings.max_updated_share
    for (org, role), count in sorted(updated.items()):
        total = existing.get((org, role), 0)
        if not role or total < settings.min_records or not exceeds(count, bound, total):
            continue
        where = f"of school {org}" if org else "of no school"
        yield Refusal(
            rule="max_updated_share",
            kind="people",
            org=org,
            number=count / total,
            bound=bound,
            stops=True,
            text=f"{count:,} of {total:,} people {where} with the role {role} would be updated "
            f"({percent(count, total)}). The guard allows {bound:.0%}. Read the plan. If it is "
            "right, set max_updated_share higher for one run. To make only additions, set the mode "
            "additions_only.",
        )


def check_created(
    settings: GuardSettings, facts: SourceFacts, counts: Mapping[tuple[str, Action, str], int]
) -> Iterator[Refusal]:
    """Check that a run after the first one does not create nearly everything again.

    That happens if the vendor does not show its records any more, or if the source has new ids.

    :param counts: the number of changes by kind, action and school.
    :returns: a refusal for each kind. Each stops the plan.
    """
    bound = settings.max_created_share
    for kind in _CHECKS:
        last = (facts.last_records or {}).get(kind, 0)
        count = sum(
            number
            for (of, action, _), number in counts.items()
            if of == kind and action in (Action.CREATE, Action.LINK)
        )
        is_new_year = settings.mode is Mode.NEW_SCHOOL_YEAR and kind in _OF_THE_YEAR
        if last < settings.min_records or is_new_year or not exceeds(count, bound, last):
            continue
        yield Refusal(
            rule="max_created_share",
            kind=kind,
            number=count / last,
            bound=bound,
            stops=True,
            text=f"{count:,} {kind} would be created, and the source had {last:,} last time "
            f"({percent(count, last)}). The guard allows {bound:.0%}. Check that the vendor "
            f"shows all its {kind}, {_CHECKS[kind]}. If the plan is right, set max_created_share "
            "higher for one run.",
        )


def check_scope(*, is_limited: bool, in_scope: int, changes: int) -> Iterator[Refusal]:
    """Check that a scope includes somebody. If not, the plan looks as if nothing were to do.

    :param is_limited: whether the mapping limits the scope.
    :param in_scope: how many people of the vendor are in scope.
    :param changes: the number of changes.
    :returns: a refusal, which does not stop the plan: the plan has no changes.
    """
    if is_limited and not in_scope and not changes:
        yield Refusal(
            rule="scope",
            kind="people",
            number=0,
            bound=1,
            stops=False,
            text="Nothing is changed, because 0 of the vendor's people are in scope, and at least "
            "1 should be. Write the keys of schools and the roles into the scope as the vendor has "
            "them, or remove the scope.",
        )
