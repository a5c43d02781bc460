"""Check and encode courses."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import CourseCreate, CourseCreateDict, CourseUpdate, CourseUpdateDict
from ...models.converter import converter
from .sections import new_section

NewCourse = CourseCreate | CourseCreateDict
CourseChange = CourseUpdate | CourseUpdateDict

#: ``sections`` is a list here. ``many_courses.py`` wraps it as ``{"section": [...]}``.
new_course = Sending(converter, CourseCreate, what="the course", inner={"sections": new_section})
course_change = Sending(converter, CourseUpdate, what="the change")
