"""The two kinds of imports, which have the same pages, tables, workers and results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from psycopg_pool import AsyncConnectionPool

from schoology_async import Schoology

from .database import Import, State, Step
from .files import Files
from .people_import import PeopleImport
from .results import Line, read_file
from .roster_import import RosterImport
from .settings import Settings
from .uploading import Upload

#: How zip files begin: with a file, or with the list of their files if that is empty.
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

#: After so many results, the event loop does other work.
_PER_TURN = 500


class Kind(Protocol):
    """How imports of one kind are checked, sent and reported."""

    @property
    def name(self) -> str:
        """The name of the kind, which is kept with each import."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the results that say which row or change it is."""

    @property
    def needs_credentials(self) -> bool:
        """Whether only a worker can read all results, with the credentials of the school."""

    async def checked(self, upload: Upload, school: str, by: str) -> tuple[Import, int]:
        """Check an upload. Return its import, and in how many parts workers do it.

        :raises NotUsable: it can't be imported.
        :raises InvalidInput: the same.
        """

    async def run(self, one: Import, shard: int, client: Schoology) -> tuple[State, str]:
        """Do a part of an import, or the rest of it if it was interrupted.

        :returns: the state that the import has then, and a message. ``STARTED`` means that the part
            is done.
        """

    async def progress(self, one: Import) -> list[Step]:
        """Count the results so far. Schoology is not asked."""

    def lines(self, one: Import, client: Schoology | None) -> AsyncIterator[Line]:
        """Yield the results so far. Nothing is changed.

        :param client: a client of the school. Without it, if :attr:`needs_credentials`, only some
            results are known.
        """


def make_kinds(
    files: Files, settings: Settings, pool: AsyncConnectionPool[Any]
) -> Mapping[str, Kind]:
    """Return the kinds by name."""
    stores = settings.stores(pool)
    kinds: tuple[Kind, ...] = (
        PeopleImport(files, settings, stores),
        RosterImport(files, settings, stores),
    )
    return {kind.name: kind for kind in kinds}


def kind_of(path: Path) -> str:
    """Return the name of the kind of an upload, by its first bytes."""
    with path.open("rb") as file:
        return RosterImport.name if file.read(4) in _ZIP else PeopleImport.name


async def known_lines(kind: Kind, one: Import, files: Files) -> AsyncIterator[Line]:
    """Yield the results that can be read without credentials."""
    path = files.known_results(one.id)
    if path is None:
        async for line in kind.lines(one, None):
            yield line
        return
    for number, line in enumerate(read_file(path), 1):
        yield line
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)
