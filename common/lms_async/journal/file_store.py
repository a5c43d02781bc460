"""Keep a journal in an SQLite file. A thread of its own makes the calls, which block."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs

from ..errors import LmsError
from .entries import EarlierResult, Ended, JournalSummary, Sent
from .key import key_beside
from .store import Wording

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from .sqlite import JournalFile

T = TypeVar("T")


@attrs.frozen
class FileStore:
    """A :class:`~lms_async.journal.store.JournalStore` in the file ``path``."""

    path: Path

    @property
    def wording(self) -> Wording:
        """See :class:`~lms_async.journal.store.JournalStore`."""
        return Wording(
            journal=str(self.path),
            key=str(key_beside(self.path)),
            right_key="copy the journal's own key there",
            another="give another file",
        )

    async def open(self, *, wait: float, restart: bool) -> FileInThread:
        """Open the file and lock it.

        :raises JournalUnusable: the file is in use, is not a journal, has another format, or
            another file of the journal is missing.
        """
        return await self._open(wait=wait, make=True, restart=restart)

    async def read(self) -> FileInThread:
        """Open the file and lock it. SQLite reads it only while no run uses it.

        :raises JournalMissing: there is no such file.
        :raises JournalUnusable: as :meth:`open`.
        """
        return await self._open(wait=0.0, make=False, restart=False)

    async def _open(self, *, wait: float, make: bool, restart: bool) -> FileInThread:
        # Imported here because most programs do not need it.
        from concurrent.futures import ThreadPoolExecutor

        thread = ThreadPoolExecutor(1, thread_name_prefix="lms-journal")

        def opened() -> FileInThread:
            from .sqlite import JournalFile  # with SQLite, which most programs do not need

            file = JournalFile(self.path, wait=wait, make=make, restart=restart)
            try:
                return FileInThread(file, thread)
            except BaseException:
                file.close()
                raise

        opening = asyncio.get_running_loop().run_in_executor(thread, opened)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(partial(_close_late, thread))  # the thread still opens it
            raise
        except LmsError:
            thread.shutdown(wait=False)
            raise


class FileInThread:
    """An open file whose methods run in ``thread``.

    See :class:`~lms_async.journal.store.LeasedJournal` for the methods.
    """

    def __init__(self, file: JournalFile, thread: ThreadPoolExecutor) -> None:
        self.file = file
        self.key = file.key()
        self.has_rows = not file.is_empty
        self._thread = thread

    def _call(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    async def other(self, about: dict[str, str]) -> str | None:
        """Return the first name in ``about`` for which the journal has another value."""
        return await self._call(self.file.other, about)

    async def begin(self, about: dict[str, str]) -> None:
        """Begin or continue the import that ``about`` describes."""
        await self._call(self.file.begin, about)

    async def forget_rejected(self) -> None:
        """Delete the rows that were rejected."""
        await self._call(self.file.forget_rejected)

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        """Return what was noted about each row."""
        return await self._call(self.file.recall, tags)

    async def write(self, entries: Iterable[Sent | Ended]) -> None:
        """Write all ``entries`` or none."""
        await self._call(self.file.write, entries)

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used."""
        return await self._call(self.file.summarize)

    async def close(self) -> None:
        """Close the file, and end the thread."""
        try:
            await self._call(self.file.close)
        finally:
            self._thread.shutdown(wait=False)


def _close_late(thread: ThreadPoolExecutor, opening: asyncio.Future[FileInThread]) -> None:
    """Close a journal whose opening was cancelled."""
    if not opening.cancelled() and opening.exception() is None:
        thread.submit(opening.result().file.close)
    thread.shutdown(wait=False)
