"""The journal that ``lms import`` keeps, and ``lms journal show``."""

from __future__ import annotations

import time
from pathlib import Path

from ..errors import JournalFailed, JournalUnusable
from ..journal_entries import Told
from ..journal_file import JournalFile
from .exits import CannotStart
from .text import counted, duration

#: What stands in a journal, in words.
_SAID = {
    "done": "done",
    "rejected": "rejected by the vendor",
    "unknown": "unknown",
    "sent": "sent, and their answers not in",
}


def apart(journal: Path, *others: Path) -> None:
    """Make sure that the journal is a file of its own.

    :raises CannotStart: it is the input, or the results file.
    """
    for file in (journal, journal.with_name(journal.name + ".key")):
        if file.resolve() in {other.resolve() for other in others}:
            raise CannotStart(f"{file} is the journal's name: give another file by --results")


def beside(results: Path) -> Path:
    """The journal's name, from that of the results file."""
    return results.with_suffix("").with_suffix(".journal")


def look(path: Path) -> Told:
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
    hint = unusable.hint.replace("give another file", "give another file by --results")
    hint = hint.replace("with restart", "with --restart")
    return CannotStart(unusable.what, *([hint] if hint else []))


def going_on(path: Path, told: Told) -> str:
    """One line for an import that goes on where an earlier one ended."""
    open_ = told.counts["sent"] + told.counts["unknown"]
    return (
        f"going on with {path}, last written {_ago(told.written)}: "
        f"{counted(settled(told), 'row')} "
        f"settled, {counted(open_, 'row')} to be asked for (--restart forgets it)"
    )


def would_go_on(path: Path, told: Told) -> str:
    """The same for a dry run, which counts without the journal."""
    return (
        f"an import would go on with {path}, last written {_ago(told.written)}: it would send none "
        f"of the {counted(settled(told), 'row')} settled there, unless they were changed since; "
        "they are among those counted above"
    )


def shown(path: Path) -> list[str]:
    """What ``lms journal show`` prints."""
    told = look(path)
    lines = [f"{path}: {told.operation or 'not begun'}"]
    if told.begun:
        lines.append(f"begun {_ago(told.begun)}, last written {_ago(told.written)}")
    lines += [f"{told.counts[status]:>9,} {words}" for status, words in _SAID.items()]
    return lines


def settled(told: Told) -> int:
    """How many rows are not sent again as they are."""
    return told.counts["done"] + told.counts["rejected"]


def _ago(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    days = int(seconds // 86400)
    return f"{counted(days, 'day')} ago" if days else f"{duration(seconds)} ago"
