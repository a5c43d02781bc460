"""Random rosters of a small school, and what happens to them."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import attrs
from hypothesis import strategies as st

from lms_async.roster import (
    Course,
    Enrollment,
    Org,
    Person,
    Relationship,
    Role,
    Scope,
    Section,
    Term,
)
from tests.roster.killing import Kill
from tests.roster.world import Oddity, Trouble, TroubleKind

DAY = date(2026, 10, 1)
YEAR = Term(
    id="y1", title="This year", type="schoolYear", starts=date(2020, 8, 1), ends=date(2099, 6, 30)
)
SPRING = Term(
    id="t2", title="Spring", type="semester", starts=date(2021, 1, 1), ends=date(2098, 1, 1)
)
ORGS = [
    Org(id="s1", name="North School", type="school", code="N"),
    Org(id="s2", name="South School", type="school", code="S"),
]
#: The records of a source by kind, as :class:`~lms_async.roster.IterableSource` takes them.
Roster = dict[str, list[Any]]

SCHOOLS = st.sampled_from(["s1", "s1", "s2"])
ROLES = st.sampled_from(["student", "student", "student", "teacher", "guardian", "aide"])
PERSON_NUMBERS = st.integers(1, 8)


@st.composite
def _people(draw: st.DrawFn) -> list[Person]:
    found = []
    for number in sorted(draw(st.sets(PERSON_NUMBERS, min_size=1))):
        school = draw(SCHOOLS)
        # A blank key, and the key of somebody else, are rare.
        key = draw(st.sampled_from([f"P{number}"] * 12 + ["", "P1"]))
        found.append(
            Person(
                id=f"u{number}",
                identifier=key,
                given_name=draw(st.sampled_from(["Ada", "Bo"])),
                family_name="Ekpo",
                # The vendor refuses an address that somebody out of scope has.
                email=draw(st.sampled_from(["", "new-"])) + f"{key or number}@school.example",
                roles=(Role(role=draw(ROLES), org_id=school, primary=True),),
                org_ids=(school,),
                enabled=draw(st.sampled_from([True] * 5 + [False])),
            )
        )
    return found


@st.composite
def _sections(draw: st.DrawFn, courses: list[Course], terms: list[Term]) -> list[Section]:
    found = []
    for number in sorted(draw(st.sets(st.integers(1, 4), min_size=1))):
        course = draw(st.sampled_from(courses))
        some = draw(st.sampled_from([terms[:1], terms]))
        found.append(
            Section(
                id=f"k{number}",
                title=draw(st.sampled_from(["Art", "Music"])),
                course_id=course.id,
                org_id=course.org_id,
                term_ids=tuple(term.id for term in some),
            )
        )
    return found


@st.composite
def rosters(draw: st.DrawFn, terms: list[Term]) -> Roster:
    """A roster of at most 8 people, 3 courses, 4 sections and 12 enrollments."""
    people = draw(_people())
    courses = [
        Course(
            id=f"c{number}",
            title=draw(st.sampled_from(["Art", "Music"])),
            org_id=draw(SCHOOLS),
        )
        for number in sorted(draw(st.sets(st.integers(1, 3), min_size=1)))
    ]
    sections = draw(_sections(courses, terms))
    enrollments = st.builds(
        Enrollment,
        section_id=st.sampled_from([one.id for one in sections]),
        person_id=st.sampled_from([one.id for one in people]),
        role=st.sampled_from(["student", "student", "teacher"]),
        ends=st.sampled_from([None, None, None, date(2026, 9, 1)]),
    )
    pairs = [(one.id, other.id) for one in people for other in people if one is not other]
    return {
        "orgs": ORGS,
        "terms": terms,
        "people": people,
        "courses": courses,
        "sections": sections,
        "enrollments": draw(st.lists(enrollments, max_size=12)),
        "relationships": [
            Relationship(person_id=one, other_id=other, kind="guardian")
            for one, other in sorted(draw(st.sets(st.sampled_from(pairs), max_size=3)))
        ]
        if pairs
        else [],
    }


@attrs.frozen
class Story:
    """What happens: the vendor has the roster ``before`` and what was done by hand; then a plan for
    the roster ``after`` is applied, while things go wrong."""

    before: Roster
    after: Roster
    oddities: list[tuple[Oddity, int]]
    scope: Scope
    troubles: list[Trouble]
    kills: list[Kill]


_OTHERS = ("section", "course")
SCOPES = st.sampled_from(
    [Scope(), Scope(), Scope(orgs=frozenset({"N"})), Scope(roles=frozenset({"student"}))]
)


def _oddities(roster: Roster) -> st.SearchStrategy[tuple[Oddity, int]]:
    """What is done by hand to the records of a roster."""

    def number_of(kind: str) -> st.SearchStrategy[int]:
        return st.sampled_from([int(one.id[1:]) for one in roster[kind]])

    of_people: list[Oddity] = [one for one in get_args(Oddity) if not one.endswith(_OTHERS)]
    return st.one_of(
        st.tuples(st.sampled_from(of_people), number_of("people")),
        # People who left and return are of most interest.
        st.tuples(st.just("deactivated"), number_of("people")),
        st.tuples(st.just("synced section"), number_of("sections")),
        st.tuples(st.just("synced course"), number_of("courses")),
    )


@st.composite
def stories(draw: st.DrawFn, requests: int) -> Story:
    """What happens to a small school.

    :param requests: about how many requests it takes to apply a plan.
    """
    both = [YEAR, SPRING]
    terms = draw(st.sampled_from([[YEAR], both]))
    place = st.integers(0, requests)
    before = draw(rosters(terms))
    return Story(
        before=before,
        after=draw(rosters(both)),
        oddities=draw(st.lists(_oddities(before), max_size=4, unique=True)),
        scope=draw(SCOPES),
        troubles=draw(
            st.lists(st.builds(Trouble, st.sampled_from(get_args(TroubleKind)), place), max_size=5)
        ),
        kills=draw(
            st.lists(
                st.one_of(
                    st.builds(Kill, st.sampled_from(["cancel", "before", "after"]), place),
                    st.builds(Kill, st.just("writing"), st.integers(0, 120)),
                ),
                max_size=4,
            )
        ),
    )
