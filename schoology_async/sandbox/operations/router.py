"""Find the operation for a method and a path."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from ..oauth import Caller
from ..state import State
from . import grades
from .base import Verbs
from .copies import CopyOperations
from .courses import CourseOperations
from .enrollments import EnrollmentOperations
from .exports import ExportOperations
from .grading_periods import GradingPeriodOperations
from .groups import GroupOperations
from .imports import ImportOperations
from .people import PATHS, REALMS, PeopleOperations
from .roles import RoleOperations
from .schools import SchoolOperations
from .search import SearchOperations
from .sections import SectionOperations


class Router:
    """Finds and runs the operation for a request."""

    def __init__(self, state: State) -> None:
        self._sections = SectionOperations(state)
        self._courses = CourseOperations(state, self._sections)
        self._enrollments = EnrollmentOperations(state)
        self._schools = SchoolOperations(state)
        self._roles = RoleOperations(state)
        self._periods = GradingPeriodOperations(state)
        self._groups = GroupOperations(state)
        self._people = PeopleOperations(state, self._sections, self._groups)
        self._copies = CopyOperations(state)
        self._grades = grades.GradeOperations(state)
        self._search = SearchOperations(state)
        self._exports = ExportOperations(state)
        self._imports = ImportOperations(state, self._enrollments)

    def has(self, path: tuple[str, ...]) -> bool:
        """Return whether this router serves a path below ``users``, and not ``server.py``."""
        return len(path) > 2 and path[1].isdigit() and path[2] in PATHS

    def serve(self, request: Request, caller: Caller) -> Response:
        """Answer a request."""
        first, *rest = request.segments
        verbs = self._verbs(request, (first.lower(), *rest), caller)
        if verbs is None:
            return Response(404)
        verb = verbs.get(request.method)
        if verb is None:
            return Response(405, headers={"Allow": ", ".join(verbs)})
        return verb()

    def _verbs(self, request: Request, path: tuple[str, ...], caller: Caller) -> Verbs | None:
        match path:
            case ("sections" | "groups" as realms, realm_id, "enrollments", *rest):
                realm = REALMS[realms]
                return self._enrollments.verbs_of_realm(request, realm, realm_id, tuple(rest))
            case ("sections" | "groups" as realms, *rest) if rest[-1:] == ["accesscode"]:
                where = rest[0] if len(rest) == 2 else None
                kind = REALMS[realms]
                return {"POST": lambda: self._enrollments.redeem(request, kind, where, caller)}
            case ("users", uid, *rest):
                return self._people.verbs(request, uid, tuple(rest), caller)
            case ("sections", "copy"):
                return self._copies.verbs(request, caller)
            case ("sections", section_id, name) if name in grades.PATHS:
                return self._grades.verbs(request, section_id, name)
            case ("search",):
                return self._search.verbs(request, caller)
            case ("csvexport", *rest):
                return self._exports.verbs(request, tuple(rest), caller)
            case ("schools", *rest):
                return self._schools.verbs(request, tuple(rest))
            case ("roles", *rest):
                return self._roles.verbs(request, tuple(rest))
            case ("gradingperiods", *rest):
                return self._periods.verbs(request, tuple(rest))
            case ("groups", *rest):
                return self._groups.verbs(request, tuple(rest), caller)
            case ("sections", *rest):
                return self._sections.verbs(request, tuple(rest), caller)
            case ("courses", *rest):
                return self._courses.verbs(request, tuple(rest), caller)
            case ("enrollments", "import", "course", *rest):
                return self._imports.verbs(request, tuple(rest))
            case ("enrollments", *rest):
                return self._enrollments.verbs(request, tuple(rest))
        return None
