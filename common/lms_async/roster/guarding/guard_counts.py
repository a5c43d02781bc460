"""The guard's checks of the number of changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..changes import REMOVALS, Action
from .guard import GuardSettings, Refusal, SourceFacts, exceeds, percent
from .rules import Mode

#: What a plan does with the records whose share is checked.
_DONE = {"max_removed_share": "removed", "max_updated_share": "updated"}
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


def check_changes(
    settings: GuardSettings,
    counts: Mapping[tuple[str, Action, str], int],
    existing: Mapping[tuple[str, str], int],
) -> list[Refusal]:
    """Check the number of changes.

    :param counts: the number of changes by kind, action and org, as a
        :class:`~lms_async.roster.comparing.tally.Tally` has it.
    :param existing: the number of records at the vendor by kind and org.
    :returns: a refusal for each bound that is exceeded. Each stops the plan.
    """
    removed: Counter[tuple[str, str]] = Counter()
    updated: Counter[tuple[str, str]] = Counter()
    for (kind, action, org), count in counts.items():
        if action in REMOVALS:
            removed[kind, org] += count
        elif action is Action.UPDATE:
            updated[kind, org] += count
    refusals = [
        *_shares(settings, "max_removed_share", removed, existing),
        *_shares(settings, "max_updated_share", updated, existing),
    ]
    people = sum(count for (kind, _), count in removed.items() if kind == "people")
    if people > settings.max_removed_people:
        refusals.append(
            Refusal(
                rule="max_removed_people",
                kind="people",
                number=people,
                bound=settings.max_removed_people,
                stops=True,
                text=f"The plan would remove {people:,} people. The guard allows "
                f"{settings.max_removed_people:,}. Read the plan. If these people left, set "
                "max_removed_people higher for one run.",
            )
        )
    return refusals


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
    for (org, role), count in sorted(updated.items()):
        total = existing.get((org, role), 0)
        if role:
            group = f"people {_of(org)} with the role {role}"
            yield from _share(settings, "max_updated_share", "people", org, group, count, total)


def check_created(
    settings: GuardSettings,
    facts: SourceFacts,
    counts: Mapping[tuple[str, Action, str], int],
    existing: Mapping[tuple[str, str], int],
) -> Iterator[Refusal]:
    """Check that a run after the first one does not create nearly everything again.

    That happens if the vendor does not show its records any more, or if the source has new ids. If
    the last plan could not create some records, as many may be created now. Otherwise a first run
    in which the vendor rejected most records could not be repeated.

    :param counts: the number of changes by kind, action and school.
    :param existing: the number of records at the vendor by kind and school.
    :returns: a refusal for each kind. Each stops the plan.
    """
    bound = settings.max_created_share
    if facts.last_vendor_records is None:
        return
    for kind in _CHECKS:
        now = sum(number for (of, _), number in existing.items() if of == kind)
        last = max(facts.last_vendor_records.get(kind, 0), now)
        count = sum(
            number
            for (of, action, _), number in counts.items()
            if of == kind and action in (Action.CREATE, Action.LINK)
        )
        is_new_year = settings.mode is Mode.NEW_SCHOOL_YEAR and kind in _OF_THE_YEAR
        more = count - facts.last_not_created.get(kind, 0)
        if last < settings.min_records or is_new_year or not exceeds(more, bound, last):
            continue
        yield Refusal(
            rule="max_created_share",
            kind=kind,
            number=count / last,
            bound=bound,
            stops=True,
            text=f"{count:,} {kind} would be created, and the vendor had {last:,} before "
            f"({percent(count, last)}). The guard allows {percent(bound)}. Check that the vendor "
            f"shows all its {kind}, {_CHECKS[kind]}. If the plan is right, set max_created_share "
            "higher for one run.",
        )


def check_scope(*, is_limited: bool, in_scope: int, changes: int) -> Iterator[Refusal]:
    """Check that the scope includes a person. Otherwise the plan would be empty without a reason.

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
            text="The plan changes nothing, because none of the vendor's people are in [scope]. "
            "Write the codes of schools and the roles in [scope] as the vendor has them, or remove "
            "[scope].",
        )


def _shares(
    settings: GuardSettings,
    rule: str,
    counts: Mapping[tuple[str, str], int],
    existing: Mapping[tuple[str, str], int],
) -> Iterator[Refusal]:
    """Check the share of each school, and that of all small schools together."""
    small_counts: Counter[str] = Counter()
    small_totals: Counter[str] = Counter()
    for (kind, _), total in existing.items():
        if total < settings.min_records:
            small_totals[kind] += total
    for (kind, org), count in sorted(counts.items()):
        total = existing.get((kind, org), 0)
        if total < settings.min_records:
            small_counts[kind] += count
        else:
            yield from _share(settings, rule, kind, org, f"{kind} {_of(org)}", count, total)
    for kind, count in small_counts.items():
        group = f"{kind} of the schools with fewer than {settings.min_records} each"
        yield from _share(settings, rule, kind, "", group, count, small_totals[kind])


def _share(
    settings: GuardSettings, rule: str, kind: str, org: str, group: str, count: int, total: int
) -> Iterator[Refusal]:
    """Check a share of the records of a group."""
    bound: float = getattr(settings, rule)
    if total < settings.min_records or not exceeds(count, bound, total):
        return
    yield Refusal(
        rule=rule,
        kind=kind,
        org=org,
        number=count / total,
        bound=bound,
        stops=True,
        text=f"{count:,} of {total:,} {group} would be {_DONE[rule]} ({percent(count, total)}). "
        f"The guard allows {percent(bound)}. Read the plan. If it is right, set {rule} higher for "
        "one run. To make only additions, set the mode additions_only.",
    )


def _of(org: str) -> str:
    return f"of school {org}" if org else "of no school"
