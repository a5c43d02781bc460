"""Which word of the vendor means the same as a word of the source."""

from __future__ import annotations

import pytest

from lms_async.cli.roster_init.similar import same_grade, same_role, same_word
from lms_async.cli.roster_init.source_words import SourceWords
from lms_async.roster import Word


def words(*texts: str) -> list[Word]:
    return [Word(*text.split("|")) for text in texts]


@pytest.mark.parametrize(
    ("names", "known", "expected"),
    [
        (("N",), ["n", "N"], "N"),
        (("N",), ["n|Lake", "m"], "n"),
        (("Lake-School",), ["X|lake school", "Y"], "X"),
        (("N", "Lake"), ["Lake", "N"], "N"),
        (("",), ["-"], None),
        (("Lake",), ["X|Lake", "Y|Lake"], None),
        (("Lake",), ["Lakes"], None),
    ],
)
def test_same_word(names: tuple[str, ...], known: list[str], expected: str | None) -> None:
    found = same_word(words(*known), *names)
    assert (found and found.text) == expected


@pytest.mark.parametrize(
    ("role", "known", "expected"),
    [
        ("student", ["Pupils", "Staff"], "Pupils"),
        ("guardian", ["Parent", "Student"], "Parent"),
        ("teacher", ["admin|teachers", "member|students"], "admin"),
        ("student", ["Pupil", "Learner"], None),
        ("aide", ["Teacher"], None),
        ("Aide", ["Aide", "aide"], "Aide"),
    ],
)
def test_same_role(role: str, known: list[str], expected: str | None) -> None:
    found = same_role(words(*known), role)
    assert (found and found.text) == expected


@pytest.mark.parametrize(
    ("grade", "known", "expected"),
    [
        ("09", ["Year 10|MYP, Grade 9", "Year 11|MYP, Grade 10"], "Year 10"),
        ("9", ["Grade 09", "Grade 10"], "Grade 09"),
        ("10", ["Grade 1", "Grade 10|DP, Grade 10"], "Grade 10"),
        ("KG", ["kg", "Grade 1"], "kg"),
        ("9", ["A|MYP, Grade 9", "B|DP, Grade 9"], None),
        ("0", ["A|MYP, "], None),
    ],
)
def test_same_grade(grade: str, known: list[str], expected: str | None) -> None:
    found = same_grade(words(*known), grade)
    assert (found and found.text) == expected


def test_words_are_shown_if_they_repeat() -> None:
    some = SourceWords(frozenset({"student"}))
    for word in ("student", "Staff", "Staff", "Visitor", "Staff"):
        some.add(word)
    assert some.shown() == {"Staff": 3, "student": 1, "Visitor": 1}
    assert some.hidden == 0


def test_words_that_may_be_names_are_not_shown() -> None:
    some = SourceWords(frozenset({"student"}))
    for word in ("student", "Ada", "Ben", "Cy"):
        some.add(word)
    assert some.shown() == {"student": 1}
    assert some.hidden == 3
    for _ in range(9):
        some.add("ada@school.example")
    assert some.shown() == {"student": 1}
