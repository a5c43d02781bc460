"""The operations of the roster, written by hand from the vendor's specification of v2p3.

Each has a method, a path with example ids, the permission that it needs, and its package. Two are
not here: ``POST /oauth/token`` and ``GET auth/permissions`` need no permission.
"""

from __future__ import annotations

CORE, EXTENDED = "core", "Extended APIs"
_PROGRAM = "school/programs/diploma"
_YEARS = f"{_PROGRAM}/academic-years"

OPERATIONS: tuple[tuple[str, str, str, str], ...] = (
    # Academics
    ("GET", "school", "school/show", CORE),
    ("GET", "school/academic-years", "school/academic_years/index", CORE),
    ("GET", "school/grades", "school/grades/index", CORE),
    ("GET", "school/subjects", "school/subjects/index", CORE),
    ("GET", "school/term-grade-scales", "school/term_grade_scales/index", CORE),
    ("GET", "school/term-rubrics", "school/term_rubrics/index", CORE),
    ("GET", f"{_YEARS}/1", "school/academic_years/show", CORE),
    ("POST", _YEARS, "school/academic_years/create", CORE),
    ("GET", f"{_YEARS}/1/calendar", "school/academic_years/calendar/show", CORE),
    ("POST", f"{_YEARS}/1/academic-terms", "school/academic_terms/create", CORE),
    ("PATCH", f"{_YEARS}/1/academic-terms/2", "school/academic_terms/update", CORE),
    ("DELETE", f"{_YEARS}/1/academic-terms/2", "school/academic_terms/destroy", CORE),
    ("GET", f"{_PROGRAM}/subject-groups", "school/subject_groups/index", CORE),
    ("POST", f"{_PROGRAM}/subject-groups", "school/subject_groups/create", CORE),
    ("GET", f"{_PROGRAM}/subject-groups/1", "school/subject_groups/show", CORE),
    ("PATCH", f"{_PROGRAM}/subject-groups/1", "school/subject_groups/update", CORE),
    ("DELETE", f"{_PROGRAM}/subject-groups/1", "school/subject_groups/destroy", CORE),
    ("GET", f"{_PROGRAM}/subjects", "school/programs/subjects/index", CORE),
    ("POST", f"{_PROGRAM}/subjects", "school/programs/subjects/create", CORE),
    ("GET", f"{_PROGRAM}/subjects/1", "school/programs/subjects/show", CORE),
    ("PUT", f"{_PROGRAM}/subjects/1", "school/programs/subjects/update", CORE),
    ("DELETE", f"{_PROGRAM}/subjects/1", "school/programs/subjects/destroy", CORE),
    ("POST", f"{_PROGRAM}/subjects/bulk-enable", "school/programs/subjects/bulk_enable", EXTENDED),
    (
        *("POST", f"{_PROGRAM}/subjects/bulk-disable"),
        *("school/programs/subjects/bulk_disable", EXTENDED),
    ),
    ("GET", f"{_PROGRAM}/assessment_types", "school/programs/assessment_types/index", CORE),
    ("GET", f"{_PROGRAM}/reports", "school/reports/index", CORE),
    ("GET", f"{_PROGRAM}/reports/1", "school/reports/show", CORE),
    ("GET", f"{_PROGRAM}/reports/1/download/pdf", "school/reports/download", CORE),
    # Year groups
    ("GET", "year-groups", "year_groups/index", CORE),
    ("GET", "year-groups/1/students", "year_groups/students/index", CORE),
    ("POST", "year-groups/1/add_students", "year_groups/add_students", CORE),
    ("POST", "year-groups/1/remove_students", "year_groups/remove_students", CORE),
    ("GET", "year-groups/1/advisors", "year_groups/advisors/index", CORE),
    # Classes
    ("GET", "classes", "classes/index", CORE),
    ("POST", "classes", "classes/create", CORE),
    ("PATCH", "classes", "classes/upsert", EXTENDED),
    ("GET", "classes/1", "classes/show", CORE),
    ("PATCH", "classes/1", "classes/update", CORE),
    ("POST", "classes/1/add_students", "classes/add_students", CORE),
    ("POST", "classes/1/remove_students", "classes/remove_students", CORE),
    ("PATCH", "classes/1/students", "classes/students/update", EXTENDED),
    ("PUT", "classes/1/teachers", "classes/teachers/update", EXTENDED),
    ("POST", "classes/1/teachers/add_teachers", "classes/teachers/add_teachers", CORE),
    ("GET", "classes/1/terms", "classes/terms/index", CORE),
    # Students
    ("GET", "students", "students/index", CORE),
    ("POST", "students", "students/create", CORE),
    ("GET", "students/1", "students/show", CORE),
    ("PATCH", "students/1", "students/update", CORE),
    ("PUT", "students/1/archive", "students/archive", CORE),
    ("PUT", "students/1/unarchive", "students/unarchive", CORE),
    ("POST", "students/1/welcome_email", "students/welcome_email", CORE),
    ("PUT", "students/1/avatar", "students/avatar/update", CORE),
    ("DELETE", "students/1/avatar", "students/avatar/destroy", CORE),
    # Teachers
    ("GET", "teachers", "teachers/index", CORE),
    ("POST", "teachers", "teachers/create", CORE),
    ("GET", "teachers/1", "teachers/show", CORE),
    ("PATCH", "teachers/1", "teachers/update", CORE),
    ("PUT", "teachers/1/archive", "teachers/archive", CORE),
    ("PUT", "teachers/1/unarchive", "teachers/unarchive", CORE),
    ("POST", "teachers/1/welcome_email", "teachers/welcome_email", CORE),
    ("GET", "teachers/1/classes", "teachers/classes/index", CORE),
    ("GET", "teachers/1/groups", "teachers/groups/index", CORE),
    ("PUT", "teachers/1/avatar", "teachers/avatar/update", CORE),
    ("DELETE", "teachers/1/avatar", "teachers/avatar/destroy", CORE),
    # Parents
    ("GET", "parents", "parents/index", CORE),
    ("POST", "parents", "parents/create", CORE),
    ("GET", "parents/1", "parents/show", CORE),
    ("PATCH", "parents/1", "parents/update", CORE),
    ("PUT", "parents/1/archive", "parents/archive", CORE),
    ("PUT", "parents/1/unarchive", "parents/unarchive", CORE),
    ("POST", "parents/1/welcome_email", "parents/welcome_email", CORE),
    # Relationships
    ("GET", "parents/1/children", "parents/children/index", CORE),
    ("POST", "parents/1/children", "parents/children/create", CORE),
    ("PUT", "parents/1/children", "parents/children/bulk_update", CORE),
    ("GET", "parents/1/children/2", "parents/children/show", CORE),
    ("PUT", "parents/1/children/2", "parents/children/update", CORE),
    ("DELETE", "parents/1/children/2", "parents/children/destroy", CORE),
    # Memberships
    ("GET", "memberships", "memberships/index", CORE),
    ("GET", "students/1/memberships", "students/memberships/index", CORE),
    ("GET", "classes/1/students", "classes/students/index", CORE),
    ("GET", "classes/1/teachers", "classes/teachers/index", CORE),
    ("DELETE", "classes/1/teachers/remove_teachers", "classes/teachers/remove_teachers", CORE),
)
