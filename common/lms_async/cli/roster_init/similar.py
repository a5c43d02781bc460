"""Find the vendor's word that means the same as a word of the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...roster import Word
from ..wording import plain

#: Words for people that mean the same.
_MEANINGS = (
    frozenset({"student", "students", "pupil", "pupils", "learner", "learners"}),
    frozenset({"teacher", "teachers"}),
    frozenset({"parent", "parents", "guardian", "guardians"}),
)


def same_word(words: Iterable[Word], *names: str) -> Word | None:
    """Return the vendor's word that is equal to a name, or has the same letters.

    The text of a word counts more than its note, and the first name more than later ones.

    :returns: ``None`` if no word is like the names, or several are.
    """
    known = list(words)
    for form in (str.strip, plain):
        for name in filter(None, names):
            for part in (_text, _note):
                found = _only(known, part, form, form(name))
                if found is not None:
                    return found
    return None


def same_role(words: Iterable[Word], role: str) -> Word | None:
    """Return the vendor's word for a role, if its meaning is certain."""
    known = list(words)
    same = same_word(known, role)
    if same is not None:
        return same
    for meaning in _MEANINGS:
        if plain(role) in meaning:
            found = [word for word in known if {plain(word.text), plain(word.note)} & meaning]
            return found[0] if len(found) == 1 else None
    return None


def same_grade(words: Iterable[Word], grade: str) -> Word | None:
    """Return the only word of the vendor that has the same grade, in its text or its note."""
    known = list(words)
    same, number = same_word(known, grade), _grade(grade)
    if same is not None or not number:
        return same
    found = [word for word in known if number in map(_grade, _parts(word))]
    return found[0] if len(found) == 1 else None


def _parts(word: Word) -> list[str]:
    return [word.text, *word.note.split(",")]


def _grade(text: str) -> str:
    """Return a grade without the word, leading zeros and case: ``9`` for ``Grade 09``."""
    return plain(text).removeprefix("grade").lstrip("0")


def _only(
    words: Iterable[Word], part: Callable[[Word], str], form: Callable[[str], str], name: str
) -> Word | None:
    found = [word for word in words if name and form(part(word)) == name]
    return found[0] if len(found) == 1 else None


def _text(word: Word) -> str:
    return word.text


def _note(word: Word) -> str:
    return word.note
