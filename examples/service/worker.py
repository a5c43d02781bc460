"""A worker, which runs the imports that people have started: ``python -m service.worker``.

Start as many as you like, on any hosts that share the folder of uploads. A worker may be stopped or
killed at any time. Another one continues its work, and each row is sent once.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import psycopg
from attrs import define, field

from lms_async import JournalFailed, LmsError
from lms_async.accounts import Accounts, SharedSession
from lms_async.events import Event, Refused, RequestFailed, RequestSent, ResponseReceived, Retrying
from lms_async.journal.postgres import delete_old_journals
from lms_async.limits.shared.windows import RedisWindows
from schoology_async import Schoology

from . import results
from .database import Database, Import, State, Work, opened
from .files import Files, NotUsable
from .kinds import Kind, make_kinds
from .settings import MissingSetting, Settings, credentials, required

log = logging.getLogger("service")

#: How many parts of imports a worker runs at the same time.
_AT_ONCE = 4
#: Each part needs a connection for its lock, one for its journal, and one for reports.
_CONNECTIONS = 3 * _AT_ONCE + 2
#: The timeout of requests to Schoology, in seconds.
_TIMEOUT = 20.0
#: Schoology's limit for each key.
_LIMIT, _PER = 13, 5.0
#: Seconds between two looks for work, two reports, and two looks for what is to be deleted.
_IDLE, _REPORT, _CLEAN_UP = 1.0, 1.0, 60.0


@define
class Waits:
    """What the requests of one school wait for."""

    _under_way: int = 0
    _paused_until: float = 0.0
    _pause: str = ""

    def hear(self, event: Event) -> None:
        """Take an event of the school's client."""
        match event:
            case RequestSent():
                self._under_way += 1
            case ResponseReceived() | RequestFailed():
                self._under_way -= 1
            case Refused():
                self._note(event.seconds, "Schoology asked for a pause")
            case Retrying():
                self._note(event.seconds, f"A request failed ({event.error}) and is repeated")

    def _note(self, seconds: float, why: str) -> None:
        self._paused_until = time.monotonic() + seconds
        self._pause = why

    @property
    def text(self) -> str:
        """The reason in words for the page; "" if a request is under way."""
        seconds = self._paused_until - time.monotonic()
        if seconds > 0:
            return f"{self._pause}. Next request in {math.ceil(seconds)} seconds."
        if self._under_way:
            return ""
        return f"Waiting for the rate limit of {_LIMIT} requests in {_PER:.0f} seconds."


