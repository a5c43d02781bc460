"""The operations on groups."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..oauth import Caller
from ..roster import Group
from ..roster.groups import CATEGORIES
from .base import EMPTY, Operations, Row, Verbs


class GroupOperations(Operations):
    """``groups``."""

    def verbs(self, request: Request, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``groups``."""
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(request, caller),
                    "POST": lambda: self._create(request, caller),
                }
            case ("categories",):
                return {"GET": lambda: self._categories(request)}
            case (group_id,):
                return {
                    "GET": lambda: self._view(request, group_id, caller),
                    "PUT": lambda: self._update(request, group_id),
                    "DELETE": lambda: self._delete(group_id),
                }
            case (group_id, *_):
                # Like the live API, return the group for an unknown path below it.
                return {"GET": lambda: self._view(request, group_id, caller)}
        return None

    def row(self, group: Group, caller: Caller, *, links: bool, admin: bool) -> Row:
        """Return a group. Its options are numbers, unlike the options of a section.

        :param links: add ``links``, as in lists.
        :param admin: add ``admin``, as in all responses except the list of groups.
        """
        mine = self.school.enrollments.between("group", group.id, caller.uid)
        leads = self.is_administrator(caller) or (mine is not None and mine.admin == 1)
        shown: Row = {
            "id": group.id,
            "title": group.title,
            "description": group.description,
            "website": group.website,
            "access_code": group.access_code if leads else None,
            "category": group.category or "",
            "options": dict(group.options),
            "group_code": group.group_code,
            "privacy_level": group.privacy_level,
            "picture_url": self.picture("group-default.gif"),
            "school_id": str(self.school.school_id),
            "building_id": group.building_id,
        }
        if links:
            shown["links"] = {"self": self.url(f"groups/{group.id}")}
        return shown | ({"admin": int(leads)} if admin else {})

    def _list(self, request: Request, caller: Caller) -> Response:
        building = request.query.get("building_id")
        found = [g for g in self.school.groups if building in {None, "", g.building_id}]

        def view(group: Group) -> Row:
            return self.row(group, caller, links=True, admin=False)

        return self.listing(request, "group", found, view, total=int)

    def _create(self, request: Request, caller: Caller) -> Response:
        group = self.school.groups.create(bodies.read(request))
        shown = self.row(group, caller, links=True, admin=False)
        # A missing category is null here, and "" in all other responses.
        return bodies.write(request, 201, shown | {"category": group.category})

    def _view(self, request: Request, group_id: str, caller: Caller) -> Response:
        group = self.school.groups.find(group_id)
        return bodies.write(request, 200, self.row(group, caller, links=False, admin=True))

    def _update(self, request: Request, group_id: str) -> Response:
        self.school.groups.update(group_id, bodies.read(request))
        return EMPTY

    def _delete(self, group_id: str) -> Response:
        self.school.groups.delete(group_id)
        return EMPTY

    def _categories(self, request: Request) -> Response:
        rows: list[Row] = [{"id": slug, "title": title} for slug, title in CATEGORIES]
        return self.whole_list(request, "category", rows)
