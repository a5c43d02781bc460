"""Generate the people of a realistic school. The same seed gives the same people."""

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
    """Generate ``count`` people: a teacher per 12 people, students, and most students' parents."""
    rng = random.Random(f"school {seed}")  # noqa: S311 - not a secret
    teachers = [f"T{number:05}" for number in range(1, (count + 11) // 12 + 1)]
    for school_uid in teachers:
        yield Person(_teacher(rng, school_uid))
    left = count - len(teachers)
    family = 0
    while left > 0:
        family += 1
        for person in _family(rng, family, teachers, limit=left):
            left -= 1
            yield person


def _family(
    rng: random.Random, family: int, teachers: list[str], *, limit: int
) -> Iterator[Person]:
    last = rng.choice(_LAST)
    children = tuple(f"S{family:05}{letter}" for letter in "AB"[: rng.choice((1, 1, 2))])
    parents = tuple(f"P{family:05}{letter}" for letter in "AB"[: rng.choice((0, 1, 1, 2))])
    members = [Person(_student(rng, uid, last), advisor=rng.choice(teachers)) for uid in children]
    members += [Person(_parent(rng, uid, last), children=children) for uid in parents]
    yield from members[:limit]


def _person(rng: random.Random, school_uid: str, last: str, role_id: int) -> dict[str, Any]:
    return {
        "school_uid": school_uid,
        "name_first": rng.choice(_FIRST),
        "name_last": last,
        # From the id and not from the name, since email addresses must be unique.
        "primary_email": f"{school_uid.lower()}@myclass.example",
        "role_id": role_id,
        "tz_name": rng.choice(_ZONES),
    }


def _teacher(rng: random.Random, school_uid: str) -> dict[str, Any]:
    person = _person(rng, school_uid, rng.choice(_LAST), TEACHER)
    titles = ("Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor")
    return person | {"name_title": rng.choice(titles), "name_title_show": 1, "synced": 1}


def _student(rng: random.Random, school_uid: str, last: str) -> dict[str, Any]:
    person = _person(rng, school_uid, last, STUDENT)
    year = rng.randint(2026, 2038)
    person |= {"username": school_uid.lower(), "grad_year": str(year)}
    person |= {"birthday_date": f"{year - 18}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"}
    person |= {"gender": rng.choice(("M", "F", "")), "synced": rng.choice((0, 0, 0, 1))}
    if rng.random() < 0.2:  # small children have no email address
        person["primary_email"] = ""
    if rng.random() < 0.1:
        person["name_first_preferred"] = rng.choice(_FIRST)
    return person


def _parent(rng: random.Random, school_uid: str, last: str) -> dict[str, Any]:
    return _person(rng, school_uid, last, PARENT)
