"""The records of a sandbox's school, except accounts: courses, sections, enrollments and others.

This package has state only: no clock and no network. Every store keeps its records by the vendor's
id, enforces the vendor's rules, and counts changes. Start reading at :class:`.courses.Courses`.
"""

from .buildings import Building, Buildings
from .courses import Course, Courses
from .enrollments import Enrollment, Enrollments, Realm
from .gradebook import Gradebook
from .grading_periods import GradingPeriod, GradingPeriods
from .groups import Group, Groups
from .people import Connections, FriendRequest, Invite
from .roles import Role, Roles
from .sections import Section, Sections
from .stores import Roster

__all__ = [
    "Building",
    "Buildings",
    "Connections",
    "Course",
    "Courses",
    "Enrollment",
    "Enrollments",
    "FriendRequest",
    "Gradebook",
    "GradingPeriod",
    "GradingPeriods",
    "Group",
    "Groups",
    "Invite",
    "Realm",
    "Role",
    "Roles",
    "Roster",
    "Section",
    "Sections",
]
