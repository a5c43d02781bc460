"""The operations on schools and their buildings."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import Building
from ..roster.buildings import NAMES
from .base import EMPTY, Operations, Row, Verbs


class SchoolOperations(Operations):
    """``schools`` and ``schools/{id}/buildings``."""

    def verbs(self, request: Request, rest: tuple[str, ...]) -> Verbs | None:
        """Return the operations on a path below ``schools``."""
        buildings = self.school.buildings
        match rest:
            case ():
                return {
                    # Without a total and links, as in the live API.
                    "GET": lambda: self._all(request, "school", buildings.schools()),
                    "POST": lambda: self._create(request, None),
                }
            case (school_id, "buildings") if school_id in buildings:
                return {
                    "GET": lambda: self._all(request, "building", buildings.of_school(school_id)),
                    "POST": lambda: self._create(request, school_id),
                }
            case (school_id,):
                return {
                    "GET": lambda: self._view(request, school_id),
                    "PUT": lambda: self._update(request, school_id),
                    "DELETE": lambda: self._delete(school_id),
                }
            case (school_id, *_):
                # An unknown path below a school answers with the school, as the live API does.
                return {"GET": lambda: self._view(request, school_id)}
        return None

    def _all(self, request: Request, key: str, found: list[Building]) -> Response:
        return self.whole_list(request, key, [self._row(each) for each in found])

    def _view(self, request: Request, school_id: str) -> Response:
        return bodies.write(request, 200, self._row(self.school.buildings.find(school_id)))

    def _create(self, request: Request, school_id: str | None) -> Response:
        made = self.school.buildings.create(school_id, bodies.read(request))
        shown = self._row(made)
        # A field that was not set is null here and "" in reads. Two fields are never null.
        shown |= {name: getattr(made, name) for name in NAMES}
        shown |= {name: shown[name] or "" for name in ("website", "building_code")}
        links = {"links": {"self": self.url(f"schools/{made.id}")}}
        return bodies.write(request, 201, shown | links)

    def _update(self, request: Request, school_id: str) -> Response:
        self.school.buildings.update(school_id, bodies.read(request))
        return EMPTY

    def _delete(self, school_id: str) -> Response:
        self.school.buildings.delete(school_id)
        return EMPTY

    def _row(self, building: Building) -> Row:
        return {
            "id": building.id,
            **{name: getattr(building, name) or "" for name in NAMES},
            "picture_url": self.picture("building-default.gif"),
        }
