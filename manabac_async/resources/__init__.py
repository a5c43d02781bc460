"""The resources of v2: one class per resource, with typed methods."""

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
