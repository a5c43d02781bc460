"""Write the settings that limit what a plan may do: mode, removals, scope and guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ...roster import Action, GuardSettings
from ...roster.administrators import administers
from ...roster.model import KINDS
from ..toml_text import toml_text
from ..wording import counted
from .facts import Facts
from .part import Part
from .schools import building_of, school_of_account
from .similar import same_role
from .terms import current_terms, title_of

#: What each removal does with a record.
_REMOVALS: Mapping[Action, str] = {
    Action.DEACTIVATE: "are deactivated: the account can't be used, and its work is kept",
    Action.ARCHIVE: "are archived: the record is no longer in use, and its history is kept",
    Action.EXPIRE: "expire: the enrollment ends, and the person's work is kept",
    Action.DELETE: "are deleted, with what belongs to them",
    Action.UNLINK: "are ended: what they connect stays",
}
#: What each bound of the guard is.
_BOUNDS: Mapping[str, str] = {
    "max_removed_share": "largest share of a school's records of one kind that may be removed",
    "max_updated_share": "the same for updates, also of the people with one role",
    "max_created_share": "new people, relationships, courses and sections, compared with last time",
    "min_records": "schools with fewer records of a kind are checked together",
    "max_removed_people": "how many people may be removed, in all schools together",
    "max_source_shrink": "no removals if the source is smaller than last time by a larger share",
    "max_rejected_share": "no removals if a larger share of the source is rejected",
    "max_orphan_share": "no removals if a larger share refers to missing records",
    "min_found_share": "in the first run: smallest share of the vendor's people in the source",
}


def mode() -> Part:
    """Write the mode."""
    part = Part()
    part.comment(
        'What a plan may do. "all": everything below. "additions_only": nothing is updated or '
        'removed. "new_school_year": last year\'s terms, courses, sections and enrollments are '
        "left to end, and any number of people may change their grade."
    )
    part.lines.append('mode = "all"')
    return part


def removals(facts: Facts) -> Part:
    """Write that nothing is removed, and what a removal would be."""
    part = Part()
    part.comment(
        "The kinds whose records are removed if the source no longer has them. Begin with none, "
        'and read the first plans. Then write, for example, ["people", "enrollments"].'
    )
    if facts.vendor is None:
        part.comment(f"With credentials, lms roster init says what a removal is at {facts.name}.")
    else:
        kinds = facts.vendor.capabilities.kinds
        for kind, can in kinds.items():
            what = f"can't be removed at {facts.name}"
            if can.removal is not None:
                what = _REMOVALS.get(can.removal, str(can.removal))
            part.comment(f"{kind} {what}", indent="  ")
    part.lines.append("removals = []")
    return part


def scope(facts: Facts) -> Part:
    """Write the scopes that are possible, as comments."""
    part = Part()
    part.comment(
        "Which records may be changed, in the vendor's words. Without these lines, all may be. "
        "With orgs, records of no school are left alone too, except terms."
    )
    part.lines.append("[scope]")
    schools = [one.org for one in facts.source.orgs.values() if one.org.type == "school"]
    part.lines += [
        _list("orgs", (building_of(facts, org) for org in schools)),
        _list("roles", _roles(facts)),
        _list("terms", (title_of(facts, term) for term in current_terms(facts))),
    ]
    return part


def _roles(facts: Facts) -> Iterable[str]:
    words = [] if facts.vendor is None else list(facts.vendor.words_of("roles"))
    for role in facts.source.words["roles"].shown():
        found = None if administers(role) else same_role(words, role)
        if found is not None:
            yield found.text


def _list(name: str, values: Iterable[str]) -> str:
    return f"# {name} = [{', '.join(toml_text(value) for value in dict.fromkeys(values))}]"


def guard() -> Part:
    """Write every bound of the guard with its default, as comments."""
    part = Part()
    part.comment(
        "Bounds that protect against damaged files. Beyond a bound, lms refuses the plan or leaves "
        "out removals. Shares are between 0 and 1. These are the defaults."
    )
    part.lines.append("[guard]")
    for bound in attrs.fields(GuardSettings):
        if bound.name not in ("removals", "mode"):
            part.lines.append(f"# {bound.name} = {bound.default}  # {_BOUNDS[bound.name]}")
    return part


def target(facts: Facts) -> Part:
    """Write the settings of the vendor's target, with the defaults or with what was found."""
    part = Part()
    if not facts.settings:
        return part
    part.comment(f"Settings of {facts.name}.")
    part.lines.append("[target]")
    for name, setting in facts.settings.items():
        choices = f" One of: {', '.join(setting.choices)}." if setting.choices else ""
        part.comment(f"{name}: {setting.does}.{choices}")
        if name == "school":
            school_of_account(facts, part)
            continue
        off = "" if setting.default else "# "
        part.lines.append(f"{off}{name} = {toml_text(setting.default)}")
    return part


def not_planned(facts: Facts) -> Part:
    """Say which kinds and fields of the source the vendor does not have."""
    part = Part()
    if facts.vendor is None:
        return part
    kinds = facts.vendor.capabilities.kinds
    part.comment(f"What the source has and {facts.name} does not hold. lms plan leaves it alone.")
    before = len(part.lines)
    for kind in (of.plural for of in KINDS):
        records = facts.source.records[kind]
        if records and kind not in kinds:
            # Other records name schools.
            note = ". Other records refer to them: see [buildings]" if kind == "orgs" else ""
            part.comment(f"{kind}: {counted(records, 'record')}{note}", indent="  ")
        if kind not in kinds:
            continue
        missing = [
            f"{field} ({count:,})"
            for (of, field), count in sorted(facts.source.stated.items())
            if of == kind and field not in kinds[kind].holds
        ]
        if missing:
            part.comment(f"fields of {kind}: {', '.join(missing)}", indent="  ")
    if len(part.lines) == before:
        part.comment("nothing", indent="  ")
    return part
