"""The resources: one class per resource, with typed methods.

The module of a resource is loaded when the resource is first used: see :mod:`lms_async.lazy`.
"""

from typing import TYPE_CHECKING

from lms_async.lazy import load_on_use

if TYPE_CHECKING:
    from .courses import Courses
    from .enrollments import Enrollments
    from .grading_periods import GradingPeriods
    from .groups import Groups
    from .roles import Roles
    from .schools import Buildings, Schools
    from .sections import Sections
    from .users import Users
else:
    __getattr__, __dir__ = load_on_use(
        __name__,
        {
            "courses": ["Courses"],
            "enrollments": ["Enrollments"],
            "grading_periods": ["GradingPeriods"],
            "groups": ["Groups"],
            "roles": ["Roles"],
            "schools": ["Buildings", "Schools"],
            "sections": ["Sections"],
            "users": ["Users"],
        },
    )

__all__ = [
    "Buildings",
    "Courses",
    "Enrollments",
    "GradingPeriods",
    "Groups",
    "Roles",
    "Schools",
    "Sections",
    "Users",
]
