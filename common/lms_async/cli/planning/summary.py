"""Sum up a plan in a few lines, without personal data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from ...roster import Action, PlanFile, Reason
from ...roster.model import KINDS
from ..wording import command_line, counted, counted_records, listed
from .guard_words import guard_lines

#: Numbers of records by kind, reason and school, or of values by kind, reason and field.
_LeftAlone = Mapping[tuple[str, Reason, str], int]
#: Why records and fields are left alone in every plan, whatever is in them.
_NOT_COMPARED = frozenset(
    {Reason.NOT_A_SCHOOL, Reason.KIND_NOT_HELD, Reason.FIELD_NOT_HELD, Reason.NOT_VERIFIABLE}
)
#: How many schools are shown for each kind.
_SCHOOLS = 20


def plan_lines(file: PlanFile, vendor: str, *, in_full: bool = False) -> list[str]:
    """Return what a plan would do, what it leaves alone, and what the guard says.

    :param in_full: whether to list also what the vendor does not hold or show, which is the same in
        each plan, and the guard's reasons that follow from other reasons.
    """
    counts = file.counts()
    total = counted(sum(counts.values()), "change")
    records: _LeftAlone = file.counts_left_alone()
    fields: _LeftAlone = file.counts_fields_left_alone()
    not_compared = []
    if not in_full:
        not_compared = _not_compared(records, fields, vendor, file.path)
        records, fields = _others(records), _others(fields)
    return [
        f"Plan for {vendor}, as of {file.meta.as_of}: {total}{':' if counts else '.'}",
        *change_lines(counts),
        *_left_alone(records, fields),
        *_fields_left_alone(fields),
        *not_compared,
        *guard_lines(file, all_reasons=in_full),
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


def removals_left_out(file: PlanFile) -> int:
    """Return how many removals were asked for and left out, as the source may be incomplete."""
    counts = file.counts_left_alone().items()
    return sum(count for (_, reason, _), count in counts if reason is Reason.SOURCE_INCOMPLETE)


def _not_compared(records: _LeftAlone, fields: _LeftAlone, vendor: str, path: Path) -> list[str]:
    """Return a line that counts what the vendor does not hold or show, if there is any."""
    totals: Counter[str] = Counter()
    for (kind, reason, _), count in records.items():
        if reason in _NOT_COMPARED:
            totals[kind] += count
    what = [counted_records(totals[kind], kind) for kind in sorted(totals, key=_place)]
    if number := sum(reason in _NOT_COMPARED for _, reason, _ in fields):
        what.append(counted(number, "field"))
    if not what:
        return []
    show = command_line(["lms", "plan", "show", str(path)])
    return [
        f"Not compared, because {vendor} does not hold or show them: {listed(what)}.",
        f"  To see which, run: {show}",
    ]


def _others(counts: _LeftAlone) -> _LeftAlone:
    return {at: count for at, count in counts.items() if at[1] not in _NOT_COMPARED}


def _left_alone(counts: _LeftAlone, fields: _LeftAlone) -> list[str]:
    """Return the number of records by reason.

    :param fields: the fields that are left alone, with those that new records need and lack.
    """
    totals: Counter[tuple[str, Reason]] = Counter()
    for (kind, reason, _), count in counts.items():
        totals[kind, reason] += count
    if not totals:
        return []
    return [
        "Records that are left alone:",
        *(
            f"  {kind:<14} {count:,}: {reason}{_needed(kind, reason, fields)}"
            for (kind, reason), count in sorted(totals.items(), key=lambda item: _place(item[0][0]))
        ),
    ]


def _needed(kind: str, reason: Reason, fields: _LeftAlone) -> str:
    """Return the fields that new records need and lack; ``""`` for another reason."""
    if reason is not Reason.NEEDED_FIELD:
        return ""
    found = [
        f"{field}, {count:,}"
        for (of, why, field), count in sorted(fields.items())
        if (of, why) == (kind, reason)
    ]
    return f": {'; '.join(found)}"


def _fields_left_alone(counts: _LeftAlone) -> list[str]:
    fields: dict[tuple[str, Reason], list[str]] = defaultdict(list)
    for (kind, reason, field), count in sorted(counts.items()):
        if reason is Reason.NEEDED_FIELD:
            continue
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
