"""Check and encode enrollments."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import (
    EnrollmentByCourseCode,
    EnrollmentByCourseCodeDict,
    EnrollmentByPeriod,
    EnrollmentByPeriodDict,
    EnrollmentBySchoolCode,
    EnrollmentBySchoolCodeDict,
    EnrollmentCreate,
    EnrollmentCreateDict,
    EnrollmentUpdate,
    EnrollmentUpdateDict,
)
from ...models.converter import converter

NewEnrollment = EnrollmentCreate | EnrollmentCreateDict
EnrollmentChange = EnrollmentUpdate | EnrollmentUpdateDict
SchoolCodeRow = EnrollmentBySchoolCode | EnrollmentBySchoolCodeDict
CourseCodeRow = EnrollmentByCourseCode | EnrollmentByCourseCodeDict
PeriodRow = EnrollmentByPeriod | EnrollmentByPeriodDict

new_enrollment = Sending(converter, EnrollmentCreate, what="the enrollment")
enrollment_change = Sending(converter, EnrollmentUpdate, what="the change")
school_code_row = Sending(converter, EnrollmentBySchoolCode, what="the row")
course_code_row = Sending(converter, EnrollmentByCourseCode, what="the row")
period_row = Sending(converter, EnrollmentByPeriod, what="the row")
