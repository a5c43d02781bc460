"""Send the valid rows of a checked file, and say how the import ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import attrs

from ...bulk.bulk import Bulk
from ...errors import JournalFailed, JournalUnusable
from .. import journals
from ..connecting import connected
from ..exit_codes import (
    CommandError,
    Exit,
    end_of_import,
)
from ..kinds import KindOptions
from ..reporting.progress import Progress
from ..reporting.reporters import Reporter
from ..reporting.results import ResultsFile
from ..reporting.summary import Summary
from ..wording import listed
from .interrupts import InterruptHandler
from .other_import import explain_journal_error
from .outcomes import OutcomeRecorder, PendingRows
from .prepared import Prepared
from .preparing import ask_vendor
from .removals import check_removals
from .request import ImportRequest
from .switching import was_switched_back


class ImportSender:
    """Connects to the vendor, sends the rows and records their outcomes.

    :param variables: the environment variables of the target that are set.
    """

    def __init__(
        self,
        request: ImportRequest,
        reporter: Reporter,
        interrupts: InterruptHandler,
        results: ResultsFile,
        variables: Mapping[str, str],
    ) -> None:
        self._request = request
        self._target = request.target
        self._reporter = reporter
        self._interrupts = interrupts
        self._results = results
        self._variables = variables
        self._variable_names = listed(list(variables))
        self._progress = Progress(0)

    async def send(self, file: Prepared) -> Summary:
        """Send every valid row that is not finished.

        :param file: the file, checked without the vendor.
        :raises CommandError: no row was sent: no connection, wrong credentials, a name that the
            vendor does not know, removals that nobody confirmed, or a journal that cannot be used.
        """
        request = self._request
        if not file.checked.valid:
            return self._record_only(file)
        events = [self._progress.notice, self._reporter.event, *request.listeners]
        async with connected(
            self._target,
            self._variables,
            self._reporter,
            limit=request.limit,
            events=events,
            hint="No row was sent.",
        ) as client:
            file = await ask_vendor(
                client,
                file,
                self._reporter,
                compare_rows=request.options.update_existing,
                variables=self._variable_names,
            )
            if not file.checked.valid:
                return self._record_only(file)
            guard = await check_removals(
                client, request, file.rows_to_send(), self._reporter, variables=self._variable_names
            )
            if await was_switched_back(client, file):
                self._reporter.note(
                    journals.switched_back_note(journals.journal_path(self._results.path))
                )
                self._request = attrs.evolve(request, restart=True)
            return await self._send(client, file, attrs.evolve(request.options, guard=guard))

    async def _send(self, client: Any, file: Prepared, options: KindOptions) -> Summary:
        pending, recorder = self._recording(file)
        earlier = self._request.earlier_run()
        bulk = self._request.kind.bulk(client, pending, options, self._request.make_journal())
        try:
            await self._open(bulk, client)
            if earlier is not None:
                path = journals.journal_path(self._results.path)
                self._reporter.note(journals.resume_note(path, earlier))
            self._results.begin()
            self._interrupts.on_interrupt = partial(self._interrupted, bulk)
            async with _progress_reported(self._reporter, self._progress):
                await recorder.record_all(bulk)
        finally:
            await bulk.close()
        self._interrupts.on_interrupt = _nothing_to_stop
        summary = self._summary(self._exit_code(bulk))
        return attrs.evolve(summary, earlier_since=bulk.report.earlier_since)

    async def _open(self, bulk: Bulk[Any], client: Any) -> None:
        try:
            await bulk.open()
        except (JournalUnusable, JournalFailed) as error:
            unusable = error
        else:
            return
        explained = await explain_journal_error(client, self._request, unusable)
        raise CommandError(*explained.lines, "No row was sent.")

    def _record_only(self, file: Prepared) -> Summary:
        """Record the rows of a file if none of them can be sent."""
        _, recorder = self._recording(file)
        self._results.begin()
        recorder.record_unsent_only()
        return self._summary(self._exit_code(None))

    def _recording(self, file: Prepared) -> tuple[PendingRows, OutcomeRecorder]:
        request = self._request
        self._progress.total = file.checked.rows
        pending = PendingRows(file.read(), file.checked.rejected, file.comparison)
        may_update = "update_existing" in request.kind.options
        return pending, OutcomeRecorder(
            pending,
            self._progress,
            self._results,
            self._reporter,
            vendor=self._target.vendor,
            fields=request.kind.fields,
            creates=may_update and not request.options.update_existing,
        )

    def _interrupted(self, bulk: Bulk[Any]) -> None:
        self._progress.stopping = True
        if self._interrupts.count == 1:
            self._reporter.note(
                "Stopping: waiting for requests already sent. Press Ctrl-C again to quit now."
            )
            bulk.stop()
        else:
            bulk.abandon()

    def _exit_code(self, bulk: Bulk[Any] | None) -> Exit:
        """Return the exit code, and report why the import stopped, if it did."""
        exit_code, lines = end_of_import(
            self._progress.counts,
            results_failure=self._results.failure,
            interrupted=bool(self._interrupts.count),
            stopped=None if bulk is None else bulk.report.stop_reason,
            vendor=self._target.vendor,
            variables=self._variable_names,
        )
        if lines:
            self._reporter.error(lines, exit_code)
        return exit_code

    def _summary(self, exit_code: Exit) -> Summary:
        progress, results = self._progress, self._results
        return Summary(
            exit_code=exit_code,
            counts=progress.counts,
            earlier=progress.earlier,
            seconds=progress.seconds,
            requests=progress.requests,
            retries=progress.retries,
            refusals=progress.refusals,
            results=results.path,
            results_complete=results.failure is None,
            results_lack_from=results.lack_from,
            again=self._request.again,
            changes=progress.changes,
            reasons=progress.reasons,
            refused_by_vendor=bool(progress.codes),
            explained=tuple(
                f"{code}: {text}"
                for code, text in self._request.kind.code_explanations.items()
                if code in progress.codes
            ),
        )


def _nothing_to_stop() -> None:
    """Ignore an interrupt, because every row already has its outcome."""


@asynccontextmanager
async def _progress_reported(reporter: Reporter, progress: Progress) -> AsyncIterator[None]:
    """Let ``reporter`` show ``progress`` at its own interval."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(reporter.every)
            progress.observe_time()
            reporter.tick()

    reporter.begin(progress)
    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        reporter.stop()
