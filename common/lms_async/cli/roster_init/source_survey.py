"""Read the source once, and count what the settings of a roster depend on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import attrs

from ...roster import (
    Course,
    Deleted,
    Enrollment,
    Org,
    Person,
    ReadingReport,
    Record,
    RosterMapping,
    Section,
    Source,
    Term,
)
from ...roster.comparing.desired import Desired
from ...roster.comparing.school_years import SchoolYears
from .source_words import SourceWords

#: The roles that OneRoster defines, for people and in enrollments.
_ROLES = frozenset(
    "administrator aide counselor districtadministrator guardian parent principal proctor relative "
    "siteadministrator student systemadministrator teacher".split()
)
_GRADES = frozenset(
    "it pr pk tk kg k ps ug other".split()
    + [f"{n}" for n in range(14)]
    + [f"0{n}" for n in range(10)]
)


@attrs.define
class OrgCounts:
    """An org of the source, and how many records belong to it."""

    org: Org
    people: int = 0
    courses: int = 0
    sections: int = 0


@attrs.define
class SourceSurvey:
    """What a source has. The values of the keys are kept, and no other values of people."""

    as_of: date
    report: ReadingReport = attrs.field(factory=ReadingReport)
    #: The number of records by kind.
    records: Counter[str] = attrs.field(factory=Counter)
    #: The number of records that state a field, by kind and field.
    stated: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    #: The words of the source, by the table of the mapping that translates them.
    words: dict[str, SourceWords] = attrs.field(factory=dict)
    orgs: dict[str, OrgCounts] = attrs.field(factory=dict)
    terms: list[Term] = attrs.field(factory=list)
    #: A course with each code, or with each id if it has no code.
    courses: dict[str, Course] = attrs.field(factory=dict)
    #: The values of the fields that can be keys, by kind and field.
    values: dict[tuple[str, str], set[str]] = attrs.field(factory=dict, repr=False)
    #: The schools that have a course with this code.
    schools_of_code: dict[str, set[str]] = attrs.field(factory=dict, repr=False)
    #: The school years of the sections with this value, by field and value.
    section_years: dict[tuple[str, str], set[int]] = attrs.field(factory=dict, repr=False)
    #: How many people have several different roles.
    several_roles: int = 0
    years: SchoolYears = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.years = SchoolYears(self.as_of)
        self.words = {
            "roles": SourceWords(_ROLES),
            "enrollment_roles": SourceWords(_ROLES),
            "grades": SourceWords(_GRADES),
        }

    def _watch(self, source: Source) -> Iterator[Record | Deleted]:
        for record in source.read(self.report):
            if isinstance(record, Org):
                self.orgs[record.id] = OrgCounts(record)
                self._add_values("orgs", id=record.id, code=record.code)
            elif isinstance(record, Term):
                self.terms.append(record)
                self.years.add(record)
            elif isinstance(record, Person):
                self._person(record)
            elif isinstance(record, Course):
                self._course(record)
            elif isinstance(record, Section):
                self._section(record)
            elif isinstance(record, Enrollment):
                self.words["enrollment_roles"].add(record.role)
            yield record

    def _person(self, person: Person) -> None:
        self._add_values("people", id=person.id, identifier=person.identifier)
        roles = {role.role for role in person.roles}
        self.several_roles += len(roles) > 1
        for word in roles:
            self.words["roles"].add(word)
        for grade in person.grades:
            self.words["grades"].add(grade)
        if person.org_ids and person.org_ids[0] in self.orgs:
            self.orgs[person.org_ids[0]].people += 1

    def _course(self, course: Course) -> None:
        self._add_values("courses", id=course.id, code=course.code)
        if course.code:
            self.schools_of_code.setdefault(course.code, set()).add(course.org_id)
        self.courses.setdefault(course.code or course.id, course)
        if course.org_id in self.orgs:
            self.orgs[course.org_id].courses += 1

    def _section(self, section: Section) -> None:
        self._add_values("sections", id=section.id, code=section.code)
        for field, value in (("id", section.id), ("code", section.code)):
            if value:
                years = self.section_years.setdefault((field, value), set())
                years.update(filter(None, map(self._year_of, section.term_ids)))
        if section.org_id in self.orgs:
            self.orgs[section.org_id].sections += 1

    def _year_of(self, term_id: str) -> int | None:
        return self.years.year_of([term_id])

    def _add_values(self, kind: str, **values: str) -> None:
        for field, value in values.items():
            known = self.values.setdefault((kind, field), set())
            if value:
                known.add(value)


def survey_source(source: Source, as_of: date) -> SourceSurvey:
    """Read a source to its end.

    :param as_of: the day for which the first plan will be made.
    :raises SourceRefused: the source cannot be read.
    """
    survey = SourceSurvey(as_of)
    # The entries show which fields a plan would compare.
    desired = Desired(RosterMapping(), as_of, ReadingReport())
    for entry in desired.entries(survey._watch(source)):
        for field in entry.fields:
            survey.stated[entry.kind, field] += 1
    survey.records = desired.records
    return survey
