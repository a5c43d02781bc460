"""Propose the translations of the source's words: roles, and every table that the vendor names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from ...roster import RosterMapping, Word
from ..toml_text import toml_key, toml_text
from ..wording import counted
from .facts import Facts
from .part import Part, named
from .similar import administers, same_role, same_word
from .source_words import SourceWords

#: Tables whose words belong to records with more than a word, such as schools.
_WITH_OWN_PART = frozenset({"buildings", "terms", "course_prefixes", "target", "scope", "guard"})
_EXPLANATIONS: Mapping[str, str] = {
    "roles": "Role in the source = role of the vendor. There is no default: people with another "
    "role are left alone.",
    "enrollment_roles": "Role of an enrollment in the source = role of the vendor. Other "
    "enrollments are left alone.",
}


def tables(facts: Facts) -> Iterator[Part]:
    """Yield a part for each table of words: the roles, and all others that the vendor names."""
    known = attrs.fields_dict(RosterMapping)
    others = [] if facts.vendor is None else list(facts.vendor.words or ())
    for name in dict.fromkeys([*_EXPLANATIONS, *others]):
        if name in known and name not in _WITH_OWN_PART:
            yield _table(facts, name)


def _table(facts: Facts, name: str) -> Part:
    part = Part()
    part.comment(_EXPLANATIONS.get(name, f"Word of the source = word of the vendor, for {name}."))
    known = _vendor_words(facts, name, part)
    roles = name in _EXPLANATIONS
    part.lines.append(f"[{name}]")
    words = facts.source.words.get(name, SourceWords())
    open_words = []
    for word, count in words.shown().items():
        records = counted(count, "record") if name != "roles" else _people(count)
        if roles and administers(word):
            part.comment(
                f"{word} ({records}) is left out, because administrators are never changed."
            )
            continue
        same: Callable[[Sequence[Word], str], Word | None] = same_role if roles else same_word
        found = same(known, word)
        if found is not None and not (roles and _administers_school(name, found)):
            note = f", {found.note}" if found.note else ""
            part.lines.append(f"{toml_key(word)} = {toml_text(found.text)}  # {records}{note}")
        else:
            open_words.append(word)
            part.lines.append(f'# {toml_key(word)} = ""  # check: {records}')
    if open_words:
        part.checks.append(
            f"[{name}] has no translation of {named(open_words)}. Write the word of {facts.name}, "
            "and remove the # at the start of the line."
        )
    if words.hidden:
        part.check(
            f"{counted(words.hidden, 'other word')} of the source for {name} may be personal "
            "data. Is a column in the wrong place?"
        )
    return part


def _administers_school(table: str, word: Word) -> bool:
    """Return whether people with this word are administrators. Vendors also call teachers so."""
    return table == "roles" and administers(word.text)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _vendor_words(facts: Facts, name: str, part: Part) -> Sequence[Word]:
    if facts.vendor is None:
        part.comment(f"With credentials, lms roster init asks {facts.name} for its words.")
        return ()
    if facts.vendor.words is None:
        part.comment(f"{facts.name} does not let this account read its words.")
        return ()
    words = facts.vendor.words_of(name)
    if words:
        part.comment(f"{facts.name} has: {named(map(described, words))}.")
    return words


def described(word: Word) -> str:
    """Return a word of the vendor with its note."""
    return f"{word.text} ({word.note})" if word.note else word.text


def role_order(facts: Facts) -> Part:
    """Propose nothing: the source says which role is the primary one."""
    part = Part()
    part.comment(
        "Which role counts if a person has several and the vendor holds one: the first in this "
        "list. Without a list, the role that the source calls primary counts."
    )
    roles = list(facts.source.words["roles"].shown())
    if facts.source.several_roles:
        part.check(
            f"role_order: {_people(facts.source.several_roles)} in the source with several roles."
        )
    part.lines.append(f"# role_order = [{', '.join(map(toml_text, roles))}]")
    return part
