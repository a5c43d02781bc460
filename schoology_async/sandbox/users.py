"""Route the requests for ``users`` and all paths below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms_async.sandbox import Request, Response

from .oauth import Caller
from .reads import Reads
from .state import State
from .writes import Writes


class Users:
    """The sixteen operations on users."""

    def __init__(self, state: State) -> None:
        self._reads = Reads(state)
        self._writes = Writes(state, self._reads)

    def serve(self, request: Request, rest: tuple[str, ...], caller: Caller) -> Response:
        """Answer a request for ``users/…``; ``rest`` is the rest of the path."""
        verbs = self._verbs(request, rest, caller)
        if verbs is None:
            # Also for an unknown path below a user. For schools the live API answers 200 instead.
            return Response(404)
        verb = verbs.get(request.method)
        if verb is None:
            return Response(405, headers={"Allow": ", ".join(verbs)})
        return verb()

    def _verbs(
        self, request: Request, rest: tuple[str, ...], caller: Caller
    ) -> Mapping[str, Callable[[], Response]] | None:
        match rest:
            case ():
                return {
                    "GET": lambda: self._reads.list_users(request),
                    "POST": lambda: self._writes.post(request),
                    "PUT": lambda: self._writes.update_many(request),
                    "DELETE": lambda: self._writes.delete_many(request),
                }
            case ("me",):
                return {"GET": lambda: self._reads.go_to(caller.uid)}
            case ("languages",):
                return {"GET": lambda: self._reads.languages(request)}
            case ("inactive",):
                return {"GET": lambda: self._reads.list_inactive(request)}
            case ("inactive", uid):
                return {"GET": lambda: self._reads.view_inactive(request, uid)}
            case ("reactivate",):
                return {"PUT": lambda: self._writes.reactivate(request)}
            case ("ext", school_uid):
                return {"GET": lambda: self._reads.by_school_uid(school_uid)}
            case ("import", "associations", "advisors" | "parents" as kind):
                return {"POST": lambda: self._writes.associate(request, kind)}
            case (uid,):
                return {
                    "GET": lambda: self._reads.view(request, uid),
                    "PUT": lambda: self._writes.update(request, uid),
                    "DELETE": lambda: self._writes.delete(request, uid),
                }
        return None
