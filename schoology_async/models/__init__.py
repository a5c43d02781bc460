"""Schoology's records as attrs classes. The field names are those of the vendor.

The module of a record is loaded when the record is first used: see :mod:`lms_async.lazy`.
"""

from typing import TYPE_CHECKING

from lms_async.lazy import load_on_use

if TYPE_CHECKING:
    from .association import *
    from .choices import *
    from .connection import *
    from .course import *
    from .dicts.course import *
    from .dicts.enrollment import *
    from .dicts.group import *
    from .dicts.school import *
    from .dicts.section import *
    from .dicts.user import *
    from .enrollment import *
    from .export import *
    from .grades import *
    from .grading_period import *
    from .group import *
    from .role import *
    from .school import *
    from .search import *
    from .section import *
    from .session import *
    from .user import *
else:
    __getattr__, __dir__ = load_on_use(
        __name__,
        {
            "association": ["AdvisorPair", "ParentPair"],
            "choices": [
                "CourseFormat",
                "EnrollmentStatus",
                "GradeLevel",
                "InviteType",
                "PrivacyLevel",
                "SubjectArea",
            ],
            "connection": ["FriendRequest", "Invite", "NetworkUser"],
            "course": ["Course", "CourseCreate", "CourseUpdate"],
            "dicts.course": ["CourseCreateDict", "CourseUpdateDict"],
            "dicts.enrollment": [
                "EnrollmentByCourseCodeDict",
                "EnrollmentByPeriodDict",
                "EnrollmentBySchoolCodeDict",
                "EnrollmentCreateDict",
                "EnrollmentUpdateDict",
            ],
            "dicts.group": ["GroupCreateDict", "GroupOptionsUpdateDict", "GroupUpdateDict"],
            "dicts.school": [
                "BuildingCreateDict",
                "GradingPeriodCreateDict",
                "GradingPeriodUpdateDict",
                "SchoolCreateDict",
                "SchoolUpdateDict",
            ],
            "dicts.section": [
                "SectionCopyDict",
                "SectionCreateDict",
                "SectionOptionsUpdateDict",
                "SectionUpdateDict",
            ],
            "dicts.user": [
                "AdvisorPairDict",
                "ParentPairDict",
                "ReactivationDict",
                "UserCreateDict",
                "UserUpdateDict",
            ],
            "enrollment": [
                "Enrollment",
                "EnrollmentByCourseCode",
                "EnrollmentByPeriod",
                "EnrollmentBySchoolCode",
                "EnrollmentCreate",
                "EnrollmentUpdate",
            ],
            "export": ["ExportedGroupEnrollment"],
            "grades": [
                "Attendance",
                "AttendanceDay",
                "AttendanceRow",
                "Attendances",
                "AttendanceStatus",
                "AttendanceStatuses",
                "Completion",
                "FinalGrade",
                "Grade",
                "Gradebook",
                "GradeItem",
                "Grades",
                "UserGrades",
            ],
            "grading_period": [
                "GradingPeriod",
                "GradingPeriodCreate",
                "GradingPeriodUpdate",
                "SectionGradingPeriod",
            ],
            "group": [
                "Group",
                "GroupCategory",
                "GroupCreate",
                "GroupOptions",
                "GroupOptionsUpdate",
                "GroupUpdate",
            ],
            "role": ["Role"],
            "school": ["BuildingCreate", "School", "SchoolCreate", "SchoolUpdate"],
            "search": [
                "FoundCourse",
                "FoundCourses",
                "FoundGroup",
                "FoundGroups",
                "FoundUser",
                "FoundUsers",
                "SearchResults",
            ],
            "section": [
                "Section",
                "SectionCopy",
                "SectionCreate",
                "SectionOptions",
                "SectionOptionsUpdate",
                "SectionUpdate",
            ],
            "session": ["AppUserInfo", "Language"],
            "user": ["InactiveUser", "Reactivation", "User", "UserCreate", "UserUpdate"],
        },
    )

__all__ = [
    "AdvisorPair",
    "AdvisorPairDict",
    "AppUserInfo",
    "Attendance",
    "AttendanceDay",
    "AttendanceRow",
    "AttendanceStatus",
    "AttendanceStatuses",
    "Attendances",
    "BuildingCreate",
    "BuildingCreateDict",
    "Completion",
    "Course",
    "CourseCreate",
    "CourseCreateDict",
    "CourseFormat",
    "CourseUpdate",
    "CourseUpdateDict",
    "Enrollment",
    "EnrollmentByCourseCode",
    "EnrollmentByCourseCodeDict",
    "EnrollmentByPeriod",
    "EnrollmentByPeriodDict",
    "EnrollmentBySchoolCode",
    "EnrollmentBySchoolCodeDict",
    "EnrollmentCreate",
    "EnrollmentCreateDict",
    "EnrollmentStatus",
    "EnrollmentUpdate",
    "EnrollmentUpdateDict",
    "ExportedGroupEnrollment",
    "FinalGrade",
    "FoundCourse",
    "FoundCourses",
    "FoundGroup",
    "FoundGroups",
    "FoundUser",
    "FoundUsers",
    "FriendRequest",
    "Grade",
    "GradeItem",
    "GradeLevel",
    "Gradebook",
    "Grades",
    "GradingPeriod",
    "GradingPeriodCreate",
    "GradingPeriodCreateDict",
    "GradingPeriodUpdate",
    "GradingPeriodUpdateDict",
    "Group",
    "GroupCategory",
    "GroupCreate",
    "GroupCreateDict",
    "GroupOptions",
    "GroupOptionsUpdate",
    "GroupOptionsUpdateDict",
    "GroupUpdate",
    "GroupUpdateDict",
    "InactiveUser",
    "Invite",
    "InviteType",
    "Language",
    "NetworkUser",
    "ParentPair",
    "ParentPairDict",
    "PrivacyLevel",
    "Reactivation",
    "ReactivationDict",
    "Role",
    "School",
    "SchoolCreate",
    "SchoolCreateDict",
    "SchoolUpdate",
    "SchoolUpdateDict",
    "SearchResults",
    "Section",
    "SectionCopy",
    "SectionCopyDict",
    "SectionCreate",
    "SectionCreateDict",
    "SectionGradingPeriod",
    "SectionOptions",
    "SectionOptionsUpdate",
    "SectionOptionsUpdateDict",
    "SectionUpdate",
    "SectionUpdateDict",
    "SubjectArea",
    "User",
    "UserCreate",
    "UserCreateDict",
    "UserGrades",
    "UserUpdate",
    "UserUpdateDict",
]
