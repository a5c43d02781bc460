"""The journal of a bulk: the rows that were sent and their results, in a store.

Before a chunk is sent, the journal notes its rows as sent. After the response, it notes each row's
result. The next run with the same journal sends only the rows without a result. Rows that were sent
and got no response are looked up first. The notes of several chunks are written together.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Hashable, Sequence
from functools import partial
from operator import attrgetter, eq
from pathlib import Path
from typing import Any

import attrs

from ..errors import InvalidInput, JournalFailed, JournalUnusable
from ..outcome import Outcome, Status
from ..uncut import to_the_end
from .entries import EarlierResult, Ended, JournalSummary, Rows, Sent
from .file_store import FileStore
from .store import JournalStore, LeasedJournal, StoredJournal
from .tags import Tags

#: Seconds between two commits: for each entry of the first one, and at most. Commits are slow, so
#: entries that come fast are written together. With a rate limit, entries come too slowly to wait.
_COMMIT_PAUSE, _MAX_COMMIT_PAUSE = 0.002, 0.04

_id, _status = attrgetter("id"), attrgetter("status")
#: Written instead of a vendor id that equals the row's key, since keys are not stored.
SAME = "="
#: Values that must be equal for a journal to be used again, and the errors if they are not.
_MISMATCHES = {
    "key": "{key} belongs to another journal than {journal}",
    "form": "the journal {journal} was written with another version of orjson, which writes JSON "
    "differently",
    "account": "the journal {journal} was written for another account",
    "operation": "the journal {journal} was written by another call or with other options: it has "
    "{noted!r}, and this call is {now!r}",
    "job": "the journal {journal} was written for another job",
}


def _to_store(given: str | os.PathLike[str] | JournalStore) -> JournalStore:
    if isinstance(given, str | os.PathLike):
        return FileStore(Path(given))
    if not hasattr(given, "wording"):
        raise InvalidInput("a journal needs the path of a file, or a store such as PostgresStore")
    return given


@attrs.frozen
class Journal:
    """The journal of one bulk, in a file or another store. Use it for one call at a time.

    With a path, the journal is an SQLite file. A second file, the path with ``.key`` added, holds
    the key of the hashes and is locked while the journal is open. While an import runs, or after it
    was killed, there is also SQLite's log (``-wal`` added). Keep these files together. Only their
    owner can read them. Symbolic links are refused.

    A journal contains no names, no email addresses and no rows.

    :param store: the path of the file, which is created if it does not exist; or a store, such as
        :class:`~lms_async.journal.postgres.PostgresStore`.
    :param job: a name for the input, e.g. of its file. A journal that was begun with another name
        is refused.
    :param account: a name for the account. By default the journal belongs to the client's account,
        which for some vendors is the token. With a name, the journal can also be used with new
        credentials. It is then not noticed if the client is for another account.
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

    store: JournalStore = attrs.field(converter=_to_store)
    job: str = attrs.field(default="", repr=False)
    account: str | None = attrs.field(default=None, kw_only=True)
    wait: float = attrs.field(default=0.0, kw_only=True)
    restart: bool = attrs.field(default=False, kw_only=True)
    retry_rejected: bool = attrs.field(default=False, kw_only=True)
    keep_reasons: bool = attrs.field(default=False, kw_only=True)
    grace: float = attrs.field(default=10.0, kw_only=True)

    async def open(self, *, account: Hashable, operation: str) -> OpenJournal:
        """Open the journal for a call.

        :param account: identifies the client's account.
        :param operation: the call, and those of its options that change its effect.
        :raises JournalUnusable: the journal is in use, or was written for another job, account,
            call or version.
        """
        leased = await self.store.open(wait=self.wait, restart=self.restart)
        try:
            tags, about = await self._check(leased, account, operation)
            await leased.begin(about)
        except BaseException:
            await to_the_end(leased.close())
            raise
        return OpenJournal(
            leased,
            tags,
            self.store.wording.journal,
            retry_rejected=self.retry_rejected,
            keep_reasons=self.keep_reasons,
        )

    async def read(self, *, account: Hashable, operation: str) -> JournalReader:
        """Open the journal of a call for reading. A store may allow this while the call runs.

        :param account: identifies the client's account.
        :param operation: the call, and those of its options that change its effect.
        :raises JournalMissing: there is no such journal yet.
        :raises JournalUnusable: as :meth:`open`.
        """
        stored = await self.store.read()
        try:
            tags, _ = await self._check(stored, account, operation)
        except BaseException:
            await to_the_end(stored.close())
            raise
        return JournalReader(stored, tags)

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used.

        With PostgreSQL, this works while a run uses the journal.

        :raises JournalMissing: there is no such journal yet.
        :raises JournalUnusable: it can't be read now, or was written for another ``job`` or
            ``account`` than this journal names.
        """
        stored = await self.store.read()
        try:
            about = self._named(Tags(stored.key))
            if about:
                await self._refuse_other(stored, about)
            return await stored.summarize()
        finally:
            await to_the_end(stored.close())

    async def _check(
        self, stored: StoredJournal, account: Hashable, operation: str
    ) -> tuple[Tags, dict[str, str]]:
        """Check that the journal belongs to the call.

        :returns: what makes the hashes of rows, and what describes the call.
        """
        tags = Tags(stored.key)
        about = {
            "key": tags.of(b"key").hex(),
            "form": tags.form(),
            "account": tags.of(repr(account).encode()).hex(),
            "operation": operation,
            "job": tags.of(b"").hex(),
            **self._named(tags),
        }
        await self._refuse_other(stored, about)
        return tags, about

    def _named(self, tags: Tags) -> dict[str, str]:
        """Return what describes the job and the account, as far as the caller names them."""
        named = {}
        if self.account is not None:
            named["account"] = tags.of(repr(self.account).encode()).hex()
        if self.job:
            named["job"] = tags.of(self.job.encode("utf-8", "surrogatepass")).hex()
        return {"key": tags.of(b"key").hex(), **named} if named else {}

    async def _refuse_other(self, stored: StoredJournal, about: dict[str, str]) -> None:
        """Raise JournalUnusable if the journal belongs to something else than ``about``."""
        other = await stored.other(about)
        if other is None:
            return
        words = self.store.wording
        raise JournalUnusable(
            _MISMATCHES[other].format(
                journal=words.journal,
                key=words.key,
                noted=(await stored.summarize()).operation,
                now=about.get("operation"),
            ),
            hint=(f"{words.right_key}, or " if other == "key" else "")
            + f"{words.another}, or start over with restart; both send all rows",
        )


class JournalReader:
    """A journal that is open for reading."""

    def __init__(self, stored: StoredJournal, tags: Tags) -> None:
        self._stored = stored
        self._tags = tags

    async def recall(self, rows: Rows) -> list[EarlierResult | None]:
        """Return what the journal has about each row. Rows are given in input order."""
        self._tags.mark(rows)
        return await self._stored.recall(rows.tags)

    async def close(self) -> None:
        """Close the journal."""
        await self._stored.close()


class OpenJournal:
    """A journal while a bulk runs.

    :param name: what errors call it.
    """

    def __init__(
        self,
        leased: LeasedJournal,
        tags: Tags,
        name: str,
        *,
        retry_rejected: bool,
        keep_reasons: bool,
    ) -> None:
        self._leased = leased
        self._name = name
        self._keep_reasons = keep_reasons
        self._tags = tags
        self._entries: list[tuple[Sent | Ended, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._chunks = 0
        self._next_at = 0.0
        # Whether rejected rows still have to be deleted. That is done when the first rows come, so
        # that a run that fails before changes nothing.
        self._to_forget = retry_rejected

    async def recall(self, rows: Rows) -> list[EarlierResult | None]:
        """Return what an earlier run noted about each row; an empty list if there was no such run.

        This also sets the tags of ``rows``, which :meth:`sent` needs.
        """
        self._tags.mark(rows)
        if not self._leased.has_rows:
            return []
        if self._to_forget:
            self._to_forget = False
            await self._leased.forget_rejected()
        return await self._leased.recall(rows.tags)

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
        """Write the remaining notes, and close the store."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            if self._writing is not None:
                await asyncio.wait([self._writing])
        finally:
            await self._leased.close()

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
                await self._leased.write([entry for entry, _ in batch])
            except JournalFailed as failed:
                failure, hint = failed.what, failed.hint
            except Exception as broken:  # noqa: BLE001 - the futures must end after any error
                failure = f"the journal {self._name} failed [{type(broken).__name__}]"
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
