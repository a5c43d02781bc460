"""The resources of v2: typed methods, each of which is one request or one list."""

from .academics import AcademicYears, Terms
from .children import Children
from .classes import Classes
from .memberships import Memberships
from .parents import Parents
from .reports import Reports
from .school import Auth, TheSchool
from .students import Students
from .subjects import SubjectGroups, Subjects
from .teachers import Teachers
from .year_groups import YearGroups

__all__ = [
    "AcademicYears",
    "Auth",
    "Children",
    "Classes",
    "Memberships",
    "Parents",
    "Reports",
    "Students",
    "SubjectGroups",
    "Subjects",
    "Teachers",
    "Terms",
    "TheSchool",
    "YearGroups",
]
