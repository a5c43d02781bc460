"""The private files of imports: uploads, plans and results."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO
from uuid import UUID


class NotUsable(Exception):
    """The file can't be imported. The message says why, and has no data of people."""


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

    def plan(self, number: UUID) -> Path:
        """Return the path of the plan that was made of an uploaded roster."""
        return self._folder / f"{number.hex}.plan"

    def plan_page(self, number: UUID) -> Path:
        """Return the path of the page that shows the plan."""
        return self._folder / f"{number.hex}.html"

    def results(self, number: UUID) -> Path:
        """Return the path of the results of an import that has finished."""
        return self._folder / f"{number.hex}.results"

    def results_so_far(self, number: UUID) -> Path:
        """Return the path of the results of a plan that was stopped or has failed."""
        return self._folder / f"{number.hex}.results-so-far"

    def known_results(self, number: UUID) -> Path | None:
        """Return the path of the results, or of those so far; ``None`` if neither was written."""
        paths = (self.results(number), self.results_so_far(number))
        return next((path for path in paths if path.exists()), None)

    def delete(self, number: UUID) -> None:
        """Delete the files of an import."""
        self.delete_inputs(number)
        self.results(number).unlink(missing_ok=True)

    def delete_inputs(self, number: UUID) -> None:
        """Delete the files of an import that has finished, besides its results."""
        self.results_so_far(number).unlink(missing_ok=True)
        for path in (self.upload(number), self.plan(number), self.plan_page(number)):
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
