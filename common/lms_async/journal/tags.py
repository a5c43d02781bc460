"""Identify a row in a journal: by keyed hashes of the row's key and of its canonical form.

The canonical form is JSON with sorted keys, made of the checked values. So the order of columns and
the type of the row (model or mapping) make no difference. A field that is absent, one that is
``null`` and one that is an empty text are different, as they are for the vendors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable

import orjson

from .entries import HASH, KEY_HASH, Rows

#: orjson's option for JSON in canonical form: with sorted keys, equal values give equal JSON.
CANONICAL = orjson.OPT_SORT_KEYS
#: A value that versions of a JSON library could write differently.
_SAMPLE = {"b": 'é/"\\\n\x01\x7f\u2028😀', "a": [1, -1.5, 1e300, True, None, 2**53]}


class Tags:
    """Makes keyed hashes. Without the key, nobody can test whether a journal contains a name."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(key=key, digest_size=HASH)

    def of(self, text: bytes) -> bytes:
        """Return the keyed hash of ``text``."""
        hashed = self._keyed.copy()
        hashed.update(text)
        return hashed.digest()

    def form(self) -> str:
        """Return a hash that changes if a JSON library writes the canonical form differently."""
        return self.of(orjson.dumps(_SAMPLE, option=CANONICAL)).hex()

    def mark(self, rows: Rows) -> None:
        """Set the tags of ``rows``."""
        rows.tags = list(map(self._tag, rows.keys, rows.bodies))

    def _tag(self, key: Hashable | None, body: bytes) -> bytes:
        hashed = self._keyed.copy()
        hashed.update(_bytes_of(key))
        key_hash = hashed.digest()
        hashed.update(b"\0" + body)
        content = hashed.digest()
        return (content if key is None else key_hash)[:KEY_HASH] + content


def _bytes_of(key: Hashable | None) -> bytes:
    """Return ``key`` as bytes, without ``repr``, which differs between versions of Python."""
    if isinstance(key, str):
        return key.encode("utf-8", "surrogatepass")
    return orjson.dumps(key)
