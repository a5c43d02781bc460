"""TypedDicts for the write models, so that a type checker finds a misspelled key.

Each has the same fields as its model. A test compares them.
"""

from .course import CourseCreateDict, CourseUpdateDict
from .enrollment import (
    EnrollmentByCourseCodeDict,
    EnrollmentBySchoolCodeDict,
    EnrollmentCreateDict,
    EnrollmentUpdateDict,
)
from .group import GroupCreateDict, GroupOptionsUpdateDict, GroupUpdateDict
from .school import (
    BuildingCreateDict,
    GradingPeriodCreateDict,
    GradingPeriodUpdateDict,
    SchoolCreateDict,
    SchoolUpdateDict,
)
from .section import (
    SectionCopyDict,
    SectionCreateDict,
    SectionOptionsUpdateDict,
    SectionUpdateDict,
)
from .user import (
    AdvisorPairDict,
    ParentPairDict,
    ReactivationDict,
    UserCreateDict,
    UserUpdateDict,
)

__all__ = [
    "AdvisorPairDict",
    "BuildingCreateDict",
    "CourseCreateDict",
    "CourseUpdateDict",
    "EnrollmentByCourseCodeDict",
    "EnrollmentBySchoolCodeDict",
    "EnrollmentCreateDict",
    "EnrollmentUpdateDict",
    "GradingPeriodCreateDict",
    "GradingPeriodUpdateDict",
    "GroupCreateDict",
    "GroupOptionsUpdateDict",
    "GroupUpdateDict",
    "ParentPairDict",
    "ReactivationDict",
    "SchoolCreateDict",
    "SchoolUpdateDict",
    "SectionCopyDict",
    "SectionCreateDict",
    "SectionOptionsUpdateDict",
    "SectionUpdateDict",
    "UserCreateDict",
    "UserUpdateDict",
]
