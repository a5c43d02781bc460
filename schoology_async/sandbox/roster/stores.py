"""The stores of a school's roster, connected to each other."""

from __future__ import annotations

from .buildings import Buildings
from .courses import Courses
from .enrollments import Enrollments, Realm
from .gradebook import Gradebook
from .grading_periods import GradingPeriods
from .groups import Groups
from .people import Connections
from .roles import Roles
from .sections import Sections


class Roster:
    """All records of a school, except accounts.

    :param school_id: the id of the API user's school.
    """

    def __init__(self, school_id: str, title: str) -> None:
        self.roles = Roles()
        self.buildings = Buildings(school_id, title)
        self.grading_periods = GradingPeriods()
        self.enrollments = Enrollments()
        self.sections = Sections(self.grading_periods, self.enrollments)
        self.courses = Courses(school_id, self.sections)
        self.groups = Groups(school_id, self.enrollments)
        self.connections = Connections(self.enrollments)
        self.gradebook = Gradebook()

    def has_realm(self, realm: Realm, realm_id: str) -> bool:
        """Return whether this section or group exists."""
        return realm_id in (self.sections if realm == "section" else self.groups)
