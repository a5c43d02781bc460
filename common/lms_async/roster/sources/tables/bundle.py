"""Find the CSV files of a source, in a folder or a zip file.

Nothing is unpacked to disk: a file in a zip file is decompressed while it is read.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import attrs

from ...problems import ReadingReport, SourceRefused

#: How many folders deep the files may be.
_DEEPEST = 3
#: Most entries in a bundle, and most bytes of one file and of all files when decompressed. The
#: largest real bundles have some hundred megabytes.
_MOST_ENTRIES = 10_000
_MOST_BYTES = 2 << 30
_MOST_BYTES_IN_ALL = 8 << 30


@attrs.frozen
class BundleFile:
    """A CSV file of a bundle.

    :param name: its path in the bundle, for messages.
    :param _open: opens it at its start.
    """

    name: str
    _open: Callable[[], IO[bytes]] = attrs.field(repr=False)

    @contextmanager
    def opened(self, report: ReadingReport) -> Iterator[IO[bytes]]:
        """Open the file at its start.

        :raises SourceRefused: it cannot be decompressed.
        """
        try:
            with self._open() as file:
                yield file
        except (zipfile.BadZipFile, zlib.error, EOFError):
            text = "the zip file is damaged here. Copy or export it again."
            raise report.refuse(self.name, 0, "", "damaged_zip", text) from None


@contextmanager
def open_bundle(
    path: Path, names: Collection[str], report: ReadingReport
) -> Iterator[Mapping[str, BundleFile]]:
    """Open a folder, a zip file or one of the files, and give the files by name in lower case.

    The files may be in a folder of the folder. If none of them is there, the mapping is empty.

    :param names: the names of the files to find, in lower case.
    :raises SourceRefused: it cannot be read, is not safe to read, or has the files more than once.
    """
    try:
        if path.is_file() and path.name.lower() in names:
            yield {path.name.lower(): BundleFile(path.name, _opens(path))}
            return
        if path.is_dir():
            yield _one_folder(_files_in_folder(path, names, report), report)
            return
        with zipfile.ZipFile(path) as archive:
            yield _one_folder(_files_in_zip(archive, names, report), report)
    except FileNotFoundError:
        raise report.refuse("", 0, "", "no_bundle", f"{path} does not exist.") from None
    except zipfile.BadZipFile:
        raise _damaged(path, report) from None
    except NotImplementedError:
        text = f"{path} is compressed in a way that is not supported. Use the usual one (deflate)."
        raise report.refuse("", 0, "", "compression", text) from None
    except OSError as error:
        text = f"{path} could not be read: {error.strerror}."
        raise report.refuse("", 0, "", "unreadable", text) from None


def _damaged(path: Path, report: ReadingReport) -> SourceRefused:
    text = f"{path} is neither a folder, nor an intact zip file, nor a file of the roster."
    return report.refuse("", 0, "", "not_a_bundle", text)


def _files_in_folder(
    folder: Path, wanted: Collection[str], report: ReadingReport
) -> Iterator[BundleFile]:
    entries = 0
    for place, folders, names in os.walk(folder):
        relative = Path(place).relative_to(folder)
        if len(relative.parts) >= _DEEPEST:
            folders.clear()
        entries += len(names)
        if entries > _MOST_ENTRIES:
            raise _too_many(report)
        for name in names:
            path = Path(place, name)
            if name.lower() in wanted and not _is_hidden((*relative.parts, name)):
                yield BundleFile(str(PurePosixPath(*relative.parts, name)), _opens(path))


def _opens(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _files_in_zip(
    archive: zipfile.ZipFile, wanted: Collection[str], report: ReadingReport
) -> Iterator[BundleFile]:
    if len(archive.infolist()) > _MOST_ENTRIES:
        raise _too_many(report)
    size = 0
    for entry in archive.infolist():
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if entry.is_dir() or _is_hidden(parts) or parts[-1].lower() not in wanted:
            continue
        name = "/".join(parts)
        if ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
            text = "the path points outside the zip file. Create the zip file again."
            raise report.refuse(name, 0, "", "unsafe_path", text)
        if entry.flag_bits & 1:
            text = "the file is encrypted. Make the zip file again without a password."
            raise report.refuse(name, 0, "", "encrypted", text)
        # zipfile never gives more than this size, whatever the compressed data holds.
        size += entry.file_size
        if entry.file_size > _MOST_BYTES or size > _MOST_BYTES_IN_ALL:
            text = f"the file is larger than {_MOST_BYTES >> 30} GiB when it is decompressed."
            raise report.refuse(name, 0, "", "too_large", text)
        yield BundleFile(name, _unzips(archive, entry))


def _unzips(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(entry)


def _too_many(report: ReadingReport) -> SourceRefused:
    text = f"The bundle has more than {_MOST_ENTRIES:,} files. Is this the right folder?"
    return report.refuse("", 0, "", "too_many_files", text)


def _is_hidden(parts: tuple[str, ...]) -> bool:
    """Return whether a path belongs to the operating system, such as those in ``__MACOSX``."""
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in parts)


def _one_folder(files: Iterable[BundleFile], report: ReadingReport) -> Mapping[str, BundleFile]:
    """Return the files of the one folder that has them."""
    folders: dict[str, dict[str, BundleFile]] = {}
    for file in files:
        folder, _, name = file.name.rpartition("/")
        found = folders.setdefault(folder, {})
        if name.lower() in found:
            text = f"{found[name.lower()].name} and {file.name} have the same name. Remove one."
            raise report.refuse("", 0, "", "same_file_twice", text)
        found[name.lower()] = file
    if len(folders) > 1:
        names = ", ".join(folder or "the bundle itself" for folder in sorted(folders))
        text = f"Several folders have files of the roster: {names}. Give one of them."
        raise report.refuse("", 0, "", "several_folders", text)
    return next(iter(folders.values()), {})
