"""Keep journals in PostgreSQL (extra ``postgres``).

Start with ``store.py``. ``schema.py`` makes and migrates the tables, ``session.py`` connects and
words errors, ``lease.py`` opens a journal for one run, ``tables.py`` has the SQL of one journal,
and ``deletion.py`` deletes old journals.
"""

from .deletion import delete_old_journals
from .store import PostgresStore

__all__ = ["PostgresStore", "delete_old_journals"]
