"""Forget the journals of a plan that was replaced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ...errors import JournalUnusable
from .apply_record import RECORD_NAME


def forget_other_plan(folder: Path, plan: str) -> None:
    """Delete ``folder`` if it has the journals of another plan than ``plan``.

    Do this only if the other plan's file was replaced. The new plan was made from what the vendor
    has, so the results of the other one are of no use.

    :param folder: the folder of an apply. It may not exist.
    :param plan: the id of the plan, see :attr:`~lms_async.roster.PlanMeta.id`.
    :raises JournalUnusable: the other plan is being applied, or the folder can't be deleted.
    """
    record = folder / RECORD_NAME
    if not record.is_file():
        return
    uri = f"{record.absolute().as_uri()}?mode=ro"
    try:
        # A running apply locks the record, so that it can't be read.
        with closing(sqlite3.connect(uri, uri=True, timeout=0)) as opened:
            plans = opened.execute("SELECT plan FROM about").fetchall()
    except sqlite3.Error:
        raise JournalUnusable(
            f"{record} can't be read: it is damaged, or another program applies a plan with it",
            hint="wait until the other program ends",
        ) from None
    if plans in ([], [(plan,)]):
        return
    try:
        # The record comes last. If the program is killed meanwhile, the next run finds the record,
        # and deletes the other files.
        for path in sorted(folder.iterdir(), key=lambda path: path == record):
            path.unlink()
        folder.rmdir()
    except OSError as error:
        raise JournalUnusable(f"{folder} can't be deleted: {error.strerror}") from None
