"""Propose the translations of the source's words: roles, and every table that the vendor names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from ...roster import RosterMapping, Word
from ...roster.administrators import administers
from ..toml_text import toml_key, toml_text
from ..wording import counted, counted_records
from .facts import Facts
from .grades import other_class, school_order
from .part import Part, named
from .similar import same_grade, same_role, same_word

_ROLES = ("roles", "enrollment_roles")
#: Tables that have a part of their own.
_OTHERS = frozenset({"buildings", "terms", "course_prefixes", "target", "scope", "guard"})
_EXPLANATIONS: Mapping[str, str] = {
    "roles": "Role in the source = role of the vendor. There is no default: people with another "
    "role are left alone.",
    "enrollment_roles": "Role of an enrollment in the source = role of the vendor. Other "
    "enrollments are left alone.",
    "grades": "Grade in the source = group of the vendor for students of this grade.",
    "subjects": "Code or id of a course in the source = subject of the vendor.",
}


@attrs.frozen
class _SourceWord:
    """A word of the source.

    :param note: what a person needs to know about it, for the comment.
    :param names: other names of the same thing.
    """

    word: str
    note: str
    names: tuple[str, ...] = ()


def tables(facts: Facts) -> Iterator[Part]:
    """Yield a part for each table of words: the roles, and all others that the vendor names."""
    known = attrs.fields_dict(RosterMapping)
    others = [] if facts.vendor is None else list(facts.vendor.words or ())
    for name in dict.fromkeys([*_ROLES, *others]):
        if name in known and name not in _OTHERS:
            yield _table(facts, name)


def _table(facts: Facts, name: str) -> Part:
    part = Part()
    part.comment(_EXPLANATIONS.get(name, f"Word of the source = word of the vendor, for {name}."))
    known = _vendor_words(facts, name, part)
    part.lines.append(f"[{name}]")
    open_words = []
    for one in _source_words(facts, name):
        if name in _ROLES and administers(one.word):
            part.comment(
                f"{one.word} ({one.note}) is left out, because administrators are never changed."
            )
            continue
        found = _same(name, known, one)
        if name == "grades" and found and (year := other_class(facts, one.word, found)):
            part.comment(
                f"{found.text} is not proposed for {one.word}, because people in this grade "
                f"graduate in {year}."
            )
            found = None
        if found is not None:
            note = f"; {found.note}" if found.note else ""
            line = f"{toml_key(one.word)} = {toml_text(found.text)}  # {one.note}{note}"
            part.lines.append(line)
        else:
            open_words.append(one.word)
            part.lines.append(f'# {toml_key(one.word)} = ""  # check: {one.note}')
    if open_words:
        part.checks.append(
            f"[{name}] has no translation of {named(open_words)}. Write the word of {facts.name}, "
            "and remove the # at the start of the line."
            + (" Otherwise, records with this role are left alone." if name in _ROLES else "")
        )
    words = facts.source.words.get(name)
    if words is not None and words.hidden:
        part.check(
            f"{counted(words.hidden, 'other word')} of the source for {name} may be personal "
            "data. Is a column in the wrong place?"
        )
    return part


def _source_words(facts: Facts, table: str) -> Iterator[_SourceWord]:
    if table == "subjects":
        for word, course in facts.source.courses.items():
            yield _SourceWord(word, course.title, (course.title, *course.subjects))
    elif table in facts.source.words:
        kind = "enrollments" if table == "enrollment_roles" else "people"
        shown = facts.source.words[table].shown()
        for word in sorted(shown, key=school_order) if table == "grades" else shown:
            yield _SourceWord(word, counted_records(shown[word], kind))


def _same(table: str, known: Sequence[Word], one: _SourceWord) -> Word | None:
    """Return the vendor's word for a word of the source, if its meaning is certain."""
    if table == "grades":
        return same_grade(known, one.word)
    if table not in _ROLES:
        return same_word(known, one.word, *one.names)
    return same_role(known, one.word)


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
    if several := facts.source.several_roles:
        people = counted_records(several, "people")
        have = "has" if several == 1 else "have"
        part.check(f"role_order: {people} of the source {have} several roles.")
    part.lines.append(f"# role_order = [{', '.join(map(toml_text, roles))}]")
    return part
