"""A roster from CSV files whose columns the school describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from ...model import KINDS, Deleted, Org, Record, Term
from ...problems import ReadingReport
from ..tables.bundle import open_bundle
from .academics import read_courses, read_orgs, read_sections, read_terms
from .members import read_enrollments, read_relationships
from .people import read_people
from .reading import Reading
from .settings import CsvFile, SourceSettings

_READERS = (
    read_orgs,
    read_terms,
    read_people,
    read_courses,
    read_sections,
    read_enrollments,
    read_relationships,
)


class CsvSource:
    """CSV files in a folder, in a zip file, or one CSV file.

    The same records in several rows or files count once. If rows have the same id and differ, none
    of them is read, except that a person may have a row for each role.

    :param path: the folder, the zip file or the only file. The files may be in a folder of it.
    :param files: what the files contain.
    :param orgs: the schools, if no file lists them.
    :param terms: the terms, if no file lists them.
    :param encoding: Python's name of the encoding of files that are not UTF-8 and have no
        byte-order mark, for example ``cp1252``. Without it, such a file is refused.
    :raises InvalidInput: no file is described, or the settings contradict each other.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        files: Iterable[CsvFile],
        orgs: Iterable[Org] = (),
        terms: Iterable[Term] = (),
        encoding: str | None = None,
    ) -> None:
        self._path = Path(path)
        self._settings = SourceSettings(
            files=tuple(files), orgs=tuple(orgs), terms=tuple(terms), encoding=encoding
        )

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        """Yield the records; see :meth:`lms_async.roster.Source.read`.

        Rows with the same id are found before one of them is given. So the rows of each file are
        read two to six times for each kind.
        """
        for kind in KINDS:
            report.of(kind.plural)
        names = {file.file.lower(): file.file for file in self._settings.files}
        with open_bundle(self._path, names, report) as files:
            if not files:
                text = f"{self._path} has no file of the mapping: {', '.join(names.values())}."
                raise report.refuse("", 0, "", "no_files", text)
            reading = Reading(self._settings, files, report)
            for read in _READERS:
                yield from read(reading)
