"""A part of a job: a range of its rows, and how they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Self

import attrs

from ..bulk.bulk import Bulk
from ..client import Client
from ..errors import InvalidInput
from ..journal.journal import Journal
from ..journal.store import JournalStore, Stores
from ..outcome import Report
from .operation import bulk_of
from .rows import RowHashes, hashed, part_of
from .values import VERSION, check_count, check_name, check_options, check_text, read


@attrs.frozen(kw_only=True)
class Shard:
    """A range of the rows of a job. :meth:`Job.plan` makes the shards of a job.

    :param job: the name of the job.
    :param number: the number of this shard in the job, counted from 1.
    :param operation: the bulk method that sends the rows, such as ``users.create_many``.
    :param account: the name of the account. Run the shard with a client of this account.
    :param first: the position of the first row in the input, counted from 0.
    :param count: the number of rows.
    :param total: the number of rows of the whole input.
    :param hash: a SHA-256 hash of the rows.
    :param refused: how many of the rows our own check rejects.
    :param options: the other arguments of the bulk method.
    :raises InvalidInput: a value is not valid.
    """

    job: str = attrs.field(validator=check_name)
    number: int = attrs.field(validator=check_count)
    operation: str = attrs.field(validator=check_text)
    account: str = attrs.field(validator=check_text)
    first: int = attrs.field(validator=check_count)
    count: int = attrs.field(validator=check_count)
    total: int = attrs.field(validator=check_count)
    hash: str = attrs.field(validator=check_text)
    refused: int = attrs.field(default=0, validator=check_count)
    options: Mapping[str, Any] = attrs.field(factory=dict, validator=check_options, hash=False)

    @property
    def journal(self) -> str:
        """The name of the journal of this shard, such as ``north-2026-11-27/3``."""
        return f"{self.job}/{self.number}"

    @property
    def read_to(self) -> int:
        """The position in the input before which reading ends.

        It is the end of this shard. For the last shard, it is one row more, so that a row that was
        added at the end of the input is noticed.
        """
        end = self.first + self.count
        return end if end < self.total else end + 1

    async def run(
        self,
        client: Client,
        rows: Iterable[Any] | AsyncIterable[Any],
        *,
        store: Stores,
        wait: float = 0.0,
        keep_reasons: bool = False,
    ) -> Report[Any]:
        """Send the rows of this shard that have no result yet.

        This may be called any number of times and by any process. Together, the calls send each row
        once. If one is cancelled or killed, the next one continues. The rows of the shard are kept
        in memory.

        :param client: a client of the account :attr:`account`.
        :param rows: the whole input of the job. It is read up to the end of this shard.
        :param store: returns the store of a journal, given its name.
        :param wait: how many seconds to wait while another process runs this shard. By default this
            call is refused at once.
        :param keep_reasons: store the vendor's reasons for rejections, for :meth:`Job.results`.
            They may name a person.
        :returns: the report of the bulk. Its outcomes have the positions of the rows in the whole
            input. If it has a ``stop_reason``, run the shard again.
        :raises InvalidInput: the rows are not those that the job was planned with, or the client
            has no such operation. Nothing was sent.
        :raises JournalUnusable: another process runs this shard, the journal can't be opened, or it
            was written for other rows. Nothing was sent.
        """
        mine = await part_of(rows, self.first, self.read_to)
        await check_rows(self, mine)
        journal = journal_of(self, store(self.journal), wait=wait, keep_reasons=keep_reasons)
        return await bulk_of_shard(self, client, mine, journal)

    def to_json(self) -> dict[str, Any]:
        """Return this shard as JSON values, without rows and secrets, e.g. for a queue."""
        return {"version": VERSION, **attrs.asdict(self)}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Return the shard that :meth:`to_json` wrote.

        :raises InvalidInput: it is not the JSON of a shard, or another version wrote it.
        """
        return cls(**read(data, "shard", set(attrs.fields_dict(cls))))


async def check_rows(shard: Shard, mine: list[Any]) -> None:
    """Compare ``mine`` with the rows that the shard was planned with.

    :raises InvalidInput: they differ.
    """
    hashes = RowHashes()
    async for _ in hashed(mine, hashes):
        pass
    found = hashes.of(0, len(mine))
    if found != shard.hash:
        raise InvalidInput(
            f"the input of the job {shard.job} has changed: the {shard.count} rows of shard "
            f"{shard.number} had the hash {shard.hash}, and now {len(mine)} rows have the hash "
            f"{found}",
            hint="give the input that the job was planned with, or plan a job with another name "
            "for the new input",
        )


def journal_of(
    shard: Shard, store: JournalStore, *, wait: float = 0.0, keep_reasons: bool = False
) -> Journal:
    """Return the journal of ``shard`` in ``store``. It can't be used for other rows."""
    return Journal(
        store, job=shard.hash, account=shard.account, wait=wait, keep_reasons=keep_reasons
    )


def bulk_of_shard(shard: Shard, client: Client, mine: list[Any], journal: Journal) -> Bulk[Any]:
    """Return the bulk that sends the rows of ``shard``, which are ``mine``."""
    bulk = bulk_of(client, shard.operation, mine, shard.options, journal=journal)
    bulk.count_from(shard.first)
    return bulk
