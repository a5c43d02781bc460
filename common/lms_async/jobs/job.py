"""An import that is divided into shards for many workers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, Self

import attrs

from ..client import Client
from ..errors import InvalidInput
from ..journal.begun import PerhapsBegun
from ..journal.store import Stores
from ..outcome import Outcome
from .operation import bulk_of
from .progress import JobProgress, shard_progress
from .rows import RowHashes, hashed, in_turns, next_of
from .shard import Shard, bulk_of_shard, check_rows, journal_of
from .values import VERSION, check_name, check_options, check_text, read


@attrs.frozen(kw_only=True)
class Job:
    """One bulk call for many rows, divided into shards that workers run in any order.

    ::

        job = await Job.plan(
            rows, "users.create_many", client=client, name="north-2026-11-27", account="north",
            shards=8,
        )
        for shard in job.shards:
            queue.send(shard.to_json())

    A worker converts the JSON with :meth:`Shard.from_json` and calls :meth:`Shard.run`. Make a job
    with :meth:`plan`.

    :param name: the name of the job. The names of its journals begin with it.
    :param operation: the bulk method that sends the rows, such as ``users.create_many``.
    :param account: the name of the account. The journals belong to this name, so a job can be
        continued with new credentials.
    :param options: the other arguments of the bulk method.
    :param shards: the parts, in the order of the input.
    :raises InvalidInput: a value is not valid.
    """

    name: str = attrs.field(validator=check_name)
    operation: str = attrs.field(validator=check_text)
    account: str = attrs.field(validator=check_text)
    options: Mapping[str, Any] = attrs.field(factory=dict, validator=check_options, hash=False)
    shards: tuple[Shard, ...]

    @classmethod
    async def plan(
        cls,
        rows: Iterable[Any] | AsyncIterable[Any],
        operation: str,
        *,
        client: Client,
        name: str,
        account: str,
        shards: int,
        options: Mapping[str, Any] | None = None,
    ) -> Self:
        """Read and check the rows, and divide them into shards. Nothing is sent.

        The keys of all rows and 32 bytes per row are kept in memory, but not the rows.

        :param rows: the input: an iterable or async iterable of mappings, models or ids. Workers
            must be able to read the same rows in the same order.
        :param operation: a resource of the client and its bulk method, such as
            ``users.create_many``. A method with a ``guard`` can't be a job.
        :param client: a client of the account. It checks the operation, the options and the rows.
        :param name: a name that no other job has. It becomes a part of the names of journals.
        :param account: the name of the account, such as the name in
            :class:`~lms_async.accounts.Accounts`.
        :param shards: how many shards to make; fewer if there are fewer rows. They have the same
            size, give or take a row.
        :param options: the other arguments of the method, as JSON values.
        :raises InvalidInput: an argument is not valid, the client has no such operation, or several
            rows have the same key. Workers would send such rows in any order.
        """
        if not isinstance(shards, int) or isinstance(shards, bool) or shards < 1:
            raise InvalidInput("shards is a whole number above 0")
        hashes = RowHashes()
        job = cls(name=name, operation=operation, account=account, options=options or {}, shards=())
        bulk = bulk_of(client, operation, hashed(rows, hashes), job.options)
        refused = []
        repeated = []
        async with aclosing(bulk.refused()) as outcomes:
            async for outcome in outcomes:
                refused.append(outcome.index)
                if outcome.error is not None and outcome.error.other_index is not None:
                    repeated.append((outcome.error.other_index, outcome.index))
        _refuse_repeated(repeated)
        return attrs.evolve(job, shards=tuple(job._divided(hashes, sorted(refused), shards)))

    def _divided(self, hashes: RowHashes, refused: list[int], shards: int) -> Iterable[Shard]:
        first = 0
        for number in range(1, min(shards, len(hashes)) + 1):
            end = len(hashes) * number // min(shards, len(hashes))
            yield Shard(
                job=self.name,
                number=number,
                operation=self.operation,
                account=self.account,
                first=first,
                count=end - first,
                total=len(hashes),
                hash=hashes.of(first, end - first),
                refused=bisect_left(refused, end) - bisect_left(refused, first),
                options=self.options,
            )
            first = end

    async def progress(self, *, store: Stores) -> JobProgress:
        """Count the rows by status, as the journals of the shards have them.

        With PostgreSQL, this works while workers run the job. A file can be read only while no
        worker uses it.

        :param store: returns the store of a journal, given its name.
        :raises JournalUnusable: a journal can't be read now.
        """
        progress = []
        for shard in self.shards:
            journal = journal_of(shard, PerhapsBegun(store(shard.journal)))
            progress.append(shard_progress(shard, await journal.summarize()))
        return JobProgress(shards=tuple(progress))

    async def results(
        self,
        client: Client,
        rows: Iterable[Any] | AsyncIterable[Any],
        *,
        store: Stores,
    ) -> AsyncGenerator[Outcome[Any], None]:
        """Yield the outcome of each row so far, in the order of the input. Nothing is sent.

        Rows that are still to be sent are ``skipped``, and rows that were sent and have no result
        yet are ``unknown``. With PostgreSQL, this works while workers run the job. The rows of one
        shard at a time are kept in memory.

        :param client: a client of the account.
        :param rows: the input of the job.
        :param store: returns the store of a journal, given its name.
        :raises InvalidInput: the rows are not those that the job was planned with.
        :raises JournalUnusable: a journal can't be read now, or was written for other rows.
        """
        async with aclosing(in_turns(rows)) as read_rows:
            for shard in self.shards:
                mine = await next_of(read_rows, shard.read_to - shard.first)
                await check_rows(shard, mine)
                journal = journal_of(shard, PerhapsBegun(store(shard.journal)))
                bulk = bulk_of_shard(shard, client, mine, journal)
                async with aclosing(bulk.noted()) as outcomes:
                    async for outcome in outcomes:
                        yield outcome

    def to_json(self) -> dict[str, Any]:
        """Return this job as JSON values, without rows and secrets, e.g. for a database."""
        return {
            "version": VERSION,
            "name": self.name,
            "operation": self.operation,
            "account": self.account,
            "options": dict(self.options),
            "shards": [shard.to_json() for shard in self.shards],
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Return the job that :meth:`to_json` wrote.

        :raises InvalidInput: it is not the JSON of a job, or another version wrote it.
        """
        values = read(data, "job", set(attrs.fields_dict(cls)))
        if not isinstance(values["shards"], list):
            raise InvalidInput("this JSON of a job is damaged")
        values["shards"] = tuple(map(Shard.from_json, values["shards"]))
        return cls(**values)


def _refuse_repeated(repeated: list[tuple[int, int]]) -> None:
    """Raise InvalidInput if rows have the key of an earlier row.

    :param repeated: the positions of the earlier row and of the row.
    """
    if repeated:
        pairs = ", ".join(f"{one} and {other}" for one, other in repeated[:5])
        more = f", and {len(repeated) - 5} more" if len(repeated) > 5 else ""
        raise InvalidInput(
            f"several rows have the same key (rows are counted from 0): {pairs}{more}",
            hint="keep one row of each key, because workers send the rows in any order",
        )
