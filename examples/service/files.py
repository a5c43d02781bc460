"""The private files of imports: uploads, and results of imports that have finished."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO
from uuid import UUID


class Files:
    """Files that only the service may read. Their names are random and say nothing.

    An upload has passwords and birthdays in it, so it is deleted when its import has finished.

    :param folder: a folder that no web server serves.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def upload(self, number: UUID) -> Path:
        """Return the path of the uploaded file of an import."""
        return self._folder / f"{number.hex}.upload"

    def results(self, number: UUID) -> Path:
        """Return the path of the results of an import that has finished."""
        return self._folder / f"{number.hex}.results"

    def delete(self, number: UUID) -> None:
        """Delete the files of an import."""
        for path in (self.upload(number), self.results(number)):
            path.unlink(missing_ok=True)

    def delete_others(self, kept: Collection[UUID], *, hours: float) -> None:
        """Delete files that are older than ``hours`` and belong to no import.

        A process that was killed during an upload leaves such a file.
        """
        names = {number.hex for number in kept}
        for path in self._folder.iterdir():
            is_old = path.stat().st_mtime < time.time() - hours * 3600
            if is_old and path.stem not in names:
                path.unlink(missing_ok=True)


def new_private(path: Path) -> BinaryIO:
    """Create a file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
