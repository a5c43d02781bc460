"""Sections of courses, in which teachers and students are enrolled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from attrs import Factory, define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .enrollments import Enrollments
from .grading_periods import GradingPeriods
from .store import Store

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"

OPTIONS = {
    "course_format": read.whole(1, 2),
    "weighted_grading_categories": read.flag,
    "upload_document": read.flag,
    "create_discussion": read.flag,
    "member_post": read.flag,
    "member_post_comment": read.flag,
}
"""The options that can be written. Responses have ``upload_documents``, with an s."""


@define
class Section:
    """A section of a course. Field names are the vendor's."""

    id: str
    course_id: str
    access_code: str
    title: str = ""
    section_code: str = ""
    section_school_code: str = ""
    grading_periods: tuple[int, ...] = ()
    description: str = ""
    location: str = ""
    meeting_days: tuple[str, ...] = ()
    start_time: str = ""
    end_time: str = ""
    class_periods: tuple[int, ...] = ()
    synced: int = 0
    options: dict[str, int] = Factory(dict)
    has_content: bool = False
    """Whether the section has materials. Nothing can be copied into such a section."""
    extra: dict[str, Any] = Factory(dict)
    """Keys to add to every response about this section, for tests of unknown fields."""


_READERS = {
    "title": read.text,
    "section_title": read.text,
    "section_code": read.text,
    "section_school_code": read.text,
    "grading_periods": read.ids,
    "description": read.text,
    "location": read.text,
    "meeting_days": read.days,
    "start_time": read.time_of_day,
    "end_time": read.time_of_day,
    "class_periods": read.ids,
    "synced": read.flag,
    "options": read.options(OPTIONS),
}


