"""Name, read and describe the journal that ``lms import`` keeps."""

from __future__ import annotations

from pathlib import Path

from ..errors import JournalFailed, JournalUnusable
from ..journal.entries import JournalSummary
from ..journal.key import key_beside
from ..journal.sqlite import JournalFile
from ..journal.wal import files_of
from .exit_codes import CommandError
from .wording import ago, counted

#: The words for each status in a journal.
_LABELS = {
    "done": "done",
    "rejected": "rejected by the vendor",
    "unknown": "unknown",
    "sent": "sent, no response yet",
}


def check_is_separate(journal: Path, *others: Path) -> None:
    """Make sure that the journal would not overwrite one of ``others``.

    :raises CommandError: it would.
    """
    for file in (journal, key_beside(journal), *files_of(journal)):
        if file.resolve() in {other.resolve() for other in others}:
            raise CommandError(
                f"{file} is the name of the journal. Choose another file with --results."
            )


def journal_path(results: Path) -> Path:
    """Return the path of the journal that belongs to a results file."""
    return results.with_suffix("").with_suffix(".journal")


def read_summary(path: Path) -> JournalSummary:
    """Count the rows of the journal at ``path``, by status.

    :raises CommandError: there is no journal, or it cannot be opened now.
    """
    try:
        file = JournalFile(path, make=False)
    except (JournalUnusable, JournalFailed) as unusable:
        why = unusable
    else:
        try:
            return file.summarize()
        finally:
            file.close()
    raise journal_error(why)


def journal_error(unusable: JournalUnusable | JournalFailed) -> CommandError:
    """Return the error in the command's words, with options instead of arguments."""
    hint = unusable.hint.replace("give another file", "choose another file with --results")
    hint = hint.replace("with restart", "with --restart")
    return CommandError(unusable.what, *([hint] if hint else []))


def resume_note(path: Path, summary: JournalSummary) -> str:
    """Say that an import continues an earlier one."""
    open_ = summary.counts["sent"] + summary.counts["unknown"]
    return (
        f"Continuing with the journal {path}, last written {ago(summary.written)}: "
        f"{counted(finished_rows(summary), 'row')} finished, {counted(open_, 'row')} to check with "
        "the vendor. Use --restart to start over."
    )


def dry_run_note(path: Path, summary: JournalSummary) -> str:
    """Say in a dry run that an import would continue an earlier one."""
    return (
        f"An import would continue with the journal {path}, last written {ago(summary.written)}. "
        f"It would send none of the {counted(finished_rows(summary), 'row')} finished there, "
        "unless they were changed since. The count above includes them."
    )


def describe(path: Path) -> list[str]:
    """Return the lines of ``lms journal show``."""
    summary = read_summary(path)
    lines = [f"{path}: {summary.operation or 'no import yet'}"]
    if summary.begun:
        lines.append(f"Started {ago(summary.begun)}, last written {ago(summary.written)}")
    lines += [f"{summary.counts[status]:>9,} {words}" for status, words in _LABELS.items()]
    return lines


def finished_rows(summary: JournalSummary) -> int:
    """Return how many rows are not sent again unless they change."""
    return summary.counts["done"] + summary.counts["rejected"]
