"""``lms import``: the whole of it, from a file's name to an exit code.

The file is read and checked before anything else; then the results file is opened; then one request
tells whether the credentials are accepted; only then do rows go out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from ...bulk.bulk import Bulk
from ...errors import InvalidInput, JournalFailed, JournalUnusable, LmsError
from ...events import Listener
from ...journal.entries import JournalSummary
from ...journal.journal import Journal
from ...limits.window import Window
from ...outcome import Status
from .. import journals
from ..credentials import Environment, require
from ..exit_codes import CannotStart, Exit, advice, of_counts, of_error
from ..files.columns import Columns, match_columns, read_map
from ..files.rows import Checked, Feed, check, read_lines
from ..files.source import Source, copied, file_source, is_stream, name_of, need_results
from ..files.table import Table, no_rows
from ..proxies import host_of, proxy_for, without_netrc
from ..reporting.progress import Summary, Work, reasons
from ..reporting.reporters import Reporter
from ..reporting.results import Results, beside
from ..target import LooseKey, Target, meant_for
from ..wording import counted, duration, listed
from .interrupts import Interrupts
from .outcomes import Sending


@attrs.frozen(kw_only=True)
class Order:
    """What is to be imported, where to, and how."""

    path: Path
    target: Target
    environment: Environment | Mapping[str, str] = attrs.field(repr=False)
    update_existing: bool = False
    #: ``FIELD=COLUMN``, each.
    maps: Collection[str] = ()
    ignored: Collection[str] = ()
    results: Path | None = None
    dry_run: bool = False
    #: The encoding of the file, as :func:`~.encodings.checked_name` gives it.
    encoding: str | None = None
    #: Send ids also where they look like what a spreadsheet or a program leaves behind.
    allow_odd_ids: bool = False
    limit: tuple[int, float] | None = None
    #: Forget what the journal of an earlier run knows.
    restart: bool = False
    #: Send those again that the vendor rejected in an earlier run.
    retry_rejected: bool = False
    #: The command that goes on with this import, as it can be typed.
    again: str = ""
    #: Told each of the client's events, beside the teller.
    listeners: Collection[Listener] = ()


async def run_import(order: Order, say: Reporter) -> Summary:
    """Do it. What goes wrong is told by ``say`` and by the summary's exit code."""
    with Interrupts() as interrupts:
        try:
            summary = await _Import(order, say, interrupts).run()
        except CannotStart as why:
            say.fault(why.lines, why.exit_code)
            return Summary(exit_code=why.exit_code)
        except asyncio.CancelledError:
            if not interrupts.count:
                raise
            say.fault(["Interrupted. No row was sent."], Exit.INTERRUPTED)
            return Summary(exit_code=Exit.INTERRUPTED)
        say.end(summary)
        return summary


