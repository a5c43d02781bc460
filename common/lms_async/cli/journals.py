"""The journal that ``lms import`` keeps, and ``lms journal show``."""

from __future__ import annotations

from pathlib import Path

from ..errors import JournalFailed, JournalUnusable
from ..journal.entries import JournalSummary
from ..journal.key import key_beside
from ..journal.sqlite import JournalFile
from ..journal.wal import files_of
from .exit_codes import CannotStart
from .wording import ago, counted

#: What stands in a journal, in words.
_SAID = {
    "done": "done",
    "rejected": "rejected by the vendor",
    "unknown": "unknown",
    "sent": "sent, no response yet",
}


def apart(journal: Path, *others: Path) -> None:
    """Make sure that the journal is a file of its own.

    :raises CannotStart: it is the input, or the results file.
    """
    for file in (journal, key_beside(journal), *files_of(journal)):
        if file.resolve() in {other.resolve() for other in others}:
            raise CannotStart(
                f"{file} is the name of the journal. Choose another file with --results."
            )


def beside(results: Path) -> Path:
    """The journal's name, from that of the results file."""
    return results.with_suffix("").with_suffix(".journal")


def look(path: Path) -> JournalSummary:
    """What stands in the journal at ``path``.

    :raises CannotStart: there is none, or it can't be opened now.
    """
    try:
        file = JournalFile(path, make=False)
    except (JournalUnusable, JournalFailed) as unusable:
        why = unusable
    else:
        try:
            return file.tell()
        finally:
            file.close()
    raise refused(why)


def refused(unusable: JournalUnusable | JournalFailed) -> CannotStart:
    """Why nothing can be done with this journal, in the command's words."""
    hint = unusable.hint.replace("give another file", "choose another file with --results")
    hint = hint.replace("with restart", "with --restart")
    return CannotStart(unusable.what, *([hint] if hint else []))


def going_on(path: Path, told: JournalSummary) -> str:
    """One line for an import that goes on where an earlier one ended."""
    open_ = told.counts["sent"] + told.counts["unknown"]
    return (
        f"Continuing with the journal {path}, last written {ago(told.written)}: "
        f"{counted(settled(told), 'row')} finished, {counted(open_, 'row')} to check with the "
        "vendor. Use --restart to start over."
    )


def would_go_on(path: Path, told: JournalSummary) -> str:
    """The same for a dry run, which counts without the journal."""
    return (
        f"An import would continue with the journal {path}, last written {ago(told.written)}. It "
        f"would send none of the {counted(settled(told), 'row')} finished there, unless they were "
        "changed since. The count above includes them."
    )


def shown(path: Path) -> list[str]:
    """What ``lms journal show`` prints."""
    told = look(path)
    lines = [f"{path}: {told.operation or 'no import yet'}"]
    if told.begun:
        lines.append(f"Started {ago(told.begun)}, last written {ago(told.written)}")
    lines += [f"{told.counts[status]:>9,} {words}" for status, words in _SAID.items()]
    return lines


def settled(told: JournalSummary) -> int:
    """How many rows are not sent again as they are."""
    return told.counts["done"] + told.counts["rejected"]
