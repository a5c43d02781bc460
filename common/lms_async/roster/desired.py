"""The entries that are wanted: the source's records as the vendor should have them on a day.

Every record becomes an entry, is counted as left alone, or was deleted. If the mapping can't
translate a record, its entry is locked, and the vendor's record stays as it is. Otherwise a person
with an unknown role would look like a person who has left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from . import fields
from .changes import LeftAlone, Reason
from .entries import KEY_PARTS, Entry, join, split, usable_key
from .mapping import RosterMapping
from .model import (
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
from .problems import Mode, ReadingReport, Severity
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
        self.in_doubt: set[str] = set()
        #: The school year of each section, by the section's key, if its terms have one.
        self.section_years: dict[str, Days] = {}
        self._mapping, self._as_of, self._report = mapping, as_of, report
        self._years = SchoolYears(as_of)
        self._left_alone: Counter[tuple[str, str, Reason, str]] = Counter()
        self._unknown_roles: Counter[tuple[str, str]] = Counter()
        self._schools: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        # The course of each section, for its subject and grades.
        self._courses: dict[str, Course] = {}
        # The key and the school of each record that others refer to, by kind and id.
        self._known: dict[str, dict[str, tuple[str, str]]] = {}
        self._ids_by_key: dict[str, str] = {}
        self._rank = {role: rank for rank, role in enumerate(mapping.role_order)}

    def entries(self, records: Iterable[Record | Deleted]) -> Iterator[Entry]:
        """Yield the entry of each record that has one.

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
                    self.in_doubt.add(made.kind)
            elif made is not None:
                if made.active and not made.locked and not usable_key(made.key):
                    self.in_doubt.add(made.kind)
                yield made
        self._report_unknown_roles()

    def left_alone(self) -> Iterator[LeftAlone]:
        """Yield the records that have no entry, and the fields without a value, with counts."""
        for (kind, org, reason, field), count in sorted(self._left_alone.items()):
            yield LeftAlone(kind=kind, org=org, reason=reason, detail=field, records=count)

    def _org(self, org: Org) -> Entry | LeftAlone:
        own = org.code or org.id if self._mapping.keys.orgs == "code" else org.id
        building = self._by_org(self._mapping.buildings, org)
        key, is_school = building or own, org.type == "school"
        self._schools[org.id] = key if is_school else building
        self._prefixes[org.id] = self._by_org(self._mapping.course_prefixes, org)
        if not is_school:
            return LeftAlone(kind="orgs", org=key, reason=Reason.NOT_A_SCHOOL)
        return Entry(kind="orgs", key=key, org=key, fields=fields.of_org(org))

    def _term(self, term: Term) -> Entry | LeftAlone:
        self._years.add(term)
        if self._years.has_ended(term):
            # A term of this year may have the same title.
            return LeftAlone(kind="terms", org="", reason=Reason.ENDED)
        key = self._term_key(term)
        return Entry(kind="terms", key=key, fields=fields.of_term(term, title=key))

    def _person(self, person: Person) -> Entry:
        key = person.identifier if self._mapping.keys.people == "identifier" else person.id
        role = self._role_of(person)
        org_id = role.org_id if role and role.org_id else next(iter(person.org_ids), "")
        school = self._school(org_id, "people")
        is_other = self._is_key_of_another_person(usable_key(key), person.id)
        self._know("people", person.id, key, school)
        word, locked = "", ""
        if role is None:
            locked = Reason.NO_ROLE
        elif not (word := self._mapping.roles.get(role.role, "")):
            locked = Reason.UNKNOWN_ROLE
            self._unknown_roles["people", role.role] += 1
        if is_other:
            locked = Reason.DUPLICATE_KEY
        is_student = role is not None and role.role == "student"
        others = {self._school(id_, "people") for id_ in person.org_ids}
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
        school = self._school(course.org_id, "courses")
        code = course.code and self._prefixes.get(course.org_id, "") + course.code
        key = code if self._mapping.keys.courses == "code" else course.id
        self._know("courses", course.id, key, school)
        self._courses[course.id] = course
        values = fields.of_course(course, code=code, school=school)
        return Entry(kind="courses", key=key, org=school, fields=values)

    def _section(self, section: Section) -> Entry | LeftAlone:
        school = self._school(section.org_id, "sections")
        key = section.code if self._mapping.keys.sections == "code" else section.id
        year = self._years.year_of(section.term_ids)
        if self._mapping.year_in_section_keys:
            if year is None:
                return LeftAlone(kind="sections", org=school, reason=Reason.NO_SCHOOL_YEAR)
            key = key and f"{key}-{year}"
        self._know("sections", section.id, key, school)
        if year is not None and (days := self._years.days_of(year)):
            self.section_years[usable_key(key)] = days
        course = self._refer("courses", section.course_id)
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
        section = self._refer("sections", enrollment.section_id)
        person = self._refer("people", enrollment.person_id)
        if section is None or person is None:
            return LeftAlone(kind=kind, org=section[1] if section else "", reason=Reason.NO_PARENT)
        key, org = join(section[0], person[0]), section[1]
        if not self._is_today(enrollment.begins, enrollment.ends):
            if self._is_list_of_changes(kind):
                return Entry(kind=kind, key=key, org=org, active=False)
            return LeftAlone(kind=kind, org=org, reason=Reason.NOT_ENROLLED)
        word = self._mapping.enrollment_roles.get(enrollment.role, "")
        if not word:
            self._unknown_roles[kind, enrollment.role] += 1
        return Entry(
            kind=kind,
            key=key,
            org=org,
            fields=fields.of_enrollment(enrollment, role=word),
            locked="" if word else Reason.UNKNOWN_ROLE,
        )

    def _relationship(self, relationship: Relationship) -> Entry | LeftAlone:
        person = self._refer("people", relationship.person_id)
        other = self._refer("people", relationship.other_id)
        if person is None or other is None:
            return LeftAlone(
                kind=relationship.plural, org=person[1] if person else "", reason=Reason.NO_PARENT
            )
        key = join(person[0], other[0], _as_vendors(relationship.kind))
        return Entry(kind=relationship.plural, key=key, org=person[1])

    def _deleted(self, deleted: Deleted) -> Entry | LeftAlone | None:
        """Return an entry only if the source lists changes. Else a missing record is enough."""
        kind = deleted.plural
        self.deleted[kind] += 1
        if not self._is_list_of_changes(kind):
            return None
        parts = split(deleted.key)
        found = [
            self._refer(of, part) if of else (_as_vendors(part), "")
            for of, part in zip(KEY_PARTS.get(kind, (kind,)), parts, strict=True)
        ]
        known = [one for one in found if one is not None]
        if len(known) < len(parts):
            return LeftAlone(kind=kind, org="", reason=Reason.DELETED_WITHOUT_KEY)
        return Entry(kind=kind, key=join(*(key for key, _ in known)), org=known[0][1], active=False)

    def _is_key_of_another_person(self, key: str, id_: str) -> bool:
        """Return whether another person of the source has this key.

        Such people may be equal in all that the vendor can show. A lock makes their entries
        different, so that they do not count as one person who is repeated.
        """
        return self._ids_by_key.setdefault(key, id_) != id_ if key else False

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

    def _taught(self, section: Section, school: str) -> dict[str, str]:
        """Return the vendor's words for what is taught in a section, and to which grade."""
        course, subjects = self._courses.get(section.course_id), self._mapping.subjects
        code = course.code if course else ""
        grades = section.grades or (course.grades if course else ())
        return {
            "subject": subjects.get(section.course_id) or subjects.get(code, ""),
            "year_group": self._year_group("sections", grades, school),
        }

    def _year_group(self, kind: str, grades: tuple[str, ...], school: str) -> str:
        """Return the vendor's word for a grade; ``""`` if it has none."""
        words = {self._mapping.grades.get(grade, "") for grade in grades}
        word = words.pop() if len(words) == 1 else ""
        if self._mapping.grades and grades and not word:
            self._left_alone[kind, school, Reason.UNKNOWN_GRADE, "year_group"] += 1
        return word

    def _know(self, kind: str, id_: str, key: str, org: str) -> None:
        self._known.setdefault(kind, {})[id_] = (key, org)

    def _refer(self, kind: str, id_: str) -> tuple[str, str] | None:
        """Return the key and the school of a record; ``None`` if its key can't be known.

        A source that lists changes refers to records that it does not have.
        """
        known = self._known.get(kind, {}).get(id_)
        if known is not None:
            return known
        if kind == "orgs":
            return (self._school(id_, kind),) * 2 if self._mapping.keys.orgs == "id" else None
        is_id = getattr(self._mapping.keys, kind, "") == "id"
        with_year = kind == "sections" and self._mapping.year_in_section_keys
        return (id_, "") if is_id and not with_year else None

    def _school(self, org_id: str, kind: str) -> str:
        """Return the key of a school, to which a record of ``kind`` belongs.

        The result is ``""``, so that the vendor keeps what it has, if the org is a district or
        another org that is no school, and the mapping has no building for it. So it is if a source
        that lists changes does not have the school, and the code of the school is needed.
        """
        known = self._schools.get(org_id)
        if known is None:
            known = self._mapping.buildings.get(org_id)
        is_unknown = self._is_list_of_changes(kind) and self._mapping.keys.orgs == "code"
        return known if known is not None else "" if is_unknown else org_id

    @staticmethod
    def _by_org(words: Mapping[str, str], org: Org) -> str:
        return words.get(org.id) or words.get(org.code, "")

    def _term_key(self, term: Term) -> str:
        return self._mapping.terms.get(term.title, term.title)

    def _is_today(self, begins: date | None, ends: date | None) -> bool:
        return (begins is None or begins <= self._as_of) and (ends is None or self._as_of <= ends)

    def _is_list_of_changes(self, kind: str) -> bool:
        return self._report.of(kind).mode is Mode.DELTA

    def _report_unknown_roles(self) -> None:
        for kind, table in (("people", "roles"), ("enrollments", "enrollment_roles")):
            words = [
                f"{role} ({count:,})"
                for (of, role), count in self._unknown_roles.most_common()
                if of == kind
            ]
            if words:
                text = (
                    f"The mapping does not translate these roles: {', '.join(words)}. Records with "
                    f"them are left alone. To change that, add the roles to {table}."
                )
                self._report.add(Severity.WARNING, "", 0, "role", f"unknown_role_{kind}", text)


def _as_vendors(kind: str) -> str:
    """Return the kind of a relationship as vendors know it.

    Otherwise the same link would be added as a parent's and removed as a guardian's.
    """
    return "guardian" if kind in _GUARDIANS else kind
