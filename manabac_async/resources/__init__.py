"""The resources of v2: one class per resource, with typed methods.

The module of a resource is loaded when the resource is first used: see :mod:`lms_async.lazy`.
"""

from typing import TYPE_CHECKING

from lms_async.lazy import load_on_use

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__ = load_on_use(
        __name__,
        {
            "academics": ["AcademicYears", "Terms"],
            "children": ["Children"],
            "classes": ["Classes"],
            "memberships": ["Memberships"],
            "parents": ["Parents"],
            "reports": ["Reports"],
            "school": ["Auth", "TheSchool"],
            "students": ["Students"],
            "subjects": ["SubjectGroups", "Subjects"],
            "teachers": ["Teachers"],
            "year_groups": ["YearGroups"],
        },
    )

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
