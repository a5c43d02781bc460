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

#: How ``lms journal show`` names each status.
_LABELS = {
    "done": "done",
    "rejected": "rejected by the vendor",
    "unknown": "unknown",
    "sent": "sent, no response yet",
}
#: How the SDK's error says that the journal was written by another call.
_OTHER_CALL = "by another call or with other options"
#: First words of the SDK's errors. Other errors begin with a file name.
_FIRST_WORDS = frozenset("the there".split())


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
    """Return ``unusable`` as sentences that name the command's options, not Python arguments."""
    hint = unusable.hint.replace("give another file", "choose another file with --results")
    hint = hint.replace("with restart", "with --restart")
    what = unusable.what.replace(_OTHER_CALL, "by an import with another --kind or other options")
    if what.partition(" ")[0] in _FIRST_WORDS:
        what = _capitalized(what)
    return CommandError(*(f"{text}." for text in (what, _capitalized(hint)) if text))


def is_of_another_call(unusable: JournalUnusable | JournalFailed) -> bool:
    """Return whether an import with another kind or other options wrote the journal."""
    return _OTHER_CALL in unusable.what


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def resume_note(path: Path, summary: JournalSummary) -> str:
    """Say that an import continues an earlier one."""
    open_ = summary.counts["sent"] + summary.counts["unknown"]
    return (
        f"Continuing an earlier run (journal {path}, last written {ago(summary.written)}): "
        f"{counted(finished_rows(summary), 'row')} finished, {counted(open_, 'row')} to check with "
        "the vendor. Use --restart to start over."
    )


def switched_back_note(path: Path) -> str:
    """Say that an import does not believe the journal of an earlier one."""
    return (
        "Starting over, because some records were changed back since an earlier run (journal "
        f"{path}). Rows whose records have the wanted state are not sent."
    )


def dry_run_note(path: Path, summary: JournalSummary) -> str:
    """Say in a dry run that an import would continue an earlier one."""
    return (
        f"An earlier run finished {counted(finished_rows(summary), 'row')}, according to the "
        f"journal {path}, last written {ago(summary.written)}. An import would send these rows "
        "again only if you changed them. The count above includes them."
    )


def finished_note(path: Path, count: int) -> str:
    """Say in a dry run how many rows of this file an import would not send again."""
    return (
        f"An earlier run finished {counted(count, 'row')} of this file, according to the journal "
        f"{path}. An import would not send these rows again. To send all rows, add --restart."
    )


def describe(path: Path) -> list[str]:
    """Return the lines of ``lms journal show``."""
    try:
        summary = read_summary(path)
    except CommandError as error:  # its advice is for an import
        raise CommandError(error.lines[0]) from None
    lines = [f"{path}: {summary.operation or 'no import yet'}"]
    if summary.begun:
        lines.append(f"Started {ago(summary.begun)}, last written {ago(summary.written)}")
    lines += [f"{summary.counts[status]:>9,} {words}" for status, words in _LABELS.items()]
    return lines


def finished_rows(summary: JournalSummary) -> int:
    """Return how many rows the next run does not send, unless the user changed them."""
    return summary.counts["done"] + summary.counts["rejected"]
