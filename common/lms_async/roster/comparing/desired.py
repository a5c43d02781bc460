"""The entries that are wanted: the source's records as the vendor should have them on a day.

Every record becomes an entry, is counted as left alone, or was deleted. If the mapping can't
translate a record, its entry is locked, and the vendor's record stays as it is. Without the entry,
a person with an unknown role would be removed as if the person had left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..administrators import administers
from ..changes import LeftAlone, Reason
from ..entries import KEY_PARTS, Entry, join, join_keys, split, usable_key
from ..mapping.mapping import RosterMapping
from ..model import (
    Course,
    Deleted,
    Enrollment,
    Org,
    Person,
    Record,
    Relationship,
    Role,
    Section,
    Term,
)
from ..problems import Mode, ReadingReport, Severity
from . import fields
from .known_records import KnownRecords
from .role_words import RoleWords
from .school_years import Days, SchoolYears, graduation_year

#: The reasons for which a record has no entry although the source is complete.
_CERTAIN = frozenset({Reason.NOT_A_SCHOOL, Reason.ENDED, Reason.NOT_ENROLLED})

#: Kinds of relationships that vendors do not tell apart from guardians.
_GUARDIANS = frozenset({"parent", "relative"})


class Desired:
    """Turns the records of one source into entries, and counts what is left alone.

    Only the keys of people, sections and smaller kinds are kept in memory. The counts are complete
    when the entries were read to the end.

    :param mapping: the school's settings.
    :param as_of: the day for which the plan is made. It decides who is enrolled.
    :param report: the report of the source that is read. Roles without a translation are added.
    """

    def __init__(self, mapping: RosterMapping, as_of: date, report: ReadingReport) -> None:
        #: How many records the source has, by kind, without deleted ones.
        self.records: Counter[str] = Counter()
        #: How many records the source says were deleted, by kind.
        self.deleted: Counter[str] = Counter()
        #: The kinds in which a record has no key. Such a record looks as if it were missing.
        self.incomplete: set[str] = set()
        #: The school year of each section, by the section's key, if its terms have one.
        self.section_years: dict[str, Days] = {}
        #: The terms of the source.
        self.terms: list[Term] = []
        self._mapping, self._as_of, self._report = mapping, as_of, report
        self._years = SchoolYears(as_of)
        self._left_alone: Counter[tuple[str, str, Reason, str]] = Counter()
        self._role_words = RoleWords(mapping)
        # The course of each section, for its subject and grades.
        self._courses: dict[str, Course] = {}
        self._known = KnownRecords(mapping, report)
        self._rank = {role: rank for rank, role in enumerate(mapping.role_order)}

    def entries(self, records: Iterable[Record | Deleted]) -> Iterator[Entry]:
        """Yield the entry of each record that has one. The keys are usable, see ``usable_key``.

        :param records: the records in the order of a source, see
            :meth:`lms_async.roster.Source.read`.
        """
        convert: Mapping[type, Callable[[Any], Entry | LeftAlone | None]] = {
            Org: self._org,
            Term: self._term,
            Person: self._person,
            Course: self._course,
            Section: self._section,
            Enrollment: self._enrollment,
            Relationship: self._relationship,
            Deleted: self._deleted,
        }
        for record in records:
            if not isinstance(record, Deleted):
                self.records[record.plural] += 1
            made = convert[type(record)](record)
            if isinstance(made, LeftAlone):
                self._left_alone[made.kind, made.org, made.reason, ""] += 1
                if made.reason not in _CERTAIN:
                    self.incomplete.add(made.kind)
            elif made is not None:
                if not made.key and made.active and not made.locked:
                    self.incomplete.add(made.kind)
                yield made
        self._role_words.report_unknown(self._report)
        self._report_day_without_term()

    def left_alone(self) -> Iterator[LeftAlone]:
        """Yield the records that have no entry, and the fields without a value, with counts."""
        for (kind, org, reason, field), count in sorted(self._left_alone.items()):
            yield LeftAlone(kind=kind, org=org, reason=reason, detail=field, records=count)

    def _org(self, org: Org) -> Entry | LeftAlone:
        key = self._known.add_org(org)
        if org.type != "school":
            return LeftAlone(kind="orgs", org=key, reason=Reason.NOT_A_SCHOOL)
        return Entry(kind="orgs", key=usable_key(key), org=key, fields=fields.of_org(org))

    def _term(self, term: Term) -> Entry | LeftAlone:
        self._years.add(term)
        self.terms.append(term)
        if self._years.has_ended(term):
            # A term of this year may have the same title.
            return LeftAlone(kind="terms", org="", reason=Reason.ENDED)
        title = self._term_key(term)
        values = fields.of_term(term, title=title)
        return Entry(kind="terms", key=usable_key(title), fields=values)

    def _person(self, person: Person) -> Entry:
        key = usable_key(
            person.identifier if self._mapping.keys.people == "identifier" else person.id
        )
        role = self._role_of(person)
        org_id = role.org_id if role and role.org_id else next(iter(person.org_ids), "")
        school = self._known.school(org_id, "people")
        self._known.add("people", person.id, key, school)
        word, locked = "", ""
        if role is None:
            locked = Reason.NO_ROLE
        elif administers(role.role):
            locked = Reason.ADMINISTRATOR
        elif not (word := self._role_words.word("people", role.role)):
            locked = Reason.UNKNOWN_ROLE
        if self._known.is_key_of_another_person(key, person.id):
            # Such people may look equal. The lock keeps them from counting as one repeated person.
            locked = Reason.DUPLICATE_KEY
        is_student = role is not None and role.role == "student"
        others = {self._known.school(id_, "people") for id_ in person.org_ids}
        return Entry(
            kind="people",
            key=key,
            org=school,
            fields=fields.of_person(
                person,
                role=word,
                school=school,
                other_schools=others - {school, ""},
                graduation_year=self._graduation_year(person, school) if is_student else "",
                year_group=(
                    self._year_group("people", person.grades, school) if is_student else ""
                ),
            ),
            active=person.enabled or bool(locked),
            locked=locked,
        )

    def _course(self, course: Course) -> Entry:
        school = self._known.school(course.org_id, "courses")
        code = course.code and self._known.course_prefix(course.org_id) + course.code
        key = usable_key(code if self._mapping.keys.courses == "code" else course.id)
        self._known.add("courses", course.id, key, school)
        self._courses[course.id] = course
        values = fields.of_course(course, code=code, school=school)
        return Entry(kind="courses", key=key, org=school, fields=values)

    def _section(self, section: Section) -> Entry | LeftAlone:
        school = self._known.school(section.org_id, "sections")
        key = section.code if self._mapping.keys.sections == "code" else section.id
        year = self._years.year_of(section.term_ids)
        if self._mapping.year_in_section_keys:
            if year is None:
                return LeftAlone(kind="sections", org=school, reason=Reason.NO_SCHOOL_YEAR)
            key = key and f"{key}-{year}"
        key = usable_key(key)
        self._known.add("sections", section.id, key, school)
        if year is not None and (days := self._years.days_of(year)):
            self.section_years[key] = days
        course = self._known.find("courses", section.course_id)
        terms = self._years.terms(section.term_ids)
        return Entry(
            kind="sections",
            key=key,
            org=school,
            fields=fields.of_section(
                section,
                course="" if course is None else course[0],
                school=school,
                terms=map(self._term_key, terms),
                **self._taught(section, school),
            ),
            locked=Reason.ENDED if self._years.has_ended(*terms) else "",
        )

    def _enrollment(self, enrollment: Enrollment) -> Entry | LeftAlone:
        kind = enrollment.plural
        section = self._known.find("sections", enrollment.section_id)
        person = self._known.find("people", enrollment.person_id)
        if section is None or person is None:
            return LeftAlone(kind=kind, org=section[1] if section else "", reason=Reason.NO_PARENT)
        key, org = join_keys(section[0], person[0]), section[1]
        if not self._is_today(enrollment.begins, enrollment.ends):
            if self._is_list_of_changes(kind):
                return Entry(kind=kind, key=key, org=org, active=False)
            return LeftAlone(kind=kind, org=org, reason=Reason.NOT_ENROLLED)
        word = self._role_words.word(kind, enrollment.role)
        return Entry(
            kind=kind,
            key=key,
            org=org,
            fields=fields.of_enrollment(
                word, enrollment.primary, enrollment.begins, enrollment.ends
            ),
            locked="" if word else Reason.UNKNOWN_ROLE,
        )

    def _relationship(self, relationship: Relationship) -> Entry | LeftAlone:
        person = self._known.find("people", relationship.person_id)
        other = self._known.find("people", relationship.other_id)
        if person is None or other is None:
            return LeftAlone(
                kind=relationship.plural, org=person[1] if person else "", reason=Reason.NO_PARENT
            )
        key = join_keys(person[0], other[0], _as_vendors(relationship.kind))
        return Entry(kind=relationship.plural, key=key, org=person[1])

    def _deleted(self, deleted: Deleted) -> Entry | LeftAlone | None:
        """Return an entry only if the source lists changes. Else a missing record is enough."""
        kind = deleted.plural
        self.deleted[kind] += 1
        if not self._is_list_of_changes(kind):
            return None
        parts = split(deleted.key)
        found = [
            self._known.find(of, part) if of else (_as_vendors(part), "")
            for of, part in zip(KEY_PARTS.get(kind, (kind,)), parts, strict=True)
        ]
        known = [one for one in found if one is not None]
        if len(known) < len(parts):
            return LeftAlone(kind=kind, org="", reason=Reason.DELETED_WITHOUT_KEY)
        key = usable_key(join(*(key for key, _ in known)))
        return Entry(kind=kind, key=key, org=known[0][1], active=False)

    def _role_of(self, person: Person) -> Role | None:
        """Return the role that counts on the day, of those that the person has then."""
        roles = [role for role in person.roles if self._is_today(role.begins, role.ends)]
        last = len(self._rank)
        return min(roles, key=lambda role: self._rank.get(role.role, last), default=None)

    def _graduation_year(self, person: Person, school: str) -> str:
        last = self._mapping.last_grade
        if last is None or not person.grades:
            return ""
        school_year = self._years.year_of_day()
        if school_year is None:
            reason = Reason.NO_SCHOOL_YEAR
        elif len(person.grades) == 1 and (
            year := graduation_year(school_year, person.grades[0], last)
        ):
            return str(year)
        else:
            reason = Reason.NO_GRADE
        self._left_alone["people", school, reason, "graduation_year"] += 1
        return ""

    def _taught(self, section: Section, school: str) -> dict[str, Any]:
        """Return what is taught in a section, and to which grades, with the vendor's words.

        A section without grades has those of its course.
        """
        course, subjects = self._courses.get(section.course_id), self._mapping.subjects
        code = course.code if course else ""
        grades = section.grades or (course.grades if course else ())
        return {
            "grades": grades,
            "subject": subjects.get(section.course_id) or subjects.get(code, ""),
            "year_group": self._year_group("sections", grades, school),
        }

    def _year_group(self, kind: str, grades: tuple[str, ...], school: str) -> str:
        """Return the vendor's word for a grade; ``""`` if it has none."""
        if not self._mapping.grades or not grades:
            return ""
        words = {self._mapping.grades.get(grade, "") for grade in grades}
        word = words.pop() if len(words) == 1 else ""
        if not word:
            self._left_alone[kind, school, Reason.UNKNOWN_GRADE, "year_group"] += 1
        return word

    def _term_key(self, term: Term) -> str:
        return self._mapping.terms.get(term.title, term.title)

    def _is_today(self, begins: date | None, ends: date | None) -> bool:
        return (begins is None or begins <= self._as_of) and (ends is None or self._as_of <= ends)

    def _is_list_of_changes(self, kind: str) -> bool:
        return self._report.of(kind).mode is Mode.DELTA

    def _report_day_without_term(self) -> None:
        nearest = None if self._is_list_of_changes("terms") else self._years.nearest_term()
        if nearest is not None:
            text = (
                f"No term of the source contains the day of the plan, {self._as_of}. The nearest "
                f"one is {nearest.title}, from {nearest.starts} to {nearest.ends}. If this is not "
                "right, plan for another day."
            )
            self._report.add(Severity.WARNING, "", 0, "", "day_without_term", text)


def _as_vendors(kind: str) -> str:
    """Return the kind of a relationship as vendors know it.

    Otherwise the same link would be added as a parent's and removed as a guardian's.
    """
    return "guardian" if kind in _GUARDIANS else kind
