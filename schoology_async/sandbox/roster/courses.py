"""Courses: the containers of sections."""

from __future__ import annotations

from typing import Any

from attrs import define, evolve

from ..accounts import Fields, Rejected
from . import fields as read
from .sections import Sections
from .store import Store


@define
class Course:
    """A course. Field names are the vendor's."""

    id: str
    building_id: str
    title: str = ""
    course_code: str = ""
    department: str = ""
    description: str = ""
    credits: float = 0
    subject_area: int = 0
    grade_level_range_start: int = 0
    grade_level_range_end: int = 0
    synced: int = 0
    district_course_name: str = ""


_READERS = {
    "title": read.text,
    "course_code": read.text,
    "department": read.text,
    "description": read.text,
    "credits": read.decimal,
    "subject_area": read.whole(0, 9),
    # The documents say that the end must be above the start. Assumed: the vendor does not check it.
    "grade_level_range_start": read.whole(0, 15),
    "grade_level_range_end": read.whole(0, 15),
    "synced": read.flag,
    "building_id": read.identity,
    "district_course_name": read.text,
}


class Courses(Store[Course]):
    """The courses of the school. A ``course_code`` is unique in the school and case-sensitive."""

    noun = "course"

    def __init__(self, building_id: str, sections: Sections) -> None:
        super().__init__(5614879)
        self._building_id = building_id
        self._sections = sections
        self._by_code: dict[str, str] = {}

    def by_code(self, course_code: str) -> Course | None:
        """Return the course with this code."""
        identity = self._by_code.get(course_code)
        return None if identity is None else self.by_id[identity]

    def add(self, fields: Fields | None = None, **more: Any) -> Course:
        """Add a course without the vendor's rules and without counting it as created."""
        given = {**(fields or {}), **more}
        identity = str(given.pop("id", "")) or self.new_id()
        return self._keep(Course(identity, self._building_id), read.known(given, _READERS))

    def create(self, fields: Fields) -> Course:
        """Create a course, or raise :class:`Rejected`."""
        changes = read.known(fields, _READERS)
        for name in ("title", "course_code"):
            if not changes.get(name):
                raise Rejected(400, f"{name} is required.")
        self._check_free(changes["course_code"])
        course = self._keep(Course(self.new_id(), self._building_id), changes)
        self.creates[course.course_code] += 1
        return course

    def update(self, identity: str, fields: Fields) -> Course:
        """Change the fields in ``fields``, or raise :class:`Rejected`."""
        course = self.find(identity)
        changes = read.known(fields, _READERS)
        for name in ("title", "course_code"):
            if not changes.get(name, "kept"):
                raise Rejected(400, f"{name} is required.")  # assumed
        code = changes.get("course_code", course.course_code)
        if code != course.course_code:
            if course.synced:
                # The documents say "not editable". Assumed: a change is rejected, not ignored.
                raise Rejected(400, "The course code of a synced course cannot be changed.")
            self._check_free(code)
        self._forget(course)
        course = self._keep(course, changes)
        self.updates[identity] += 1
        return course

    def delete(self, identity: str) -> None:
        """Delete a course, its sections and their enrollments, or raise :class:`Rejected`."""
        course = self.find(identity)
        for section in self._sections.of_course(identity):
            self._sections.delete(section.id)
        self._forget(course)
        del self.by_id[identity]
        self.deletes[course.course_code] += 1

    def _check_free(self, code: str) -> None:
        if code in self._by_code:
            raise Rejected(409, f"A course with the course code {code} exists.")

    def _keep(self, course: Course, changes: dict[str, Any]) -> Course:
        kept = evolve(course, **changes)
        self.by_id[kept.id] = kept
        if kept.course_code:
            self._by_code[kept.course_code] = kept.id
        return kept

    def _forget(self, course: Course) -> None:
        if self._by_code.get(course.course_code) == course.id:
            del self._by_code[course.course_code]
