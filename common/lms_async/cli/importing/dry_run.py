"""``lms import --dry-run``: say what an import would do, without sending a row.

With credentials, the file is compared with the vendor's records. Without them, only the file is
checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from ...outcome import RowError, Status
from .. import journals
from ..connecting import connected
from ..credentials import require_variables
from ..exit_codes import CommandError, Exit
from ..kinds import Kind
from ..reporting.progress import Change, Progress, reasons
from ..reporting.reporters import Reporter
from ..reporting.summary import Summary
from ..wording import counted, duration, listed
from .comparison import Comparison
from .finished_rows import cannot_start, rows_finished_earlier
from .prepared import Prepared
from .preparing import ask_vendor
from .removals import count_removals
from .request import ImportRequest
from .switching import was_switched_back
from .unknown_codes import find_unknown_codes


@attrs.frozen
class _Findings:
    """What a dry run found out.

    :param file: the file, compared with the vendor's records if there are credentials.
    :param finished: the numbers of the rows that an earlier run finished; ``None`` if that is not
        known.
    :param refused: the rows that an import would send and the vendor would reject, by number.
    """

    file: Prepared
    finished: frozenset[int] | None = None
    refused: Mapping[int, RowError] = attrs.field(factory=dict)


async def dry_run(file: Prepared, reporter: Reporter) -> Summary:
    """Report what an import would do.

    :param file: the file, checked without the vendor.
    """
    request, kind = file.request, file.request.kind
    findings = await _with_vendor(file, reporter)
    file, finished, refused = findings.file, findings.finished, findings.refused
    checked = file.checked
    progress = Progress(checked.rows)
    rejected = {**checked.rejected, **refused}
    for number, error in sorted(rejected.items()):
        reporter.row(number, Status.REJECTED, error)
        progress.reasons.update(reasons(error, ours=True))
    not_changed = frozenset(refused).union(finished or ())
    changes, exist = _changes(kind, request, file.comparison, not_changed)
    # Only a comparison of the import itself makes it leave out rows.
    unsent = {
        number
        for number, change in changes.items()
        if change is Change.UNCHANGED and (request.options.update_existing or kind.switches)
    }.union(finished or ())
    wanted = [row.values for row in file.rows() if row.number not in unsent.union(refused)]
    requests = kind.count_requests(wanted)
    limit, per = request.limit or request.target.limit
    # One more request, which tests the credentials, comes first. So N requests at a limit of N
    # already wait for a second window.
    seconds = requests // limit * per
    reporter.note(
        f"Dry run: nothing was sent. An import would send {len(wanted):,} of "
        f"{counted(checked.rows, 'row')} in {counted(requests, 'request')}. At the rate limit of "
        f"{counted(limit, 'request')} per {per:g} s, this would take "
        f"{f'at least {duration(seconds)}' if seconds >= 1 else 'about a second'}."
    )
    if refused:
        reporter.note(
            f"{request.target.vendor} would reject {counted(len(refused), 'row')}. If another file "
            "creates the records that are missing, import that file first."
        )
    if exist:
        reporter.note(
            f"{request.target.vendor} has {exist:,} of these {kind.noun} already. To update them, "
            "add --update-existing. Without it, their rows are rejected, or create a second record "
            "if the vendor does not recognize the first."
        )
    at_most = 0
    if finished is None:
        at_most = _finished_in_journal(request, reporter)
    elif finished:
        path = journals.journal_path(request.results_path)
        reporter.note(journals.finished_note(path, len(finished)))
    return Summary(
        exit_code=Exit.REJECTED if rejected or exist else Exit.DONE,
        counts=Counter(
            {
                Status.DONE: len(unsent),
                Status.REJECTED: len(rejected),
                Status.SKIPPED: len(wanted),
            }
        ),
        earlier=min(at_most, checked.valid) if finished is None else len(finished),
        earlier_is_exact=finished is not None,
        changes=Counter(changes.values()),
        reasons=progress.reasons,
        dry_run=True,
    )


def _finished_in_journal(request: ImportRequest, reporter: Reporter) -> int:
    """Return how many rows the journal has as finished. They may be rows of another file.

    :raises CommandError: an import could not use the journal.
    """
    try:
        earlier = request.earlier_run()
    except CommandError as error:
        raise cannot_start(error) from None
    if earlier is None:
        return 0
    path = journals.journal_path(request.results_path)
    reporter.note(journals.dry_run_note(path, earlier))
    return journals.finished_rows(earlier)


async def _with_vendor(file: Prepared, reporter: Reporter) -> _Findings:
    """Ask the vendor, if there are credentials and rows to ask about."""
    request, target = file.request, file.request.target
    if not file.checked.valid:
        return _Findings(file)
    try:
        variables = require_variables(request.environment, target)
    except CommandError as missing:
        reporter.note(
            f"{missing.lines[0]} So this dry run checks only the file, and does not compare it "
            f"with the records in {target.vendor}."
        )
        return _Findings(file)
    names = listed(list(variables))
    async with connected(
        target,
        variables,
        reporter,
        limit=request.limit,
        events=[reporter.event, *request.listeners],
        hint="A dry run without credentials checks only the file.",
    ) as client:
        file = await ask_vendor(client, file, reporter, compare_rows=True, variables=names)
        # An import does not look up codes before it compares the removals with the guard.
        await count_removals(client, request, file.rows_to_send(), reporter, variables=names)
        if await was_switched_back(client, file):
            reporter.note(journals.switched_back_note(journals.journal_path(request.results_path)))
            finished = frozenset[int]()
        else:
            finished = await rows_finished_earlier(client, file)
        refused = await _refused(client, file, finished, reporter, variables=names)
        return _Findings(file, finished, refused)


async def _refused(
    client: Any, file: Prepared, finished: frozenset[int], reporter: Reporter, *, variables: str
) -> dict[int, RowError]:
    """Return the rows that the vendor would reject because of their codes."""
    request = file.request
    return await find_unknown_codes(
        client,
        request.kind,
        [row for row in file.rows() if row.number not in finished],
        reporter,
        existing=() if file.comparison is None else file.comparison.ids.keys(),
        vendor=request.target.vendor,
        variables=variables,
    )


def _changes(
    kind: Kind,
    request: ImportRequest,
    comparison: Comparison | None,
    without: frozenset[int],
) -> tuple[dict[int, Change], int]:
    """Return what each row would change, and how many rows are about records that exist.

    Without ``--update-existing``, the vendor rejects most of these rows.

    :param without: rows that change nothing: an earlier run finished them, or the vendor would
        reject them.
    """
    if comparison is None:
        return {}, 0
    changes = {n: change for n, change in comparison.changes.items() if n not in without}
    if "update_existing" not in kind.options or request.options.update_existing:
        return changes, 0
    created = [n for n, change in changes.items() if change is Change.CREATED]
    return dict.fromkeys(created, Change.CREATED), len(changes) - len(created)
