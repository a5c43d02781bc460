"""Propose which building of the vendor each school is."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from ...roster import Org, Word
from ..toml_text import toml_key, toml_text
from ..wording import counted, counted_records, listed
from .facts import Facts
from .keys import best_key
from .part import Part, named
from .similar import same_word
from .source_survey import OrgCounts
from .words import described

#: Up to this number, all buildings are candidates.
_FEW = 5


def buildings(facts: Facts) -> Part:
    """Propose the translations of schools."""
    part = Part()
    part.comment(
        "Id or code of a school in the source = code of its building at the vendor. For a "
        "school that is missing here, lms uses the field of [keys] orgs."
    )
    words = () if facts.vendor is None else facts.vendor.words_of("buildings")
    if facts.vendor is None:
        part.comment(f"With credentials, lms roster init asks {facts.name} for its buildings.")
    elif facts.vendor.words is None:
        part.comment(f"{facts.name} does not let this account read its buildings.")
    elif not words:
        part.comment(f"{facts.name} has no list of buildings.")
    part.lines.append("[buildings]")
    for one in facts.source.orgs.values():
        if one.org.type == "school" or _found(one.org, words) is not None:
            _building(facts, one, words, part)
        else:
            part.comment(
                f"{one.org.name}, {_records(one)}: {facts.name} has no {one.org.type}s. Records "
                "keep the building that they have."
            )
    if words and part.checks and (command := facts.creates.get("buildings")):
        part.checks.append(
            f"[buildings] If {facts.name} has no such building yet, create it first: {command}"
        )
    return part


def building_of(facts: Facts, org: Org) -> str:
    """Return the code of the building of a school, or the key of the school if none is like it."""
    words = () if facts.vendor is None else facts.vendor.words_of("buildings")
    found = _found(org, words)
    if found is not None:
        return found.text
    return org.code or org.id if best_key(facts, "orgs") == "code" else org.id


def school_of_account(facts: Facts, part: Part) -> None:
    """Propose which school of the source an account with one school has."""
    schools = {
        building_of(facts, one.org): one.org
        for one in facts.source.orgs.values()
        if one.org.type == "school"
    }
    found = None
    for own in () if facts.vendor is None else facts.vendor.words_of("school"):
        part.comment(f"{facts.name} has the school {described(own)}.", indent="  ")
        found = same_word([Word(key, org.name) for key, org in schools.items()], own.text, own.note)
    if found is not None:
        part.lines.append(f"school = {toml_text(found.text)}  # {found.note}")
        return
    listed_schools = named(f"{key} ({org.name})" for key, org in schools.items())
    if len(schools) < 2:
        part.lines.append('# school = ""')
        return
    part.lines.append('# school = ""  # check: one of these')
    part.comment(f"The source has {listed_schools}.", indent="  ")
    part.checks.append(
        f"[target] school: the source has {counted(len(schools), 'school')}, and all their records "
        f"would go to this account of {facts.name}. Write the key of its school, and remove the # "
        "at the start of the line."
    )


def _found(org: Org, words: Sequence[Word]) -> Word | None:
    return same_word(words, org.code, org.id, org.name)


def _building(facts: Facts, one: OrgCounts, words: Sequence[Word], part: Part) -> None:
    org = one.org
    found = _found(org, words)
    what = f"{org.name}, {_records(one)}"
    if found is not None:
        differs = found.note and found.note != org.name
        note = f"; at {facts.name}: {found.note}" if differs else ""
        part.lines.append(f"{toml_key(org.id)} = {toml_text(found.text)}  # {what}{note}")
        return
    if not words and facts.vendor is not None and facts.vendor.words is not None:
        # The vendor has no buildings, so any code will do.
        own = building_of(facts, org)
        part.lines.append(f"# {toml_key(org.id)} = {toml_text(own)}  # {what}")
        return
    part.lines.append(f'# {toml_key(org.id)} = ""  # check: {what}')
    if words:
        part.comment(f"Candidates: {named(map(described, _candidates(org, words)))}.", indent="  ")
    part.checks.append(
        f"[buildings] has no building of {facts.name} for {org.name}. Write its code, and remove "
        "the # at the start of the line."
    )


def _records(one: OrgCounts) -> str:
    counts = {"people": one.people, "courses": one.courses, "sections": one.sections}
    stated = [counted_records(count, kind) for kind, count in counts.items() if count]
    return listed(stated) if stated else "no records"


def _candidates(org: Org, words: Sequence[Word]) -> Sequence[Word]:
    """Return the buildings whose name is most like that of the school, the best one first."""

    def likeness(word: Word) -> float:
        return max(
            difflib.SequenceMatcher(None, org.name.casefold(), name.casefold()).ratio()
            for name in (word.text, word.note)
        )

    return sorted(words, key=likeness, reverse=True)[:_FEW]
