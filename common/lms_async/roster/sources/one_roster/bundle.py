"""Find the files of the standard, in a folder or a zip file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ...problems import ReadingReport
from ..tables.bundle import BundleFile, open_bundle
from .columns import FORMATS, NOT_READ

#: Names of the files of the standard, in lower case.
_STANDARD = frozenset(
    {f"{form.name.lower()}.csv" for form in FORMATS} | {f"{name}.csv" for name in NOT_READ}
)


@contextmanager
def open_one_roster(path: Path, report: ReadingReport) -> Iterator[Mapping[str, BundleFile]]:
    """Open a bundle, and give its files by name in lower case without ``.csv``.

    :raises SourceRefused: it cannot be read, holds no file of the standard, or is not safe to read.
    """
    with open_bundle(path, _STANDARD, report) as files:
        if not files:
            text = "The bundle has none of the files of OneRoster, such as users.csv."
            raise report.refuse("", 0, "", "no_files", text)
        yield {name.removesuffix(".csv"): file for name, file in files.items()}


def has_files(path: Path) -> bool:
    """Return whether files of the standard are at a path.

    :raises SourceRefused: the path cannot be read.
    """
    with open_bundle(path, _STANDARD, ReadingReport()) as files:
        return bool(files)
