"""Write a file that is either complete or absent, and that only its owner can read."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ..exit_codes import CommandError


def check_replaceable(path: Path, beginning: str) -> None:
    """Make sure that a file can be written at ``path`` without destroying another one.

    :param beginning: how each file begins that may be replaced. An empty file may be too.
    :raises CommandError: there is something else at ``path``, or its folder does not exist.
    """
    try:
        if not path.parent.is_dir():
            raise CommandError(f"The folder {path.parent} does not exist.")
        if not os.path.lexists(path):
            return
        if not stat.S_ISREG(path.lstat().st_mode):
            raise CommandError(f"{path} is a folder, a link or a device. Choose another name.")
        start = beginning.encode()
        with path.open("rb") as file:
            found = file.read(len(start))
    except OSError as error:
        raise _failed(path, error) from None
    if found not in (b"", start):
        raise CommandError(
            f"{path} exists and was not written by this command. lms does not replace it.",
            "Choose another name, or delete the file.",
        )


class NewFile:
    """A file that gets its name when it is complete. Until then it has a temporary name.

    Use it as a context manager. A file without a call of :meth:`complete` is deleted at the end.
    """

    def __init__(self, path: Path) -> None:
        """Create the temporary file, in the folder of ``path``.

        :raises CommandError: it cannot be created.
        """
        self.path = path
        try:
            # mkstemp creates the file with mode 0600.
            descriptor, name = tempfile.mkstemp(
                dir=path.parent, prefix=f".{path.name}.", suffix=".part"
            )
        except OSError as error:
            raise _failed(path, error) from None
        self._temporary: Path | None = Path(name)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")

    def write(self, text: str) -> None:
        """Write ``text``.

        :raises CommandError: it cannot be written, for example because the disk is full.
        """
        try:
            self._file.write(text)
        except OSError as error:
            raise _failed(self.path, error) from None

    def complete(self) -> None:
        """Put the file at its path, in place of an earlier one.

        :raises CommandError: it cannot be written.
        """
        assert self._temporary is not None  # noqa: S101 - called once
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(self.path)
        except OSError as error:
            raise _failed(self.path, error) from None
        self._temporary = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._temporary is None:
            return
        with suppress(OSError):  # closing writes again what could not be written before
            self._file.close()
        self._temporary.unlink(missing_ok=True)


def _failed(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} could not be written: {error.strerror}.")
