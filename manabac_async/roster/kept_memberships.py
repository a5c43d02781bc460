"""Keep the memberships of an account in a file, so that later only their changes are read.

Memberships are most of a school's records. They are also the only ones of which ManageBac lists
every change that matters here: a new link of a parent to a child, or another year group, may change
neither person's ``updated_at``. So only memberships are kept, and the file has no names.

The file is a SQLite database that only its owner can read. Each use brings it up to date first. If
that fails, the file stays as it was.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from lms_async.errors import PlanFailed
from lms_async.journal.key import make_private

from ..changes import CLOCKS, Changes
from ..client import ManageBac
from ..models.membership import Membership
from .references import PER_PAGE

#: After this time, all memberships are read anew.
MAX_AGE = timedelta(days=7)
#: SQLite's application id of these files ("lmsm").
APPLICATION_ID = 0x6C6D736D
#: If more than this share of the memberships changed, reading all of them needs fewer requests:
#: lists of changes are read twice, see ``changes.py``.
_MOST_CHANGED = 4
#: Rows that are read before the event loop does other work.
_PER_TURN = 1000
_TABLES = (
    "CREATE TABLE about (account TEXT, read_at TEXT, since TEXT)",
    "CREATE TABLE memberships (id TEXT PRIMARY KEY, class_id TEXT, user_id TEXT, role TEXT)",
)
_PUT = "INSERT OR REPLACE INTO memberships VALUES (?, ?, ?, ?)"
_DELETE = "DELETE FROM memberships WHERE id = ?"
_ROWS = "SELECT id, class_id, user_id, role FROM memberships"


@attrs.frozen
class KeptMemberships:
    """The memberships of an account as they are now.

    :param account: identifies the account. The file may be of another one: then all memberships are
        read anew, as they are if the file is missing or was last read in full a week ago.
    """

    client: ManageBac
    path: Path
    account: str

    async def pages(self) -> AsyncGenerator[list[Membership], None]:
        """Bring the file up to date, and yield its memberships in lists.

        :raises PlanFailed: the file can't be used.
        :raises LmsError: the memberships or their changes can't be read.
        """
        with _opened(self.path) as database:
            since = self._since(database)
            if since is None or not await self._read_changes(database, since):
                await self._read_all(database)
            database.execute("COMMIT")
            rows = database.execute(_ROWS)
            while some := rows.fetchmany(_PER_TURN):
                await asyncio.sleep(0)
                yield [
                    Membership(id=id_, class_id=class_id, user_id=user_id, role=role)
                    for id_, class_id, user_id, role in some
                ]

    def _since(self, database: sqlite3.Connection) -> datetime | None:
        """Return since when changes are to be read; ``None`` to read everything."""
        about = database.execute("SELECT account, read_at, since FROM about").fetchone()
        if about is None or about[0] != self.account:
            return None
        age = datetime.now(UTC) - datetime.fromisoformat(about[1])
        # If this machine's clock was set back, it is not known what was read.
        return datetime.fromisoformat(about[2]) if timedelta() <= age <= MAX_AGE else None

    async def _read_changes(self, database: sqlite3.Connection, since: datetime) -> bool:
        """Read the changes; return ``False`` if there are too many."""
        memberships = self.client.memberships
        changes = Changes(
            since,
            changed=lambda time: memberships.list(modified_since=time, per_page=PER_PAGE),
            deleted=lambda time: memberships.list(deleted_since=time, per_page=PER_PAGE),
        )
        (kept,) = database.execute("SELECT count(*) FROM memberships").fetchone()
        left = max(PER_PAGE, kept // _MOST_CHANGED)
        async for change in changes:
            left -= 1
            if left < 0:
                return False
            if change.deleted:
                database.execute(_DELETE, (change.record.id,))
            else:
                database.execute(_PUT, _row(change.record))
        database.execute("UPDATE about SET since = ?", (changes.next_since.isoformat(),))
        return True

    async def _read_all(self, database: sqlite3.Connection) -> None:
        began = datetime.now(UTC)
        database.execute("DELETE FROM about")
        database.execute("DELETE FROM memberships")
        async for page in self.client.memberships.list(per_page=PER_PAGE).pages():
            database.executemany(_PUT, map(_row, page))
        # What changes while the pages are read is read again the next time.
        about = (self.account, began.isoformat(), (began - CLOCKS).isoformat())
        database.execute("INSERT INTO about VALUES (?, ?, ?)", about)


def _row(membership: Membership) -> tuple[str | None, ...]:
    return (membership.id, membership.class_id, membership.user_id, membership.role)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open or create the file ``path``, with a transaction. Nothing else can use the file
    meanwhile."""
    try:
        make_private(path)
    except OSError as error:
        raise PlanFailed(f"{path} can't be created: {error.strerror}") from None
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
                database.execute(f"PRAGMA application_id={APPLICATION_ID}")
                for table in _TABLES:
                    database.execute(table)
            if database.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
                raise sqlite3.DatabaseError("it is another file")
            yield database
    except sqlite3.Error as error:
        why = str(error)
    else:
        return
    raise PlanFailed(
        f"{path} can't be used to keep memberships: {why}",
        hint="if another command uses the file, wait until it ends. Otherwise choose another "
        "name in keep_memberships_in, or delete the file: all memberships are then read again",
    )
