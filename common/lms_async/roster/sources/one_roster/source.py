"""A roster from OneRoster CSV files, version 1.1 or 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from ....date_format import parse_date_format
from ....errors import InvalidInput
from ...model import KINDS, Deleted, Record
from ...problems import ReadingReport
from ..tables.text import checked_encoding
from .academics import read_courses, read_orgs, read_sections, read_terms
from .bundle import open_one_roster
from .enrollments import read_enrollments
from .manifest import read_manifest
from .people import read_people
from .reading import Reading
from .relationships import read_relationships

_READERS = (
    read_orgs,
    read_terms,
    read_people,
    read_courses,
    read_sections,
    read_enrollments,
    read_relationships,
)


class OneRosterSource:
    """A bundle of OneRoster CSV files: a folder or a zip file.

    Passwords in the files are never read.

    :param path: the folder or zip file. The files may be in a folder of it.
    :param encoding: Python's name of the encoding of files that are not UTF-8 and have no
        byte-order mark, for example ``cp1252``. Without it, such a file is refused.
    :param date_format: how the files write dates that are not written as YYYY-MM-DD, for example
        ``MM/DD/YYYY``. Without it, a row is rejected if day and month cannot be told apart.
    :param bulk_files_are_complete: files that the manifest calls bulk list all records, although
        they fill the columns ``status`` or ``dateLastModified``. Without it, such a file is read
        as one that may not list all, and no record that it misses is removed.
    :raises InvalidInput: Python has no encoding of this name, or the format of dates is wrong.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        encoding: str | None = None,
        date_format: str | None = None,
        bulk_files_are_complete: bool = False,
    ) -> None:
        self._path = Path(path)
        self._bulk_files_are_complete = bulk_files_are_complete
        self._encoding = None if encoding is None else checked_encoding(encoding)
        try:
            self._date_format = None if date_format is None else parse_date_format(date_format)
        except ValueError as why:
            raise InvalidInput(f"date_format: {str(why).rstrip('.')}") from None

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        """Yield the records; see :meth:`lms_async.roster.Source.read`.

        Rows with the same id are found before one of them is given. So the rows of most files are
        read two to four times, and those of ``users.csv`` four to eight times.
        """
        for kind in KINDS:
            report.of(kind.plural)
        with open_one_roster(self._path, report) as files:
            manifest = read_manifest(files, self._encoding, report)
            reading = Reading(
                files,
                manifest,
                self._encoding,
                self._date_format,
                self._bulk_files_are_complete,
                report,
            )
            for read in _READERS:
                yield from read(reading)
