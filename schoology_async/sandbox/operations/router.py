"""Which operation a method and a path mean."""

from __future__ import annotations

from lms_async.sandbox import Arrived, Response

from ..oauth import Caller
from ..roster import Realm
from ..state import State
from .base import Verbs
from .courses import CourseOperations
from .enrollments import EnrollmentOperations
from .grading_periods import GradingPeriodOperations
from .groups import GroupOperations
from .imports import ImportOperations
from .roles import RoleOperations
from .schools import SchoolOperations
from .sections import SectionOperations

REALMS: dict[str, Realm] = {"sections": "section", "groups": "group"}


class Router:
    """Finds and does the operation of a request."""

    def __init__(self, state: State) -> None:
        self._sections = SectionOperations(state)
        self._courses = CourseOperations(state, self._sections)
        self._enrollments = EnrollmentOperations(state)
        self._schools = SchoolOperations(state)
        self._roles = RoleOperations(state)
        self._periods = GradingPeriodOperations(state)
        self._groups = GroupOperations(state)
        self._imports = ImportOperations(state, self._enrollments)

    def serve(self, arrived: Arrived, caller: Caller) -> Response:
        """Answer a request."""
        first, *rest = arrived.segments
        verbs = self._verbs(arrived, (first.lower(), *rest), caller)
        if verbs is None:
            return Response(404)
        verb = verbs.get(arrived.method)
        if verb is None:
            return Response(405, headers={"Allow": ", ".join(verbs)})
        return verb()

    def _verbs(self, arrived: Arrived, path: tuple[str, ...], caller: Caller) -> Verbs | None:
        match path:
            case ("sections" | "groups" as realms, realm_id, "enrollments", *rest):
                realm = REALMS[realms]
                return self._enrollments.verbs_of_realm(arrived, realm, realm_id, tuple(rest))
            case ("sections" | "groups" as realms, *rest) if rest[-1:] == ["accesscode"]:
                where = rest[0] if len(rest) == 2 else None
                kind = REALMS[realms]
                return {"POST": lambda: self._enrollments.redeem(arrived, kind, where, caller)}
            case ("schools", *rest):
                return self._schools.verbs(arrived, tuple(rest))
            case ("roles", *rest):
                return self._roles.verbs(arrived, tuple(rest))
            case ("gradingperiods", *rest):
                return self._periods.verbs(arrived, tuple(rest))
            case ("groups", *rest):
                return self._groups.verbs(arrived, tuple(rest), caller)
            case ("sections", *rest):
                return self._sections.verbs(arrived, tuple(rest), caller)
            case ("courses", *rest):
                return self._courses.verbs(arrived, tuple(rest), caller)
            case ("enrollments", "import", "course", *rest):
                return self._imports.verbs(arrived, tuple(rest))
            case ("enrollments", *rest):
                return self._enrollments.verbs(arrived, tuple(rest))
        return None
