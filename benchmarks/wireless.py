"""A bulk without a road: each answer is there before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import orjson

from lms_async import Bulk, Call, Status
from lms_async.http.call import AttemptObserver
from lms_async.http.transport import Transport
from schoology_async.resources.users import Users


class Wireless:
    """A transport that has each answer ready: what the road costs is left out, JSON is not."""

    width = 64
    max_failed_chunks = 5
    account = "wireless"

    def __init__(self, answers: Iterable[bytes]) -> None:
        self._answers = iter(answers)

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        if watch is not None:
            await watch.before_send()
        orjson.dumps(call.body)
        return orjson.loads(next(self._answers)), 1


def without_wire(people: Iterable[Any], answers: Iterable[bytes]) -> Bulk[Any]:
    """An import of ``people`` whose batches of 50 are answered by ``answers``, in their order."""
    users = Users(cast("Transport", Wireless(answers)))
    return users.create_many(people, update_existing=True)


async def outcomes(bulk: Bulk[Any]) -> int:
    """How many rows of ``bulk`` were done; every outcome is looked at, in order."""
    done = 0
    async for outcome in bulk:
        done += outcome.status is Status.DONE
    return done
