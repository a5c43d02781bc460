"""What the columns of CSV files mean: by the presets of well-known exports, and by usual names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..mapping.presets import Preset, presets
from ..meanings import Meaning
from ..wording import plain

#: Usual names of columns without blanks and marks, by what they mean. ``docs/roster.md`` has them.
USUAL_NAMES: Mapping[Meaning, str] = {
    "person id": "studentid staffid teacherid pupilid personid studentnumber staffnumber student"
    " teacher pupil instructorid",
    "given name": "first firstname givenname forename",
    "family name": "last lastname familyname surname",
    "middle name": "middle middlename",
    "email": "email emailaddress mail",
    "username": "username login",
    "birth date": "birthdate dateofbirth dob born",
    "gender": "gender sex",
    "person role": "role",
    "phone": "phone telephone",
    "course code": "course courseid coursecode coursenumber",
    "course title": "coursename coursetitle",
    "section code": "section sectionid sectioncode sectionnumber class classid classcode",
    "section title": "sectionname sectiontitle classname classtitle",
    "school code": "school schoolid schoolcode building buildingcode",
    "term": "term termid termcode semester",
    "begin date": "begindate startdate",
    "end date": "enddate",
}
GRADE_NAMES = frozenset("grade grades gradelevel yeargroup yearlevel".split())


def meaning_of(column: str, preset: Preset | None) -> Meaning | None:
    """Return what a column means; ``None`` if that is not known.

    :param preset: the export that the file is from, if it is a well-known one.
    """
    if preset is not None and preset.knows(column):
        return preset.meaning(column)
    return _by_name().get(plain(column))


def is_grade(column: str) -> bool:
    """Return whether a column has the grades of people."""
    return plain(column) in GRADE_NAMES


@cache
def _by_name() -> Mapping[str, Meaning]:
    """Return the meanings of names: those on which all presets agree, and the usual ones."""
    found: dict[str, set[Meaning | None]] = {}
    for preset in presets():
        for name, meaning in preset.meanings.items():
            found.setdefault(name, set()).add(meaning)
    agreed = {name: each.pop() for name, each in found.items() if len(each) == 1}
    known = {name: meaning for name, meaning in agreed.items() if meaning is not None}
    usual = {name: meaning for meaning, names in USUAL_NAMES.items() for name in names.split()}
    return known | usual
