"""Propose which fields of the source are the keys by which the vendor knows its records."""

from __future__ import annotations

from ...roster.guarding.guard import GuardSettings
from ...roster.mapping.mapping import KEY_FIELDS
from ..toml_text import toml_key, toml_text
from ..wording import counted, counted_records, listed
from .facts import Facts
from .part import Part
from .vendor_survey import VendorSurvey

#: Below this share, a first plan is refused for people.
_LEAST_FOUND = GuardSettings().min_found_share


def best_key(facts: Facts, kind: str) -> str:
    """Return the field that has most of the vendor's keys; the default if no field has more."""
    counts = {field: _found(facts, kind, field) for field in KEY_FIELDS[kind]}
    return max(counts, key=lambda field: counts[field])


def keys(facts: Facts) -> Part:
    """Propose the key of each kind."""
    part = Part()
    part.comment(
        "Which field of the source has the ids that the vendor has. In OneRoster files, id is the "
        "column sourcedId, identifier is the column identifier, and code is the column courseCode, "
        "classCode or, of an org, identifier."
    )
    if facts.vendor is None:
        part.check(
            f"[keys] has the defaults as comments. With credentials, lms roster init counts which "
            f"fields have the ids that {facts.name} has."
        )
    part.lines.append("[keys]")
    for kind in KEY_FIELDS:
        best = best_key(facts, kind)
        if facts.vendor is not None:
            _compare(facts, facts.vendor, kind, part)
        off = "# " if facts.vendor is None else ""
        others = " or ".join(field for field in KEY_FIELDS[kind] if field != best)
        part.lines.append(f'{off}{kind} = "{best}"  # or {others}')
    return part


def _compare(facts: Facts, vendor: VendorSurvey, kind: str, part: Part) -> None:
    if kind == "orgs":
        _compare_schools(facts, part)
        return
    keyed = vendor.keyed[kind]
    if not vendor.may_read:
        part.check(f"[keys] {kind}: {facts.name} does not let this account read its records.")
        return
    if kind not in vendor.capabilities.kinds:
        part.comment(f"{facts.name} has no {kind}.")
        return
    if not facts.source.records:  # no file is described yet
        return
    if not keyed:
        part.comment(f"{facts.name} has no {kind} with a key yet, so both fields are possible.")
        return
    found = [f"{_found(facts, kind, field):,} in {field}" for field in KEY_FIELDS[kind]]
    have = f"{counted_records(keyed, kind)} at {facts.name} {'has' if keyed == 1 else 'have'} a key"
    part.comment(f"{have}. The source has {listed(found)}.")
    best_found = _found(facts, kind, best_key(facts, kind))
    if best_found < _LEAST_FOUND * keyed:
        refused = " lms plan refuses a first run with so few." if kind == "people" else ""
        part.check(
            f"[keys] {kind}: only {best_found:,} of {keyed:,} keys at {facts.name} are in the "
            f"source ({best_found / keyed:.0%}).{refused}"
        )


def _compare_schools(facts: Facts, part: Part) -> None:
    if facts.vendor is None or not facts.vendor.words_of("buildings"):
        part.comment(f"{facts.name} has no list of buildings. Plans name schools by this key.")
        return
    schools = sum(one.org.type == "school" for one in facts.source.orgs.values())
    found = [f"{_found(facts, 'orgs', field):,} by {field}" for field in KEY_FIELDS["orgs"]]
    part.comment(
        f"The source has {counted(schools, 'school')}. {facts.name} has a building for "
        f"{listed(found)}. See also [buildings]."
    )


def _found(facts: Facts, kind: str, field: str) -> int:
    if facts.vendor is None:
        return 0
    if kind == "sections":
        return facts.vendor.found[kind, field] + facts.vendor.with_year[field]
    if kind == "courses":
        return facts.vendor.found[kind, field] + facts.vendor.with_prefix[field]
    if kind != "orgs":
        return facts.vendor.found[kind, field]
    known = {word.text for word in facts.vendor.words_of("buildings")}
    return sum(
        getattr(one.org, field) in known
        for one in facts.source.orgs.values()
        if one.org.type == "school"
    )