class _Import:
    """One run, with what its steps share."""

    def __init__(self, order: Order, say: Reporter, interrupts: Interrupts) -> None:
        self._order = order
        self._target = order.target
        self._say = say
        self._interrupts = interrupts
        self._work = Work(total=0)

    async def run(self) -> Summary:
        order, target = self._order, self._target
        if order.update_existing and not target.updates:
            raise CannotStart(f"{target.name} has no --update-existing. Remove that option.")
        maps = read_map(order.maps, target.fields)
        stream = is_stream(order.path)
        if stream and order.results is None and not order.dry_run:
            raise need_results(order.path)
        with await copied(order.path) if stream else file_source(order.path) as source:
            return await self._import(source, maps)

    async def _import(self, source: Source, maps: Mapping[str, str]) -> Summary:
        order, target = self._order, self._target
        table = Table.open(source, encoding=order.encoding, again=order.again)
        for note in table.notes:
            self._say.note(f"{source.name}: {note}")
        try:
            columns = match_columns(
                table.header,
                fields=target.fields,
                needed=target.needed,
                mapped=maps,
                ignored=order.ignored,
                aliases=getattr(target, "aliases", None),
                exact_ids=order.allow_odd_ids,
            )
        except CannotStart as faults:
            raise CannotStart(
                *meant_for(table.header, but=target),
                *faults.lines,
                f"Run `lms columns {target.name}` for the list of fields.",
            ) from None
        same = target.same if isinstance(target, LooseKey) else tuple
        checked = await check(table, columns, key=target.key, same=same, check_row=target.check)
        if not checked.rows:
            raise no_rows(source, len(table.header))
        if checked.rounded:
            self._say.note(
                f"In {counted(len(checked.rounded), 'row')}, for example row {checked.rounded[0]}, "
                f"{listed(target.key)} looks like a number that a spreadsheet rounded, such as "
                "1.2E+05. Check the original value."
            )
        if order.dry_run:
            return self._dry_run(table, columns, checked)
        given = require(order.environment, target)
        written = order.results or beside(order.path)
        journals.apart(journals.beside(written), written, order.path)
        results = Results(written, source=order.path)
        try:
            summary = await self._send_all(table, columns, checked, given, results)
        finally:
            results.close()
        if results.failure is None or not summary.results_complete:
            return summary
        # It could not be closed.
        self._say.fault(results.failure.lines, results.failure.exit_code)
        return attrs.evolve(summary, exit_code=results.failure.exit_code, results_complete=False)

    def _dry_run(self, table: Table, columns: Columns, checked: Checked) -> Summary:
        for row, error in sorted(checked.rejected.items()):
            self._say.row(row, Status.REJECTED, error)
            self._work.reasons.update(reasons(error, ours=True))
        lines = read_lines(table, columns, self._target.key)
        calls = self._target.calls(
            line.values for line in lines if line.row not in checked.rejected
        )
        limit, per = self._order.limit or self._target.limit
        # One more than the calls: the first one asks whether the credentials are accepted.
        seconds = calls // limit * per
        self._say.note(
            f"Dry run: nothing was sent. An import would send {checked.good:,} of "
            f"{counted(checked.rows, 'row')} in {counted(calls, 'request')} and take "
            f"{f'at least {duration(seconds)}' if seconds >= 1 else 'about a second'} "
            f"at {counted(limit, 'request')} per {per:g} s."
        )
        settled = 0
        try:
            if self._order.results is None and is_stream(self._order.path):
                raise need_results(self._order.path)
            results = self._order.results or beside(self._order.path)
            path = journals.beside(results)
            if (earlier := self._earlier(path)) is not None:
                settled = journals.settled(earlier)
                self._say.note(journals.would_go_on(path, earlier))
        except CannotStart as why:
            self._say.note(f"An import could not start now: {why.lines[0]}")
        counts = Counter({Status.REJECTED: len(checked.rejected), Status.SKIPPED: checked.good})
        exit_code = Exit.REJECTED if checked.rejected else Exit.DONE
        return Summary(
            exit_code=exit_code,
            counts=counts,
            earlier=min(settled, checked.good),
            reasons=self._work.reasons,
            dry_run=True,
        )

    async def _send_all(
        self,
        table: Table,
        columns: Columns,
        checked: Checked,
        given: Mapping[str, str],
        results: Results,
    ) -> Summary:
        self._work = Work(checked.rows)
        feed = Feed(read_lines(table, columns, self._target.key), checked.rejected)
        sending = Sending(feed, self._work, results, self._say, self._target.vendor)
        if not checked.good:
            results.begin()
            sending.nothing()
            return self._summary(self._ending(None, results, given), results)
        async with AsyncExitStack() as stack:
            stack.enter_context(without_netrc())
            client = await stack.enter_async_context(self._connect(given))
            host = host_of(client)
            self._say.host(self._target.name, self._target.vendor, host, proxy_for(host))
            await self._verify(client, given)
            path = journals.beside(results.path)
            earlier = self._earlier(path)
            bulk = self._target.bulk(
                client,
                feed,
                update_existing=self._order.update_existing,
                journal=self._journal(path),
            )
            try:
                await _open(bulk)
                if earlier is not None:
                    self._say.note(journals.going_on(path, earlier))
                results.begin()
                self._interrupts.react = partial(self._interrupted, bulk)
                async with _working(self._say, self._work):
                    await sending.all(bulk)
            finally:
                await bulk.close()
            self._interrupts.react = _ignored
        summary = self._summary(self._ending(bulk, results, given), results)
        return attrs.evolve(summary, earlier_since=bulk.report.earlier_since)

    def _journal(self, path: Path) -> Journal:
        order = self._order
        return Journal(
            path,
            name_of(order.path),
            restart=order.restart,
            retry_rejected=order.retry_rejected,
            keep_reasons=True,  # the results file has them too
        )

    def _earlier(self, path: Path) -> JournalSummary | None:
        """What the journal at ``path`` knows of an earlier run, if it is there and counts."""
        if self._order.restart or not path.exists():
            return None
        told = journals.look(path)
        if self._order.retry_rejected:
            del told.counts[Status.REJECTED]
        return told if told.counts else None

    def _connect(self, given: Mapping[str, str]) -> AbstractAsyncContextManager[Any]:
        limit = self._order.limit
        limiter = Window(limit[0], per=limit[1]) if limit else None
        events = [self._work.notice, self._say.event, *self._order.listeners]
        try:
            return self._target.connect(given, limiter=limiter, events=events)
        except InvalidInput as invalid:
            what = str(invalid)
        raise CannotStart(f"The settings are not valid: {what}", f"Check {listed(list(given))}.")

    async def _verify(self, client: Any, given: Mapping[str, str]) -> None:
        try:
            await self._target.verify(client)
        except LmsError as error:
            failure = error
        else:
            return
        said = advice(failure, self._target.vendor, listed(list(given)))
        raise CannotStart(*said, "No row was sent.", exit_code=of_error(failure))

    def _interrupted(self, bulk: Bulk[Any]) -> None:
        self._work.stopping = True
        if self._interrupts.count == 1:
            self._say.note(
                "Stopping: waiting for requests already sent. Press Ctrl-C again to quit now."
            )
            bulk.stop()
        else:
            bulk.abandon()

    def _ending(self, bulk: Bulk[Any] | None, results: Results, given: Mapping[str, str]) -> Exit:
        stopped = None if bulk is None else bulk.report.stopped
        if results.failure is not None:
            self._say.fault(results.failure.lines, results.failure.exit_code)
            return results.failure.exit_code
        if self._interrupts.count:
            return Exit.INTERRUPTED
        if isinstance(stopped, JournalFailed):
            self._say.fault([stopped.what, stopped.hint], Exit.BAD_INPUT)
            return Exit.BAD_INPUT
        if stopped is not None:
            said = advice(stopped, self._target.vendor, listed(list(given)))
            self._say.fault([*said, "The remaining rows were not sent."], of_error(stopped))
            return of_error(stopped)
        return of_counts(self._work.counts)

    def _summary(self, exit_code: Exit, results: Results) -> Summary:
        work = self._work
        explained: Mapping[str, str] = getattr(self._target, "explained", {})
        return Summary(
            exit_code=exit_code,
            counts=work.counts,
            earlier=work.earlier,
            seconds=work.seconds,
            requests=work.requests,
            retries=work.retries,
            refusals=work.refusals,
            results=results.path,
            results_complete=results.failure is None,
            results_lack_from=results.lack_from,
            again=self._order.again,
            reasons=work.reasons,
            refused_by_vendor=bool(work.codes),
            explained=tuple(
                f"{code}: {what}" for code, what in explained.items() if code in work.codes
            ),
        )


async def _open(bulk: Bulk[Any]) -> None:
    try:
        await bulk.open()
    except (JournalUnusable, JournalFailed) as unusable:
        why = unusable
    else:
        return
    raise CannotStart(*journals.refused(why).lines, "No row was sent.")


def _ignored() -> None:
    """All rows have ended: an interrupt that comes now has nothing to stop."""


@asynccontextmanager
async def _working(say: Reporter, work: Work) -> AsyncIterator[None]:
    """While entered, ``say`` tells how ``work`` goes."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(say.every)
            say.tick()

    say.begin(work)
    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        say.stop()
