"""The search for people, groups and courses."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from lms_async.sandbox import Request, Response

from .. import bodies
from ..oauth import Caller
from .base import Operations, Row, Verbs, number

_PAGE = 10
"""The number of results per page, from a link in the documents."""


class SearchOperations(Operations):
    """``search``."""

    def verbs(self, request: Request, caller: Caller) -> Verbs:
        """Return the operations on ``search``."""
        return {"GET": lambda: self._search(request, caller)}

    def _search(self, request: Request, caller: Caller) -> Response:
        if not self.is_administrator(caller):
            return Response(403)  # as in the live API for a student; assumed for a teacher
        words = request.query.get("keywords", "").strip().lower()
        kind = request.query.get("type", "")
        if not words or kind not in {"", "user", "group", "course"}:
            return bodies.plain(400)  # assumed
        kinds: dict[str, Callable[[str], list[Row]]] = {
            "user": self._users,
            "group": self._groups,
            "course": self._courses,
        }
        body = {
            f"{name}s": self._block(request, find(words))
            for name, find in kinds.items()
            if kind in {"", name}
        }
        return bodies.write(request, 200, body)

    def _block(self, request: Request, found: list[Row]) -> Row:
        page = number(request, "page")
        rows = found[page * _PAGE : (page + 1) * _PAGE]

        def link(at: int) -> str:
            kept = {k: v for k, v in request.query.items() if k not in {"page", "limit"}}
            return f"{self.url('search')}?{urlencode({**kept, 'limit': _PAGE, 'page': at})}"

        links = {"self": link(page)}
        if (page + 1) * _PAGE < len(found):
            links["next"] = link(page + 1)
        return {"search_result": self.state.many(rows), "total": len(found), "links": links}

    def _school(self) -> Row:
        return {"school": self.school.title, "school_id": str(self.school.school_id)}

    def _users(self, words: str) -> list[Row]:
        return [
            {
                "uid": account.uid,
                "name": account.name_display,
                "picture_url": self.picture("default_user.gif"),
                **self._school(),
            }
            for account in self.school.users.values()
            if words in account.name_display.lower()
        ]

    def _groups(self, words: str) -> list[Row]:
        return [
            {
                "id": group.id,
                "group_title": group.title,
                "picture_url": self.picture("group-default.gif"),
                **self._school(),
            }
            for group in self.school.groups
            if words in group.title.lower()
        ]

    def _courses(self, words: str) -> list[Row]:
        return [
            {
                "id": course.id,
                "course_title": course.title,
                "dep_code": course.department,
                "course_code": course.course_code,
                "course_description": course.description,
                "picture_url": self.picture("course-default.gif"),
                **self._school(),
            }
            for course in self.school.courses
            if words in f"{course.title}\n{course.course_code}".lower()
        ]