class Sections(Store[Section]):
    """The sections of all courses, and the rules for their codes.

    A ``section_school_code`` is unique in the district; a ``section_code`` is unique in its course
    and grading period. Both are case-sensitive.
    """

    noun = "section"

    def __init__(self, periods: GradingPeriods, enrollments: Enrollments) -> None:
        super().__init__(5614973)
        self._periods = periods
        self._enrollments = enrollments
        self._by_school_code: dict[str, str] = {}
        self._by_code: dict[tuple[str, str, int], str] = {}
        self._by_course: dict[str, dict[str, None]] = {}

    def of_course(self, course_id: str) -> list[Section]:
        """Return the sections of a course."""
        return [self.by_id[identity] for identity in self._by_course.get(course_id, ())]

    def by_school_code(self, code: str) -> Section | None:
        """Return the section with this ``section_school_code``."""
        identity = self._by_school_code.get(code)
        return None if identity is None else self.by_id[identity]

    def by_code(self, course_id: str, code: str, periods: Iterable[int]) -> list[Section]:
        """Return the sections of a course with this code in any of the grading periods."""
        found = (self._by_code.get((course_id, code, period)) for period in periods)
        return [self.by_id[identity] for identity in dict.fromkeys(found) if identity is not None]

    def by_access_code(self, code: str) -> Section | None:
        """Return the section with this access code."""
        return next((each for each in self if code and each.access_code == code), None)

    def existing(self, course_id: str, fields: Fields) -> Section | None:
        """Return the section that ``update_existing`` matches.

        The vendor matches by ``section_code`` and ``grading_periods``, not by
        ``section_school_code``. Assumed: the lists of periods must be equal.
        """
        given = _read(fields)
        code, periods = given.get("section_code"), given.get("grading_periods", ())
        if not code:
            return None
        found = self.by_code(course_id, code, periods)
        return next((one for one in found if set(one.grading_periods) == set(periods)), None)

    def add(self, course_id: str, fields: Fields | None = None, **more: Any) -> Section:
        """Add a section without the vendor's rules and without counting it as created."""
        given = {**(fields or {}), **more}
        identity = str(given.pop("id", "")) or self.new_id()
        return self._keep(Section(identity, course_id, access_code(identity)), _read(given))

    def create(self, course_id: str, fields: Fields) -> Section:
        """Create a section, or raise :class:`Rejected`."""
        changes = _read(fields)
        new = evolve(Section("", course_id, ""), **changes)
        self._check(new)
        section = self._keep(
            Section(identity := self.new_id(), course_id, access_code(identity)), changes
        )
        self.creates[key(section)] += 1
        return section

    def update(self, identity: str, fields: Fields) -> Section:
        """Change the fields in ``fields``, or raise :class:`Rejected`."""
        old = self.find(identity)
        changes = _read(fields)
        new = evolve(old, **changes)
        self._check(new)
        for name in ("section_school_code", "grading_periods"):
            # The documents say "not editable". Assumed: a change is rejected, not ignored.
            if old.synced and _differ(getattr(old, name), getattr(new, name)):
                raise Rejected(400, f"The {name} of a synced section cannot be changed.")
        self._forget(old)
        new = self._keep(old, changes)
        self.updates[identity] += 1
        return new

    def delete(self, identity: str) -> None:
        """Delete a section and its enrollments, or raise :class:`Rejected`."""
        section = self.find(identity)
        self._enrollments.drop_realm("section", identity)
        self._forget(section)
        self._by_course[section.course_id].pop(identity)
        del self.by_id[identity]
        self.deletes[key(section)] += 1

    def _check(self, section: Section) -> None:
        if not section.title:
            raise Rejected(400, "title is required.")
        if not (section.section_code or section.section_school_code):
            raise Rejected(400, "section_code or section_school_code is required.")
        if not section.grading_periods:
            raise Rejected(400, "grading_periods is required.")
        for period in section.grading_periods:
            if str(period) not in self._periods:
                raise Rejected(400, f"There is no grading period {period}.")
        code = section.section_school_code
        if code and self._by_school_code.get(code, section.id) != section.id:
            raise Rejected(409, f"A section with the section school code {code} exists.")
        for period in section.grading_periods:
            where = (section.course_id, section.section_code, period)
            if section.section_code and self._by_code.get(where, section.id) != section.id:
                raise Rejected(409, f"The section code is taken in grading period {period}.")

    def _keep(self, section: Section, changes: dict[str, Any]) -> Section:
        options = section.options | changes.pop("options", {})
        kept = evolve(section, **changes, options=options)
        self.by_id[kept.id] = kept
        self._by_course.setdefault(kept.course_id, {})[kept.id] = None
        if kept.section_school_code:
            self._by_school_code[kept.section_school_code] = kept.id
        for period in kept.grading_periods:
            self._periods.in_use[period] += 1
            if kept.section_code:
                self._by_code[kept.course_id, kept.section_code, period] = kept.id
        return kept

    def _forget(self, section: Section) -> None:
        if self._by_school_code.get(section.section_school_code) == section.id:
            del self._by_school_code[section.section_school_code]
        for period in section.grading_periods:
            self._periods.in_use[period] -= 1
            where = (section.course_id, section.section_code, period)
            if self._by_code.get(where) == section.id:
                del self._by_code[where]


def key(section: Section) -> str:
    """Return the key by which a section is counted: its school code, or course and section code."""
    return section.section_school_code or f"{section.course_id}/{section.section_code}"


def access_code(seed: str) -> str:
    """Return a code such as ``GBMWW-2QKN5``, always the same for a seed."""
    letters = [ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(seed.encode()).digest()]
    return "".join(letters[:5]) + "-" + "".join(letters[5:10])


def _read(fields: Fields) -> dict[str, Any]:
    """Read a section's fields. The title may be ``title`` or ``section_title``."""
    changes = read.known(fields, _READERS)
    if "section_title" in changes:
        changes.setdefault("title", changes["section_title"])
        del changes["section_title"]
    return changes


def _differ(old: Any, new: Any) -> bool:
    return set(old) != set(new) if isinstance(old, tuple) else bool(old != new)
