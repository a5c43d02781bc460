"""Find the operation for a method and a path, and list all permissions."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from lms_async.sandbox import Request, Response

from ..state import State
from .academic_years import AcademicYearOperations
from .auth import AuthOperations
from .base import Declared, Operations
from .class_members import ClassMemberOperations
from .classes import ClassOperations
from .memberships import MembershipOperations
from .parents import ChildOperations, ParentOperations
from .reports import ReportOperations
from .school import SchoolOperations
from .students import StudentOperations
from .subjects import SubjectGroupOperations, SubjectOperations
from .teachers import TeacherOperations
from .year_groups import YearGroupOperations

_RESOURCES: tuple[type[Operations], ...] = (
    *(AuthOperations, SchoolOperations, AcademicYearOperations, SubjectGroupOperations),
    *(SubjectOperations, ReportOperations, YearGroupOperations, ClassOperations),
    *(ClassMemberOperations, StudentOperations, TeacherOperations, ParentOperations),
    *(ChildOperations, MembershipOperations),
)


@frozen
class Route:
    """An operation of a resource."""

    declared: Declared
    resource: type[Operations]
    name: str


def _routes() -> Iterator[Route]:
    for resource in _RESOURCES:
        for name, member in vars(resource).items():
            declared = getattr(member, "declared", None)
            if declared is not None:
                yield Route(declared, resource, name)


ROUTES = tuple(_routes())
"""All operations of v2."""

PERMISSIONS = frozenset(
    route.declared.permission for route in ROUTES if route.declared.permission is not None
)
"""All permissions. The names are assumed: they follow the one example in the reference,
``students/excusals/index``. OAuth scopes are assumed to have the same names."""

_INDEX: dict[tuple[str, int], list[Route]] = {}
for _route in ROUTES:
    _INDEX.setdefault((_route.declared.method, len(_route.declared.path)), []).append(_route)


@frozen
class Match:
    """An operation with the arguments of its path."""

    route: Route
    arguments: tuple[str, ...]


def match(method: str, path: tuple[str, ...]) -> Match | None:
    """Return the operation for a path. If two match, return the one with fewer arguments."""
    fitting = [
        Match(route, tuple(p for p, t in zip(path, route.declared.path, strict=True) if t == "{}"))
        for route in _INDEX.get((method, len(path)), ())
        if all(t in ("{}", p) for p, t in zip(path, route.declared.path, strict=True))
    ]
    return min(fitting, key=lambda each: len(each.arguments), default=None)


class Router:
    """Calls the operation for a request."""

    def __init__(self, state: State) -> None:
        self._resources = {resource: resource(state) for resource in _RESOURCES}

    def serve(self, request: Request, found: Match) -> Response:
        """Call the operation that was found, and return its response."""
        operation = getattr(self._resources[found.route.resource], found.route.name)
        response: Response = operation(request, *found.arguments)
        return response
