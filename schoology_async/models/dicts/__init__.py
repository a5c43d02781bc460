"""The write models as mappings, so that a type checker finds a misspelt key.

Each has the fields of the model of the same name; a test compares them.
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