def year_in_section_keys(facts: Facts) -> Part:
    """Propose whether the keys of sections have the school year."""
    part, field, vendor = Part(), best_key(facts, "sections"), facts.vendor
    part.comment(
        "Whether the school year is added to the keys of sections, as in 994_1001-2027. This is "
        "needed if the school uses the ids of sections again each year. Otherwise the sections of "
        "the new year would change those of last year."
    )
    signs = []
    several = sum(
        len(years) > 1 for (of, _), years in facts.source.section_years.items() if of == field
    )
    if several:
        signs.append(f"the source uses {counted(several, field)} in several school years")
    current = 0
    if vendor is not None:
        current = vendor.found["sections", field]
        if vendor.past[field]:
            past = counted(vendor.past[field], "past section")
            signs.append(f"{facts.name} has {past} with the key of a section of the source")
        if vendor.with_year[field]:
            with_year = counted(vendor.with_year[field], "section")
            signs.append(f"{facts.name} has {with_year} with a year in the key")
    has_years = vendor is not None and vendor.with_year[field] > current
    if signs and current and not has_years:
        part.check(
            f"year_in_section_keys: {' and '.join(signs)}. But the keys of "
            f"{counted(current, 'section')} of this year have no year, and with true lms plan "
            "would create these sections again. Change it to true when the next school year begins."
        )
    elif signs:
        part.check(f"year_in_section_keys is true, because {' and '.join(signs)}.")
    else:
        part.comment(
            "lms found nothing that needs true. If the school will use the same ids for next "
            "year's sections, write true before the new school year."
        )
    value = "true" if signs and (has_years or not current) else "false"
    part.lines.append(f"year_in_section_keys = {value}")
    return part


def course_prefixes(facts: Facts) -> Part:
    """Propose a prefix for each school whose course codes another school has too."""
    part = Part()
    part.comment(
        "Id or code of a school in the source = prefix of its course codes at the vendor. It is "
        "needed if courses of several schools have the same code and the vendor's codes are unique."
    )
    shared = {
        code: schools for code, schools in facts.source.schools_of_code.items() if len(schools) > 1
    }
    schools = sorted({school for some in shared.values() for school in some if school})
    part.lines.append("[course_prefixes]")
    if not shared:
        part.comment("No course code of the source is used by several schools.")
        return part
    vendor = facts.vendor
    plain = vendor is not None and vendor.found["courses", "code"] > vendor.with_prefix["code"]
    by_code = best_key(facts, "courses") == "code"
    off = "# " if not by_code or plain else ""
    if not by_code:
        part.comment(
            f"Several schools use {counted(len(shared), 'course code')} of the source. As "
            'long as the key of courses is "id", no prefix is needed.'
        )
    elif plain:
        part.check(
            f"course_prefixes: several schools use {counted(len(shared), 'course code')} of the "
            f"source, and {facts.name} has course codes without a prefix. With a prefix, lms plan "
            "would create these courses again."
        )
    else:
        there = ""
        if vendor is not None and vendor.prefixed_code:
            there = f" {facts.name} has codes such as {vendor.prefixed_code}."
        part.check(
            f"course_prefixes: several schools use {counted(len(shared), 'course code')}.{there}"
        )
    part.lines += [f"{off}{line}" for line in _prefix_lines(facts, schools)]
    return part


def _prefix_lines(facts: Facts, schools: list[str]) -> list[str]:
    lines = []
    for school in schools:
        org = facts.source.orgs[school].org if school in facts.source.orgs else None
        prefix = f"{(org.code if org else '') or school}-"
        name = f"  # {org.name}" if org else ""
        lines.append(f"{toml_key(school)} = {toml_text(prefix)}{name}")
    return lines
