"""The fields of entries: the values of a record as flat texts, by neutral names.

A value that the source does not state is left out, so the vendor keeps what it has. Several values
are joined in alphabetical order, so that the order of a source is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from ..entries import join
from ..model import Course, Org, Person, Section, Term


def is_same(name: str, one: str, other: str) -> bool:
    """Return whether two values of the field ``name`` are the same.

    Upper and lower case are the same in an email address, because vendors may change them.
    """
    return one == other or (name == "email" and one.casefold() == other.casefold())


def of_org(org: Org) -> dict[str, str]:
    """Return the fields of a school."""
    return _stated({"name": org.name, "code": org.code})


def of_term(term: Term, *, title: str) -> dict[str, str]:
    """Return the fields of a term.

    :param title: the vendor's title.
    """
    return _stated(
        {
            "title": title,
            "type": term.type,
            "starts": _day(term.starts),
            "ends": _day(term.ends),
            "school_year": "" if term.school_year is None else str(term.school_year),
        }
    )


def of_person(
    person: Person,
    *,
    role: str,
    school: str,
    other_schools: Iterable[str],
    graduation_year: str,
    year_group: str,
) -> dict[str, str]:
    """Return the fields of a person.

    :param role: the vendor's word.
    :param school: the key of the main school.
    :param other_schools: the keys of all others.
    :param year_group: the vendor's word.
    """
    return _stated(
        {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "middle_name": person.middle_name,
            "preferred_given_name": person.preferred_given_name,
            "email": person.email,
            "username": person.username,
            "phone": person.phone,
            "sms": person.sms,
            "birth_date": _day(person.birth_date),
            "gender": person.gender,
            "role": role,
            "school": school,
            "other_schools": _several(other_schools),
            "grades": _several(person.grades),
            "graduation_year": graduation_year,
            "year_group": year_group,
            "identifier": person.identifier,
        }
    )


def of_course(course: Course, *, code: str, school: str) -> dict[str, str]:
    """Return the fields of a course.

    :param code: the course code with the prefix of the school.
    :param school: the key of the school.
    """
    return _stated(
        {
            "title": course.title,
            "code": code,
            "school": school,
            "subjects": _several(course.subjects),
            "grades": _several(course.grades),
        }
    )


def of_section(
    section: Section,
    *,
    course: str,
    school: str,
    terms: Iterable[str],
    grades: Iterable[str],
    subject: str,
    year_group: str,
) -> dict[str, str]:
    """Return the fields of a section.

    :param course: the key of the course.
    :param school: the key of the school.
    :param terms: the keys of the terms.
    :param grades: the grades as the source writes them.
    :param subject: the vendor's word.
    :param year_group: the vendor's word.
    """
    return _stated(
        {
            "title": section.title,
            "code": section.code,
            "course": course,
            "school": school,
            "terms": _several(terms),
            "type": section.type,
            "grades": _several(grades),
            "subjects": _several(section.subjects),
            "subject": subject,
            "year_group": year_group,
            "periods": _several(section.periods),
            "location": section.location,
        }
    )


@lru_cache(maxsize=1024)  # most enrollments have one of a few combinations
def of_enrollment(
    role: str, primary: bool, begins: date | None, ends: date | None
) -> Mapping[str, str]:
    """Return the fields of an enrollment. Equal enrollments share one mapping.

    :param role: the vendor's word.
    """
    return _stated(
        {
            "role": role,
            "primary": "true" if primary else "false",
            "begins": _day(begins),
            "ends": _day(ends),
        }
    )


def _stated(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _several(values: Iterable[str]) -> str:
    return join(*sorted(set(values)))


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
