"""Everything under ``users``: which operation a method and a path mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms_async.sandbox import Arrived, Response

from .oauth import Caller
from .reads import Reads
from .state import State
from .writes import Writes


class Users:
    """The sixteen operations on users."""

    def __init__(self, state: State) -> None:
        self._reads = Reads(state)
        self._writes = Writes(state, self._reads)

    def serve(self, arrived: Arrived, rest: tuple[str, ...], caller: Caller) -> Response:
        """Answer a request for ``users/…``; ``rest`` is the rest of the path."""
        verbs = self._verbs(arrived, rest, caller)
        if verbs is None:
            # Also for an unknown path below a user: unlike schools, not known to answer 200.
            return Response(404)
        verb = verbs.get(arrived.method)
        if verb is None:
            return Response(405, headers={"Allow": ", ".join(verbs)})
        return verb()

    def _verbs(
        self, arrived: Arrived, rest: tuple[str, ...], caller: Caller
    ) -> Mapping[str, Callable[[], Response]] | None:
        match rest:
            case ():
                return {
                    "GET": lambda: self._reads.list_users(arrived),
                    "POST": lambda: self._writes.post(arrived),
                    "PUT": lambda: self._writes.update_many(arrived),
                    "DELETE": lambda: self._writes.delete_many(arrived),
                }
            case ("me",):
                return {"GET": lambda: self._reads.go_to(caller.uid)}
            case ("languages",):
                return {"GET": lambda: self._reads.languages(arrived)}
            case ("inactive",):
                return {"GET": lambda: self._reads.list_inactive(arrived)}
            case ("inactive", uid):
                return {"GET": lambda: self._reads.view_inactive(arrived, uid)}
            case ("reactivate",):
                return {"PUT": lambda: self._writes.reactivate(arrived)}
            case ("ext", school_uid):
                return {"GET": lambda: self._reads.by_school_uid(school_uid)}
            case ("import", "associations", "advisors" | "parents" as kind):
                return {"POST": lambda: self._writes.associate(arrived, kind)}
            case (uid,):
                return {
                    "GET": lambda: self._reads.view(arrived, uid),
                    "PUT": lambda: self._writes.update(arrived, uid),
                    "DELETE": lambda: self._writes.delete(arrived, uid),
                }
        return None
