"""The operations on groups."""

from __future__ import annotations

from lms_async.sandbox import Arrived, Response

from .. import bodies
from ..oauth import Caller
from ..roster import Group
from ..roster.groups import CATEGORIES
from .base import EMPTY, Operations, Row, Verbs


class GroupOperations(Operations):
    """``groups``."""

    def verbs(self, arrived: Arrived, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``groups``."""
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(arrived, caller),
                    "POST": lambda: self._create(arrived, caller),
                }
            case ("categories",):
                return {"GET": lambda: self._categories(arrived)}
            case (group_id,):
                return {
                    "GET": lambda: self._view(arrived, group_id, caller),
                    "PUT": lambda: self._update(arrived, group_id),
                    "DELETE": lambda: self._delete(group_id),
                }
            case (group_id, *_):
                # An unknown path below a group answers with the group, as the live API does.
                return {"GET": lambda: self._view(arrived, group_id, caller)}
        return None

    def row(self, group: Group, caller: Caller, *, links: bool, admin: bool) -> Row:
        """Return a group. Its options are numbers; those of a section are strings.

        :param links: whether the row has links: in lists.
        :param admin: whether the row says that the caller is an admin: not in the list of groups.
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

    def _list(self, arrived: Arrived, caller: Caller) -> Response:
        building = arrived.query.get("building_id")
        found = [g for g in self.school.groups if building in {None, "", g.building_id}]

        def view(group: Group) -> Row:
            return self.row(group, caller, links=True, admin=False)

        return self.listing(arrived, "group", found, view, total=int)

    def _create(self, arrived: Arrived, caller: Caller) -> Response:
        group = self.school.groups.create(bodies.read(arrived))
        shown = self.row(group, caller, links=True, admin=False)
        return bodies.write(arrived, 201, shown | {"category": group.category})  # null only here

    def _view(self, arrived: Arrived, group_id: str, caller: Caller) -> Response:
        group = self.school.groups.find(group_id)
        return bodies.write(arrived, 200, self.row(group, caller, links=False, admin=True))

    def _update(self, arrived: Arrived, group_id: str) -> Response:
        self.school.groups.update(group_id, bodies.read(arrived))
        return EMPTY

    def _delete(self, group_id: str) -> Response:
        self.school.groups.delete(group_id)
        return EMPTY

    def _categories(self, arrived: Arrived) -> Response:
        rows: list[Row] = [{"id": slug, "title": title} for slug, title in CATEGORIES]
        return self.whole_list(arrived, "category", rows)
