"""The property of the roster, with a Schoology sandbox."""

from __future__ import annotations

import attrs
from hypothesis import example, given, settings

from lms_async.roster import Course, Enrollment, Person, Relationship, Role, Scope, Section
from tests.roster.keeping_equal import check
from tests.roster.random_school import ORGS, YEAR, Roster, Story, stories
from tests.schoology.roster.world import SchoologyWorld
from tests.virtual_sockets import run

PEOPLE = [
    Person(
        id=f"u{number}",
        identifier=f"P{number}",
        given_name="Ada",
        family_name="Ekpo",
        email=f"u{number}@school.example",
        roles=(Role(role="student", org_id="s1"),),
        org_ids=("s1",),
    )
    for number in (1, 2, 3)
]
BEFORE: Roster = {
    "orgs": ORGS,
    "terms": [YEAR],
    "people": PEOPLE,
    "courses": [Course(id="c1", title="Art", org_id="s1")],
    "sections": [
        Section(id=id_, title="Art", course_id="c1", org_id="s1", term_ids=("y1",))
        for id_ in ("k1", "k2")
    ],
    "enrollments": [
        Enrollment(section_id="k1", person_id=one.id, role="student") for one in PEOPLE[:2]
    ],
    "relationships": [
        Relationship(person_id=id_, other_id="u3", kind="guardian") for id_ in ("u1", "u2")
    ],
}
AFTER: Roster = {
    **BEFORE,
    "enrollments": [attrs.evolve(seat, section_id="k2") for seat in BEFORE["enrollments"]],
    "relationships": BEFORE["relationships"][1:],
}
#: Schoology brings back the old enrollment and link of a person who returns.
RETURNER = Story(BEFORE, AFTER, [("deactivated", 1)], Scope(), [], [])
#: It does so, too, in a section that must not be changed.
RETURNER_TO_SYNCED = attrs.evolve(RETURNER, oddities=[("deactivated", 1), ("synced section", 1)])
#: A new person has the address of one who leaves.
ADDRESS_TAKEN = Story(
    BEFORE,
    {**BEFORE, "people": [*PEOPLE[:2], attrs.evolve(PEOPLE[2], id="u4", identifier="P4")]}
    | {"relationships": [Relationship(person_id="u1", other_id="u2", kind="guardian")]},
    [],
    Scope(),
    [],
    [],
)


@settings(max_examples=settings().max_examples // 5)
@given(stories(requests=40))
@example(RETURNER)
@example(RETURNER_TO_SYNCED)
@example(ADDRESS_TAKEN)
def test_schoology_has_what_the_school_has_whatever_happens(story: Story) -> None:
    run(check(SchoologyWorld(), story))
