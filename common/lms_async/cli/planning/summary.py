"""Sum up a plan in a few lines, without personal data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from ...roster import Action, PlanFile, Reason
from ...roster.model import KINDS
from ..wording import counted
from .guard_words import guard_lines

#: How many schools are shown for each kind.
_SCHOOLS = 20


def plan_lines(file: PlanFile, vendor: str, *, all_reasons: bool = False) -> list[str]:
    """Return what a plan would do, what it leaves alone, and what the guard says.

    :param all_reasons: whether to show also the guard's reasons that follow from other reasons.
    """
    counts = file.counts()
    total = counted(sum(counts.values()), "change")
    return [
        f"Plan for {vendor}, as of {file.meta.as_of}: {total}{':' if counts else '.'}",
        *change_lines(counts),
        *_left_alone(file.counts_left_alone()),
        *_fields_left_alone(file.counts_fields_left_alone()),
        *guard_lines(file, all_reasons=all_reasons),
    ]


def change_lines(counts: Mapping[tuple[str, Action, str], int]) -> list[str]:
    """Return the number of changes by kind and action, and by school if there are several."""
    by_kind: dict[str, dict[str, Counter[Action]]] = defaultdict(lambda: defaultdict(Counter))
    for (kind, action, school), count in counts.items():
        by_kind[kind][school][action] += count
    several = len({school for _, _, school in counts if school}) > 1
    lines = []
    for kind in sorted(by_kind, key=_place):
        schools = by_kind[kind]
        lines.append(f"  {kind:<14} {_actions(sum(schools.values(), Counter()))}")
        if not several or set(schools) == {""}:
            continue
        shown = sorted(schools)[:_SCHOOLS]
        for school in shown:
            where = f"school {school}" if school else "no school"
            lines.append(f"    {where:<12} {_actions(schools[school])}")
        if more := len(schools) - len(shown):
            lines.append(f"    and {counted(more, 'other school')}")
    return lines


def _left_alone(counts: Mapping[tuple[str, Reason, str], int]) -> list[str]:
    totals: Counter[tuple[str, Reason]] = Counter()
    for (kind, reason, _), count in counts.items():
        totals[kind, reason] += count
    if not totals:
        return []
    return [
        "Records that are left alone:",
        *(
            f"  {kind:<14} {count:,}: {reason}"
            for (kind, reason), count in sorted(totals.items(), key=lambda item: _place(item[0][0]))
        ),
    ]


def _fields_left_alone(counts: Mapping[tuple[str, Reason, str], int]) -> list[str]:
    fields: dict[tuple[str, Reason], list[str]] = defaultdict(list)
    for (kind, reason, field), count in sorted(counts.items()):
        fields[kind, reason].append(f"{field} ({count:,})")
    if not fields:
        return []
    return [
        "Fields that are left alone, with the number of records that have a value:",
        *(
            f"  {kind:<14} {', '.join(fields[kind, reason])}: {reason}"
            for kind, reason in sorted(fields, key=lambda of: _place(of[0]))
        ),
    ]


def _actions(counts: Mapping[Action, int]) -> str:
    return ", ".join(f"{counts[action]:,} {action}" for action in Action if counts.get(action))


def _place(kind: str) -> int:
    return [*(record.plural for record in KINDS), kind].index(kind)
