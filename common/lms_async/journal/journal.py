"""The journal of a bulk: a file with the rows that were sent and their results.

Before a chunk is sent, the journal notes its rows as sent. After the response, it notes each row's
result. The next run with the same journal sends only the rows without a result. Rows that were sent
and got no response are looked up first. A separate thread writes the file, with the notes of
several chunks at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from functools import partial
from operator import attrgetter, eq
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import JournalFailed, JournalUnusable, LmsError
from ..outcome import Outcome, Status
from .entries import EarlierResult, Ended, Rows, Sent
from .key import key_beside
from .tags import Tags

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from .sqlite import JournalFile

#: Seconds between two commits: for each entry of the first one, and at most. Commits are slow, so
#: entries that come fast are written together. With a rate limit, entries come too slowly to wait.
_COMMIT_PAUSE, _MAX_COMMIT_PAUSE = 0.002, 0.04

_id, _status = attrgetter("id"), attrgetter("status")
#: Written instead of a vendor id that equals the row's key, since keys are not stored.
SAME = "="
#: Values that must be equal for a journal to be used again, and the errors if they are not.
_MISMATCHES = {
    "key": "{key} belongs to another journal than {path}",
    "form": "the journal {path} was written with another version of orjson, which writes JSON "
    "differently",
    "account": "the journal {path} was written for another account",
    "operation": "the journal {path} was written by another call or with other options: it has "
    "{noted!r}, and this call is {now!r}",
    "job": "the journal {path} was written for another job",
}


@attrs.frozen
class Journal:
    """The journal of one bulk, in the file ``path``. Use it for one call at a time.

    A second file, ``path`` with ``.key`` added, holds the key of the hashes and is locked while the
    journal is open. While an import runs, or after it was killed, there is also SQLite's log
    (``-wal`` added). Keep these files together. Only their owner can read them. Symbolic links are
    refused. The files contain no names, no email addresses and no rows.

    :param path: the file; it is created if it does not exist.
    :param job: a name for the input, e.g. of its file. A journal that was begun with another name
        is refused.
    :param wait: how many seconds to wait while another process uses the journal. By default it is
        refused at once.
    :param restart: delete its contents, and send all rows.
    :param retry_rejected: send the rows again that the vendor rejected, e.g. after the cause was
        corrected at the vendor. If a row appears in the input several times and was not rejected
        each time, it is not sent again.
    :param keep_reasons: also keep why the vendor rejected a row, to report it again in the next
        run. Off by default, since the vendor's sentence may name a person; the next run then
        reports the vendor's code only.
    :param grace: how many seconds a bulk that is cancelled or left early waits for the responses to
        what it has sent, however often it is cancelled. Rows without a response are noted as sent.
    """

    path: Path = attrs.field(converter=Path)
    job: str = attrs.field(default="", repr=False)
    wait: float = attrs.field(default=0.0, kw_only=True)
    restart: bool = attrs.field(default=False, kw_only=True)
    retry_rejected: bool = attrs.field(default=False, kw_only=True)
    keep_reasons: bool = attrs.field(default=False, kw_only=True)
    grace: float = attrs.field(default=10.0, kw_only=True)

    async def open(self, *, account: Hashable, operation: str) -> OpenJournal:
        """Open the journal for a call.

        :param account: identifies the account.
        :param operation: the call, and those of its options that change its effect.
        :raises JournalUnusable: the journal is in use, or was written for another job, account,
            call or version.
        """
        # Imported here because most programs do not need it.
        from concurrent.futures import ThreadPoolExecutor

        thread = ThreadPoolExecutor(1, thread_name_prefix="lms-journal")
        opening = asyncio.get_running_loop().run_in_executor(
            thread, self._open, thread, repr(account), operation
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(partial(_close_late, thread))  # the thread still opens it
            raise
        except LmsError:
            thread.shutdown(wait=False)
            raise

    def _open(self, thread: ThreadPoolExecutor, account: str, operation: str) -> OpenJournal:
        from .sqlite import JournalFile  # with SQLite, which most programs do not need

        file = JournalFile(self.path, wait=self.wait, restart=self.restart)
        try:
            tags = Tags(file.key())
            other = file.begin(
                {
                    "key": tags.of(b"key").hex(),
                    "form": tags.form(),
                    "account": tags.of(account.encode()).hex(),
                    "operation": operation,
                    "job": tags.of(self.job.encode("utf-8", "surrogatepass")).hex(),
                }
            )
            if other is not None:
                raise JournalUnusable(
                    _MISMATCHES[other].format(
                        path=self.path,
                        key=key_beside(self.path),
                        noted=file.summarize().operation,
                        now=operation,
                    ),
                    hint=("copy the journal's own key there, or " if other == "key" else "")
                    + "give another file, or start over with restart; both send all rows",
                )
            return OpenJournal(
                file,
                tags,
                thread,
                retry_rejected=self.retry_rejected,
                keep_reasons=self.keep_reasons,
            )
        except BaseException:
            file.close()
            raise


class OpenJournal:
    """A journal while a bulk runs."""

    def __init__(
        self,
        file: JournalFile,
        tags: Tags,
        thread: ThreadPoolExecutor,
        *,
        retry_rejected: bool,
        keep_reasons: bool,
    ) -> None:
        self.file = file
        self._keep_reasons = keep_reasons
        self._tags = tags
        self._thread = thread
        self._entries: list[tuple[Sent | Ended, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._chunks = 0
        self._next_at = 0.0
        # Whether the journal has rows from an earlier run.
        self._resumes = not file.is_empty
        # Whether rejected rows still have to be deleted. That is done when the first rows come, so
        # that a run that fails before changes nothing.
        self._to_forget = retry_rejected

    async def recall(self, rows: Rows) -> list[EarlierResult | None]:
        """Return what an earlier run noted about each row; an empty list if there was no such run.

        This also sets the tags of ``rows``, which :meth:`sent` needs.
        """
        self._tags.mark(rows)
        if not self._resumes:
            return []
        loop = asyncio.get_running_loop()
        if self._to_forget:
            self._to_forget = False
            await loop.run_in_executor(self._thread, self.file.forget_rejected)
        return await loop.run_in_executor(self._thread, self.file.recall, rows.tags)

    def number(self) -> int:
        """Return a number for the next chunk."""
        self._chunks += 1
        return self._chunks

    def sent(self, number: int, rows: Rows) -> asyncio.Future[None]:
        """Note that ``rows`` are about to be sent.

        :returns: a future that is done when the note is on the disk. It raises JournalFailed if the
            note can't be written; then the rows must not be sent.
        """
        return self._put(Sent(number, b"".join(rows.tags)))

    def ended(
        self, number: int, rows: Rows, outcomes: Sequence[Outcome[Any]]
    ) -> asyncio.Future[None]:
        """Note the results of the rows that were passed to :meth:`sent`.

        :returns: a future that is done when the note is on the disk. It raises JournalFailed if the
            note can't be written.
        """
        results: list[Any] = list(map(_id, outcomes))
        plain = set(map(_status, outcomes)) == {Status.DONE} and None not in results
        if not plain or any(map(eq, results, rows.keys)):
            result = partial(_result, keep_reasons=self._keep_reasons)
            results = list(map(result, rows.keys, outcomes))
        return self._put(Ended(number, results))

    async def close(self) -> None:
        """Write the remaining notes, and close the file."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            if self._writing is not None:
                await asyncio.wait([self._writing])
            await asyncio.get_running_loop().run_in_executor(self._thread, self.file.close)
        finally:
            self._thread.shutdown(wait=False)

    def _put(self, entry: Sent | Ended) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._entries.append((entry, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return written

    async def _write(self) -> None:
        """Write entries until there are no more. Those that come meanwhile are written together."""
        loop = asyncio.get_running_loop()
        while self._entries:
            await asyncio.sleep(self._next_at - loop.time())
            batch, self._entries = self._entries, []
            self._next_at = loop.time() + min(_MAX_COMMIT_PAUSE, _COMMIT_PAUSE * len(batch))
            failure, hint = "", ""
            try:
                await loop.run_in_executor(
                    self._thread, self.file.write, [entry for entry, _ in batch]
                )
            except JournalFailed as failed:
                failure, hint = failed.what, failed.hint
            except Exception as broken:  # noqa: BLE001 - the futures must end after any error
                failure = f"the journal {self.file.path} failed [{type(broken).__name__}]"
            for _, written in batch:
                if written.done():
                    continue  # the task that waited for it was cancelled
                if failure:
                    written.set_exception(JournalFailed(failure, hint=hint))
                    written.exception()  # retrieved: a cancelled bulk does not await it
                else:
                    written.set_result(None)
        self._writing = None


def _result(key: Hashable, outcome: Outcome[Any], *, keep_reasons: bool) -> tuple[Any, ...]:
    id_ = SAME if outcome.id == key else outcome.id
    error = outcome.error
    if error is None or not (keep_reasons and outcome.status is Status.REJECTED):
        return outcome.status.value, id_, error and error.code
    return outcome.status.value, id_, error.code, (error.message, error.fields)


def _close_late(thread: ThreadPoolExecutor, opening: asyncio.Future[OpenJournal]) -> None:
    """Close a journal whose opening was cancelled."""
    if not opening.cancelled() and opening.exception() is None:
        thread.submit(opening.result().file.close)
    thread.shutdown(wait=False)
