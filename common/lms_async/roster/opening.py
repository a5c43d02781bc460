"""Open the files of a school as the source that they are."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from ..errors import InvalidInput
from .mapping.mapping import RosterMapping
from .problems import SourceRefused
from .sources import CsvSource, OneRosterSource, Source, SourceSettings
from .sources.one_roster import has_files


def open_source(path: str | PathLike[str], mapping: RosterMapping | None = None) -> Source:
    """Return the source that is at a path.

    If the mapping describes CSV files, these are read. Otherwise, the files are OneRoster files.

    :param path: a folder or a zip file; or the only CSV file.
    :param mapping: the settings of the roster.
    :raises InvalidInput: the path can't be read, or has no OneRoster files, and the mapping does
        not describe other files.
    """
    path = Path(path)
    settings = (mapping.source if mapping else None) or SourceSettings()
    if settings.files:
        return CsvSource(
            path,
            files=settings.files,
            orgs=settings.orgs,
            terms=settings.terms,
            encoding=settings.encoding,
        )
    try:
        found = has_files(path)
    except SourceRefused as why:
        if why.problem.code != "not_a_bundle" or path.suffix.lower() != ".csv":
            raise
        found = False
    if not found:
        raise InvalidInput(
            f"{path} has no OneRoster files, such as users.csv, and the mapping does not describe "
            "other CSV files",
            hint="give the folder or the zip file of a OneRoster export, or describe each CSV file "
            "in the mapping, below a line [[source.files]]",
        )
    return OneRosterSource(
        path,
        encoding=settings.encoding,
        date_format=settings.date_format,
        bulk_files_are_complete=settings.bulk_files_are_complete,
    )
