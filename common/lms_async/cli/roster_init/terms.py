"""Propose which term of the vendor each term of the source is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ...roster import Term, Word
from ...roster.targets.vendor_terms import VendorTerm, most_alike, nearest, term_of_word
from ..toml_text import toml_key, toml_text
from ..wording import plain
from .facts import Facts
from .part import Part, named
from .similar import same_word

#: How many terms of the vendor are named for a term that the vendor does not have.
_NEAREST = 3


def terms(facts: Facts) -> Part:
    """Propose the translations of terms."""
    part = Part()
    part.comment(
        "Title of a term in the source = title at the vendor. A term that is missing here keeps "
        "its title."
    )
    known = _known(facts)
    if facts.vendor is None:
        part.comment(f"With credentials, lms roster init asks {facts.name} for its terms.")
    elif facts.vendor.words is None and not facts.vendor.may_read:
        part.comment(f"{facts.name} does not let this account read its terms.")
    elif known:
        part.comment(f"{facts.name} has: {named(map(_with_days, known))}.")
    part.lines.append("[terms]")
    current = current_terms(facts)
    by_title: dict[str, list[Term]] = {}
    for term in current:
        by_title.setdefault(term.title, []).append(term)
    for title, same in by_title.items():
        if len(same) > 1:
            part.check(
                f"{len(same)} terms of the source have the title {title}. lms recognizes "
                "a term by its title, so give them different titles in the source."
            )
        _term(facts, same[0], known, part)
    ended = (term for term in facts.source.terms if term not in current)
    for title, days in dict.fromkeys((term.title, _days(term)) for term in ended):
        part.comment(f"{title}, {days}, is over on {facts.source.as_of} and left alone.")
    return part


def current_terms(facts: Facts) -> list[Term]:
    """Return the terms of the source that are not over."""
    as_of = facts.source.as_of
    return [term for term in facts.source.terms if term.ends is None or term.ends >= as_of]


def title_of(facts: Facts, term: Term) -> str:
    """Return the vendor's title of a term, or the source's if no term of the vendor is like it."""
    found = _found(term, _known(facts))
    return term.title if found is None else found.title


def _known(facts: Facts) -> list[VendorTerm]:
    if facts.vendor is None:
        return []
    titles = {term.title for term in facts.vendor.terms}
    words = facts.vendor.words_of("terms")
    return [
        *facts.vendor.terms,
        *(term_of_word(word) for word in words if word.text not in titles),
    ]


def _term(facts: Facts, term: Term, known: Sequence[VendorTerm], part: Part) -> None:
    when = f"{term.type}, {_days(term)}, {_state(term, facts.source.as_of)}"
    found = _found(term, known)
    if found is not None:
        line = f"{toml_key(term.title)} = {toml_text(found.title)}"
        days = f"{found.starts or '?'} to {found.ends or '?'}"
        if fault := found.fault(term, facts.source.as_of):
            part.lines.append(f"{line}  # check: {when}; at {facts.name}: {days}")
            part.checks.append(
                f"[terms] {term.title}, {_days(term)}: {found.title} of {facts.name}, {days}, "
                f"{fault}."
            )
        elif plain(found.title) == plain(term.title):
            part.lines.append(f"{line}  # {when}")
        else:
            part.lines.append(f"{line}  # check: {when}; same days")
            part.checks.append(f"[terms] {term.title} is {found.title}, which has the same days.")
        return
    alike = most_alike(term, known)
    if alike is not None:
        when += f"; nearest days: {alike.starts} to {alike.ends}"
    proposed = "" if alike is None else alike.title
    part.lines.append(f"# {toml_key(term.title)} = {toml_text(proposed)}  # {when}")
    if facts.vendor is None:
        return
    if "terms" in facts.vendor.capabilities.kinds:
        will = f"{facts.name} has no such term. lms plan creates it, unless you translate it."
    else:
        will = (
            f"{facts.name} has no such term, and lms plan cannot create it. Write the title of one "
            f"of its terms and remove the # at the start of the line, or create the term in "
            f"{facts.name}."
        )
        if near := nearest(term, known)[:_NEAREST]:
            will += f" Nearest by their days: {named(map(_with_days, near))}."
    part.comment(will, indent="  ")
    part.checks.append(f"[terms] {term.title}: {will}")


def _found(term: Term, known: Sequence[VendorTerm]) -> VendorTerm | None:
    """Return the term of the vendor with the same title, or the only one with the same days."""
    same = same_word([Word(one.title) for one in known if one.title], term.title)
    if same is not None:
        return next(one for one in known if one.title == same.text)
    if term.starts is None or term.ends is None:
        return None
    days = term.starts.isoformat(), term.ends.isoformat()
    found = [one for one in known if (one.starts, one.ends) == days]
    return found[0] if len(found) == 1 else None


def _with_days(one: VendorTerm) -> str:
    return f"{one.title} ({one.starts or '?'} to {one.ends or '?'})"


def _days(term: Term) -> str:
    return f"{term.starts or '?'} to {term.ends or '?'}"


def _state(term: Term, as_of: date) -> str:
    if term.starts is not None and term.starts > as_of:
        return "begins later"
    return "current" if term.starts and term.ends else "without days"
