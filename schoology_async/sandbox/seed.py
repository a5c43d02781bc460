"""People of a believable school, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from attrs import frozen

ADMINISTRATOR, TEACHER, STUDENT, PARENT = 1212, 1213, 1214, 1215

_FIRST = (
    *("Amelia", "Noah", "Zoë", "José", "Łukasz", "Aoife", "Søren", "Chloé", "Jürgen", "Ngọc"),
    *("Fatima", "Omar", "Priya", "Arjun", "Mei", "Haruto", "Σοφία", "Иван", "李娜", "محمد"),
    *("Grace", "Ethan", "Olivia", "Liam", "Emma", "Mateo", "Lucía", "Björn", "Siân", "D'Andre"),
    *("Mary-Jane", "Kwame", "Adaeze", "Tāne", "Leilani", "Ana María", "Jean-Luc", "Ødger"),
)
_LAST = (
    *("Smith", "O'Brien", "García", "Müller", "Nguyễn", "Kowalski", "Åkerström", "D'Souza"),
    *("Singh", "Tanaka", "王", "Παπαδόπουλος", "Петров", "الحسن", "Okafor", "Mensah", "Silva"),
    *("Fernández-López", "van der Berg", "de la Cruz", "MacDonald", "St. John", "Çelik"),
    *("Howlett", "Strickland", "Shaw", "Lee", "Kim", "Cohen", "Haddad", "Novák", "Þórsson"),
)
_ZONES = ("America/New_York",) * 8 + ("America/Chicago", "Europe/London")


@frozen
class Person:
    """A person to add to a school."""

    fields: dict[str, Any]
    children: tuple[str, ...] = ()
    """The ``school_uid`` of each child; children come before their parents."""
    advisor: str = ""
    """The ``school_uid`` of a student's advisor, who comes before the student."""


def people(count: int, seed: int) -> Iterator[Person]:
    """Make ``count`` people: one teacher per dozen, students, and most students' parents."""
    dice = random.Random(f"school {seed}")  # noqa: S311 - a dice, not a secret
    teachers = [f"T{number:05}" for number in range(1, (count + 11) // 12 + 1)]
    for school_uid in teachers:
        yield Person(_teacher(dice, school_uid))
    left = count - len(teachers)
    family = 0
    while left > 0:
        family += 1
        for person in _family(dice, family, teachers, limit=left):
            left -= 1
            yield person


def _family(
    dice: random.Random, family: int, teachers: list[str], *, limit: int
) -> Iterator[Person]:
    last = dice.choice(_LAST)
    children = tuple(f"S{family:05}{letter}" for letter in "AB"[: dice.choice((1, 1, 2))])
    parents = tuple(f"P{family:05}{letter}" for letter in "AB"[: dice.choice((0, 1, 1, 2))])
    members = [Person(_student(dice, uid, last), advisor=dice.choice(teachers)) for uid in children]
    members += [Person(_parent(dice, uid, last), children=children) for uid in parents]
    yield from members[:limit]


def _somebody(dice: random.Random, school_uid: str, last: str, role_id: int) -> dict[str, Any]:
    return {
        "school_uid": school_uid,
        "name_first": dice.choice(_FIRST),
        "name_last": last,
        # Made from the id, not from the name: names repeat, and a mail address may not.
        "primary_email": f"{school_uid.lower()}@myclass.example",
        "role_id": role_id,
        "tz_name": dice.choice(_ZONES),
    }


def _teacher(dice: random.Random, school_uid: str) -> dict[str, Any]:
    somebody = _somebody(dice, school_uid, dice.choice(_LAST), TEACHER)
    titles = ("Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor")
    return somebody | {"name_title": dice.choice(titles), "name_title_show": 1, "synced": 1}


def _student(dice: random.Random, school_uid: str, last: str) -> dict[str, Any]:
    somebody = _somebody(dice, school_uid, last, STUDENT)
    year = dice.randint(2026, 2038)
    somebody |= {"username": school_uid.lower(), "grad_year": str(year)}
    somebody |= {"birthday_date": f"{year - 18}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"}
    somebody |= {"gender": dice.choice(("M", "F", "")), "synced": dice.choice((0, 0, 0, 1))}
    if dice.random() < 0.2:  # small children have no mail address
        somebody["primary_email"] = ""
    if dice.random() < 0.1:
        somebody["name_first_preferred"] = dice.choice(_FIRST)
    return somebody


def _parent(dice: random.Random, school_uid: str, last: str) -> dict[str, Any]:
    return _somebody(dice, school_uid, last, PARENT)