@define
class Worker:
    """Runs shards, and deletes what is old.

    :param redis_is_new: for demonstrations only, see ``docs/sharing-a-limit.md``.
    """

    database: Database
    settings: Settings
    redis: str = field(repr=False)
    redis_is_new: bool = False
    files: Files = field(init=False)
    kinds: Mapping[str, Kind] = field(init=False)
    accounts: Accounts[Schoology] = field(init=False)
    windows: RedisWindows = field(init=False)
    waits: dict[str, Waits] = field(factory=dict)

    async def run(self) -> None:
        """Work until it is cancelled."""
        self.files = Files(self.settings.uploads)
        self.kinds = make_kinds(self.files, self.settings, self.database.pool)
        async with AsyncExitStack() as stack:
            self.windows = await stack.enter_async_context(
                RedisWindows(self.redis, timeout=_TIMEOUT, redis_is_new=self.redis_is_new)
            )
            self.accounts = await stack.enter_async_context(Accounts(self._client))
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            tasks.create_task(self._clean_up())
            for _ in range(_AT_ONCE):
                tasks.create_task(self._work())

    async def _client(self, school: str, session: SharedSession) -> Schoology:
        # Credentials are read again if Schoology refuses them.
        self.waits.setdefault(school, Waits())
        return Schoology.from_env(
            credentials(school),
            session=session,
            limiter=self.windows.window(_LIMIT, per=_PER, scope=f"schoology {school}"),
            timeout=_TIMEOUT,
            events=[self.waits[school].hear],
        )

    async def _work(self) -> None:
        while True:
            found = False
            try:
                async with self.database.taken() as work:
                    if work is not None:
                        found = True
                        await self._do(work)
            except (psycopg.Error, JournalFailed) as error:
                # The next attempt continues where the journal ends.
                log.warning("PostgreSQL failed: %s", type(error).__name__)
                found = False
            if not found:
                await asyncio.sleep(_IDLE)

    async def _do(self, work: Work) -> None:
        one = work.of
        state = State.UNPLANNED if one.state == State.PLANNING else State.FAILED
        try:
            if not work.shard:
                await self._finish(one)
                return
            result = await self._run(one, work.shard)
            state, message = result or (State.STOPPED, "")
        except JournalFailed:
            raise
        except (LmsError, NotUsable) as error:
            message = str(error)
        except OSError as error:
            message = f"A file could not be read or written: {error.strerror}."
        if state not in (one.state, State.STOPPED):
            await self.database.change(one, state, unless=(State.STOPPED,), message=message)
        await self._write_results_so_far(one)

    async def _write_results_so_far(self, one: Import) -> None:
        """Write what is known about a plan if it was stopped or has failed.

        This ends early if a person resumes or deletes the plan. If it fails, for example because
        Schoology is unavailable, the numbers of each step are still known.
        """
        if not self.kinds[one.kind].needs_credentials or not await self._is_interrupted(one):
            return
        writing = asyncio.ensure_future(self._write(one, self.files.results_so_far(one.id)))
        try:
            while not writing.done():
                if not await self._is_interrupted(one):
                    writing.cancel()
                await asyncio.wait([writing], timeout=_REPORT)
        finally:
            writing.cancel()
            await asyncio.wait([writing])
        try:
            if not writing.cancelled():
                writing.result()
        except (LmsError, OSError) as error:
            log.warning("the results so far were not written: %s", type(error).__name__)
        if await self.database.find(one.school, one.id) is None:
            self.files.delete(one.id)

    async def _is_interrupted(self, one: Import) -> bool:
        now = await self.database.find(one.school, one.id)
        return now is not None and now.state in (State.STOPPED, State.FAILED)

    async def _finish(self, one: Import) -> None:
        """Write the results, and delete the other files. This may be done more than once."""
        kind, path = self.kinds[one.kind], self.files.results(one.id)
        if not path.exists():
            await self._write(one, path)
        steps = await asyncio.to_thread(
            lambda: results.counted(results.read_file(path), kind.columns)
        )
        self.files.delete_inputs(one.id)
        await self.database.finish(one, steps)
        log.info("import %s of %s has finished", one.id, one.school)

    async def _write(self, one: Import, path: Path) -> None:
        kind = self.kinds[one.kind]
        async with self.accounts.client(one.school) as client:
            await results.write_file(path, kind.columns, kind.lines(one, client))

    async def _run(self, one: Import, shard: int) -> tuple[State, str] | None:
        """Do a part of an import. Return the state afterwards; ``None`` if it was stopped."""
        is_done = False
        self.files.results_so_far(one.id).unlink(missing_ok=True)  # they become out of date
        try:
            result = await self._send(one, shard)
            is_done = result is not None and result[0] is State.STARTED
            return result
        finally:
            with suppress(psycopg.Error):
                await self.database.leave(one, shard, is_done=is_done)

    async def _send(self, one: Import, shard: int) -> tuple[State, str] | None:
        async with self.accounts.client(one.school) as schoology:
            running = asyncio.ensure_future(self.kinds[one.kind].run(one, shard, schoology))
            try:
                while not running.done():
                    # Cancelled, it waits for the responses to what it has sent.
                    if not await self.database.report(one, shard, self.waits[one.school].text):
                        running.cancel()
                    await asyncio.wait([running], timeout=_REPORT)
            finally:
                running.cancel()
                await asyncio.wait([running])
        return None if running.cancelled() else running.result()

    async def _clean_up(self) -> None:
        while True:
            try:
                await delete_old(self.database, self.files, hours=self.settings.keep_hours)
            except (psycopg.Error, LmsError, OSError) as error:
                log.warning("could not delete old imports: %s", type(error).__name__)
            await asyncio.sleep(_CLEAN_UP)


async def delete_old(database: Database, files: Files, *, hours: float) -> None:
    """Delete imports that are so many hours old, also those that were never started.

    :raises psycopg.Error: PostgreSQL failed.
    :raises JournalUnusable: it failed to delete the journals.
    """
    for one in await database.older_than(hours):
        await database.delete(one)
        files.delete(one.id)
    files.delete_others(await database.ids(), hours=hours)
    # They have Schoology's reasons, which may name people.
    await delete_old_journals(database.pool, unused_for=hours * 3600)


async def _work_until_stopped() -> None:
    settings = Settings.from_env()
    redis = required(os.environ, "SERVICE_REDIS")
    is_new = os.environ.get("SERVICE_REDIS_IS_NEW") == "1"
    async with opened(settings.database, connections=_CONNECTIONS) as database:
        running = asyncio.ensure_future(Worker(database, settings, redis, is_new).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        with suppress(asyncio.CancelledError):
            await running


def main() -> None:
    """Work until SIGTERM or Ctrl-C. Requests that were sent get their responses first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(_work_until_stopped())
    except MissingSetting as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
