"""One record of each kind, and settings that translate them."""

from __future__ import annotations

from datetime import date
from typing import Any

from lms_async.roster import (
    Course,
    Enrollment,
    Org,
    Person,
    Role,
    RosterMapping,
    Section,
    Term,
)

DAY = date(2026, 10, 1)
MAPPING = RosterMapping(
    roles={"student": "Student", "teacher": "Teacher", "guardian": "Parent"},
    enrollment_roles={"student": "member", "teacher": "admin"},
)
NORTH = Org(id="s1", name="North School", type="school", code="N")
YEAR = Term(id="y1", title="2026-2027", type="schoolYear", school_year=2027)
FALL = Term(
    id="t1",
    title="Fall",
    type="semester",
    starts=date(2026, 8, 17),
    ends=date(2027, 1, 15),
    parent_id="y1",
)
ADA = Person(
    id="p1",
    identifier="1001",
    given_name="Ada",
    family_name="Ekpo",
    roles=(Role(role="student", org_id="s1", primary=True),),
    org_ids=("s1",),
    grades=("09",),
)
ALGEBRA = Course(id="c1", title="Algebra", code="ALG", org_id="s1")
ROOM = Section(id="k1", title="Algebra 1", course_id="c1", org_id="s1", term_ids=("t1",))
SEAT = Enrollment(section_id="k1", person_id="p1", role="student")
SCHOOL: dict[str, list[Any]] = {
    "orgs": [NORTH],
    "terms": [YEAR, FALL],
    "people": [ADA],
    "courses": [ALGEBRA],
    "sections": [ROOM],
    "enrollments": [SEAT],
}
