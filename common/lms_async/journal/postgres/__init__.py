"""Keep journals in PostgreSQL (extra ``postgres``).

Start with ``store.py``. ``schema.py`` makes and migrates the tables, ``session.py`` connects and
words errors, ``lease.py`` opens a journal for one run, and ``tables.py`` has all other SQL.
"""

from .store import PostgresStore

__all__ = ["PostgresStore"]
