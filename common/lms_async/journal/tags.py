"""Identify a row in a journal: by keyed hashes of the row's key and of its canonical form.

The canonical form is JSON with sorted keys, of the values as ``records/scalars.py`` gives them.
So neither the order of columns nor the kind of row (model or mapping) makes a difference.
A field that is absent, ``null`` and an empty text are three values, as they are for the vendors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable

import orjson

from .entries import HASH, WHOSE, Rows

#: orjson's option for JSON in canonical form: with sorted keys, equal values give equal JSON.
CANONICAL = orjson.OPT_SORT_KEYS
#: A value in which versions of a JSON library could differ.
_SAMPLE = {"b": 'é/"\\\n\x01\x7f\u2028😀', "a": [1, -1.5, 1e300, True, None, 2**53]}


class Tags:
    """Keyed hashes. Without the key, nobody can test whether a name is among them."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(key=key, digest_size=HASH)

    def of(self, text: bytes) -> bytes:
        """The keyed hash of ``text``."""
        hashed = self._keyed.copy()
        hashed.update(text)
        return hashed.digest()

    def form(self) -> str:
        """Identify the canonical form: another JSON library could give another one."""
        return self.of(orjson.dumps(_SAMPLE, option=CANONICAL)).hex()

    def mark(self, rows: Rows) -> None:
        """Give each row its tag."""
        rows.tags = list(map(self._tag, rows.keys, rows.bodies))
        rows.pack()

    def _tag(self, key: Hashable | None, body: bytes) -> bytes:
        hashed = self._keyed.copy()
        hashed.update(_bytes_of(key))
        whose = hashed.digest()
        hashed.update(b"\0" + body)
        content = hashed.digest()
        return (content if key is None else whose)[:WHOSE] + content


def _bytes_of(key: Hashable | None) -> bytes:
    """``key`` as bytes. Not by ``repr``, which differs between versions of Python."""
    if isinstance(key, str):
        return key.encode("utf-8", "surrogatepass")
    return orjson.dumps(key)
