"""The operations on roles."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import Role
from .base import Operations, Row, Verbs


class RoleOperations(Operations):
    """``roles``."""

    def verbs(self, request: Request, rest: tuple[str, ...]) -> Verbs | None:
        """Return the operations on a path below ``roles``."""
        match rest:
            case ():
                return {"GET": lambda: self._list(request)}
            case (role_id,):
                return {"GET": lambda: self._view(request, role_id)}
        return None

    def _list(self, request: Request) -> Response:
        def shown(role_type: int) -> list[Row]:
            return [
                _row(role) | {"links": {"self": self.url(f"roles/{role.id}")}}
                for role in self.school.roles
                if role.role_type == role_type
            ]

        body: Row = {"role": self.state.many(shown(1))}  # no total and no links
        if overriding := shown(2):
            body["building_role"] = self.state.many(overriding)
        return bodies.write(request, 200, body)

    def _view(self, request: Request, role_id: str) -> Response:
        return bodies.write(request, 200, _row(self.school.roles.find(role_id)))


def _row(role: Role) -> Row:
    return {
        "id": int(role.id),  # a number in the live API, a string in the documents
        "title": role.title,
        "faculty": role.faculty,
        "role_type": role.role_type,
    }
