"""Open the files of a school as the source that they are."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from .mapping import RosterMapping
from .sources import OneRosterSource, Source


def open_source(path: str | PathLike[str], mapping: RosterMapping | None = None) -> Source:
    """Return the source that is at a path.

    :param path: a folder or zip file of OneRoster files.
    :param mapping: the settings of the roster.
    :raises InvalidInput: there is no source at this path.
    """
    return OneRosterSource(Path(path))
