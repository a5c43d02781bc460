"""The guard: refuse a plan that would change more than a school expects.

A damaged export, or a wrong setting, can look as if everybody had left the school. So the source is
checked before the comparison (:func:`check_source`, :func:`check_keys`), and the number of changes
after it (``guard_counts.py``). A bound is the largest value that is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import inf

import attrs

from ...errors import InvalidInput
from .rules import Mode, Rules


def _check_share(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise InvalidInput(f"{attribute.name} must be a share between 0 and 1")


def _check_count(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        raise InvalidInput(f"{attribute.name} must not be negative")


def _check_amount(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value < inf:
        raise InvalidInput(f"{attribute.name} must be a number, and not negative")


def _share(default: float) -> float:
    return attrs.field(default=default, validator=_check_share)


@attrs.frozen(kw_only=True)
class GuardSettings:
    """What a plan may do. Shares are between 0 and 1.

    :param removals: the kinds whose records may be removed; none by default.
    :param mode: what the plan may do at all.
    :param max_removed_share: the largest share of a school's records of one kind that may be
        removed.
    :param max_updated_share: the same for updates. It also holds for the people of a school who
        have the same role.
    :param max_created_share: in a run after the first, how many people, relationships, courses or
        sections may be created, as a share of the number that the vendor had after the last plan,
        or has now if that is more. It may be more than 1. As many records as the last plan should
        create and did not are allowed besides.
    :param min_records: schools that have fewer records of a kind at the vendor are checked for
        these shares together. Fewer records than this are not checked.
    :param max_removed_people: how many people may be removed, in all schools together.
    :param max_source_shrink: by which share the source may have fewer records of a kind than last
        time. If it has even fewer, a record of this kind is not removed for being missing from the
        source. The same bound holds for the share of the vendor's people that are in the source.
    :param max_rejected_share: the largest share of the source's records that may be rejected. If
        more are rejected, no record is removed for being missing.
    :param max_orphan_share: the same for records that refer to missing records.
    :param min_found_share: in the first run, the smallest share of the vendor's people with a key
        that must be in the source.
    :raises InvalidInput: a share is not between 0 and 1, or a number is negative.
    """

    removals: frozenset[str] = frozenset()
    mode: Mode = Mode.NORMAL
    max_removed_share: float = _share(0.10)
    max_updated_share: float = _share(0.75)
    max_created_share: float = attrs.field(default=0.50, validator=_check_amount)
    min_records: int = attrs.field(default=10, validator=_check_count)
    max_removed_people: int = attrs.field(default=200, validator=_check_count)
    max_source_shrink: float = _share(0.10)
    max_rejected_share: float = _share(0.05)
    max_orphan_share: float = _share(0.05)
    min_found_share: float = _share(0.90)


@attrs.frozen(kw_only=True)
class SourceFacts:
    """What is known about the source after it was read.

    :param records: the number of its records, by kind. Rejected records do not count.
    :param last_records: the same numbers of the last run; ``None`` in the first run.
    :param last_found_share: the share of the vendor's people with a key that were in the source
        after the last plan was applied; ``None`` if there were none, or in the first run.
    :param last_vendor_records: how many records the vendor had after the last plan was applied, by
        kind; ``None`` in the first run.
    :param last_not_created: how many records the last plan should create and did not, by kind.
    :param rejected: how many records were rejected, for any reason.
    :param orphans: how many of them were rejected because they refer to missing records.
    :param partial: the kinds that may be incomplete, e.g. because the source has only changes of
        them, or no file.
    :param causes: why these kinds may be incomplete, and what to do, as two sentences without their
        beginning, where more is known than that rows were rejected.
    :param changes_only: the kinds in ``partial`` for which the source lists only changes. Their
        number is not compared with that of the last run.
    """

    records: Mapping[str, int]
    last_records: Mapping[str, int] | None = None
    last_found_share: float | None = None
    last_vendor_records: Mapping[str, int] | None = None
    last_not_created: Mapping[str, int] = attrs.field(factory=dict)
    rejected: int = 0
    orphans: int = 0
    partial: frozenset[str] = frozenset()
    causes: Mapping[str, str] = attrs.field(factory=dict)
    changes_only: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Refusal:
    """What the guard does not allow.

    :param rule: the name of the setting that sets the bound, or ``"partial"``.
    :param kind: the kind of the records; ``""`` for all.
    :param org: the school, by its key; ``""`` for all.
    :param number: the number or share that was found.
    :param bound: the bound that it exceeds, or falls below.
    :param stops: whether the plan must not be applied. If not, the plan only leaves out removals.
    :param text: what was found, what is allowed, and what to do.
    """

    rule: str
    kind: str = ""
    org: str = ""
    number: float
    bound: float
    stops: bool
    text: str


def check_source(settings: GuardSettings, facts: SourceFacts) -> list[Refusal]:
    """Check whether the source is complete enough to remove what is missing from it.

    :returns: a refusal for each reason why it may be incomplete, if the mapping asks for removals.
        None of them stops the plan.
    """
    return list(_source_refusals(settings, facts)) if settings.removals else []


def rules(settings: GuardSettings, source_refusals: list[Refusal]) -> Rules:
    """Return the rules for the comparison.

    :param source_refusals: the result of :func:`check_source`.
    """
    kinds = {refusal.kind for refusal in source_refusals}
    incomplete = settings.removals if "" in kinds else settings.removals & kinds
    return Rules(removals=settings.removals, incomplete=incomplete, mode=settings.mode)


def _source_refusals(settings: GuardSettings, facts: SourceFacts) -> Iterator[Refusal]:
    for kind in sorted(facts.partial & settings.removals):
        yield Refusal(
            rule="partial",
            kind=kind,
            number=facts.records.get(kind, 0),
            bound=0,
            stops=False,
            text=f"Missing {kind} are not removed, because "
            + facts.causes.get(
                kind,
                f"the source may not have all {kind}. To remove {kind}, use files that are "
                "complete and have no rejected rows.",
            ),
        )
    compared = settings.removals - facts.changes_only
    for kind in sorted((facts.last_records or {}).keys() & compared):
        last, now = (facts.last_records or {})[kind], facts.records.get(kind, 0)
        if exceeds(last - now, settings.max_source_shrink, last):
            yield Refusal(
                rule="max_source_shrink",
                kind=kind,
                number=(last - now) / last,
                bound=settings.max_source_shrink,
                stops=False,
                text=f"Missing {kind} are not removed, because the source has {now:,} {kind} and "
                f"had {last:,} last time, {percent(last - now, last)} fewer. The guard allows "
                f"{percent(settings.max_source_shrink)}. Check that the export is complete. If it "
                "is, set max_source_shrink higher for one run.",
            )
    total = sum(facts.records.values()) + facts.rejected
    for rule, bound, number, what in (
        ("max_rejected_share", settings.max_rejected_share, facts.rejected, "were rejected"),
        ("max_orphan_share", settings.max_orphan_share, facts.orphans, "refer to missing records"),
    ):
        if exceeds(number, bound, total):
            yield Refusal(
                rule=rule,
                number=number / total,
                bound=bound,
                stops=False,
                text=f"Missing records are not removed, because {number:,} of the source's "
                f"{total:,} records {what} ({percent(number, total)}). The guard allows "
                f"{percent(bound)}. Correct the export, or set {rule} higher for one run.",
            )


def check_keys(
    settings: GuardSettings, facts: SourceFacts, *, keyed: int, found: int
) -> list[Refusal]:
    """Check whether the school and the vendor use the same ids.

    If not, everybody would be created a second time. In the first run most of the vendor's people
    must be in the source, and later nearly as many as last time. A source that has only changes of
    people can't be checked in this way, so the first run needs a complete one.

    :param keyed: how many people at the vendor have a key.
    :param found: how many of them are in the source.
    """
    has_changes_only = "people" in facts.changes_only
    if facts.last_records is None:
        rule, bound = "min_found_share", _exact(settings.min_found_share)
        change = "lower"
        needed = f"A first run needs {percent(settings.min_found_share)}."
        check = (
            "Check that this is the right account, that the export is complete, and which column "
            "of the source has the ids that the vendor has. Set this column as the key of people."
        )
        if has_changes_only:
            needed += " This source has only changes: make the first plan from a complete source."
    elif has_changes_only:
        return []
    elif facts.last_found_share is not None:
        last = _exact(facts.last_found_share)
        rule, bound = "max_source_shrink", last * (1 - _exact(settings.max_source_shrink))
        change = "higher"
        needed = f"Last time it was {percent(last)}, and this run needs {percent(bound)}."
        check = "Check that the export is complete, and that the ids of people did not change."
    else:
        return []
    if keyed < settings.min_records or not exceeds(keyed - found, 1 - bound, keyed):
        return []
    return [
        Refusal(
            rule=rule,
            kind="people",
            number=found / keyed,
            bound=float(bound),
            stops=True,
            text=f"Only {found:,} of {keyed:,} people at the vendor were found in the source "
            f"({percent(found, keyed)}). {needed} {check} If everything is right, set {rule} "
            f"{change} for one run.",
        )
    ]


def exceeds(count: int, share: float | Fraction, total: int) -> bool:
    """Return whether ``count`` is more than ``share`` of ``total``, without rounding errors."""
    return count > _exact(share) * total


def _exact(share: float | Fraction) -> Fraction:
    """Return the number that a person wrote, such as exactly a tenth for 0.1."""
    return share if isinstance(share, Fraction) else Fraction(repr(share))


def percent(count: float | Fraction, total: int = 1) -> str:
    """Return a share in percent, with a decimal where it is needed to compare it with a bound."""
    return f"{float(count / total):.1%}".replace(".0%", "%")
