"""The operations on the school's grading periods."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import GradingPeriod
from .base import EMPTY, Operations, Row, Verbs


class GradingPeriodOperations(Operations):
    """``gradingperiods``."""

    def verbs(self, request: Request, rest: tuple[str, ...]) -> Verbs | None:
        """Return the operations on a path below ``gradingperiods``."""
        match rest:
            case ():
                return {
                    "GET": lambda: self._list(request),
                    "POST": lambda: self._create(request),
                }
            case (identity,):
                return {
                    "GET": lambda: self._view(request, identity),
                    "PUT": lambda: self._update(request, identity),
                    "DELETE": lambda: self._delete(identity),
                }
        return None

    def _list(self, request: Request) -> Response:
        title = request.query.get("title", "")
        starts = request.query.get("startswith") == "1"
        found = [
            period
            for period in self.school.grading_periods
            if not title or (period.title.startswith(title) if starts else period.title == title)
        ]

        def view(period: GradingPeriod) -> Row:
            return {
                "id": int(period.id),
                "title": period.title,
                "start": period.start,
                "end": period.end,
                "active": str(self._active(period)),  # a string here, a number in the single read
                "links": {"self": self._location(period)},
            }

        # The key of the rows is plural, unlike in all other lists.
        return self.listing(request, "gradingperiods", found, view, total=int, links=False)

    def _create(self, request: Request) -> Response:
        period = self.school.grading_periods.create(bodies.read(request))
        links = {"links": {"self": self._location(period)}}
        # From the documents, not from the live API: strings, and fewer fields than in a read.
        shown = {
            "id": period.id,
            "title": period.title,
            "start": period.start,
            "end": period.end,
            "active": str(self._active(period)),
        }
        return bodies.write(request, 201, shown | links)

    def _view(self, request: Request, identity: str) -> Response:
        periods = self.school.grading_periods
        period = periods.find(identity)
        shown = {
            "id": int(period.id),
            "title": period.title,
            "start": period.start,
            "end": period.end,
            "active": self._active(period),
            "parent": period.parent,
            "has_children": any(each.parent == identity for each in periods),
        }
        return bodies.write(request, 200, shown)

    def _update(self, request: Request, identity: str) -> Response:
        self.school.grading_periods.update(identity, bodies.read(request))
        return EMPTY

    def _delete(self, identity: str) -> Response:
        self.school.grading_periods.delete(identity)
        return EMPTY

    def _active(self, period: GradingPeriod) -> int:
        return int(period.is_current(self.today))

    def _location(self, period: GradingPeriod) -> str:
        return self.url(f"gradingperiods/{period.id}")
