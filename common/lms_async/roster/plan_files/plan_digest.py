"""A hash of what a plan does, to find out that its file was edited or damaged."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

import orjson

# All that decides what an apply does.
_CONTENT = (
    "SELECT name, value FROM meta WHERE name <> 'digest' ORDER BY name",
    "SELECT number, kind, action, key, org, vendor_id, before, after FROM changes ORDER BY number",
    "SELECT * FROM refusals ORDER BY number",
)


def content_digest(connection: sqlite3.Connection) -> bytes:
    """Return the hash of the plan that is open, as JSON.

    Whoever edits a plan can also write another hash, so this protects from mistakes only.
    """
    digest = blake2b(digest_size=16)
    for query in _CONTENT:
        for row in connection.execute(query):
            digest.update(repr(row).encode())
    return orjson.dumps(digest.hexdigest())
