"""Find the line of a key in a TOML file, for messages. ``tomllib`` does not tell lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection

_KEY = re.compile(
    r"""\s*(?:(?P<bare>[\w-]+)|'(?P<literal>[^']*)'|"(?P<basic>(?:[^"\\]|\\.)*)")\s*=""", re.ASCII
)


def line_of(text: str, tables: Collection[str], key: str) -> int | None:
    """Return the line of a key, from 1, or ``None`` if it is not at the start of a line.

    :param text: the file.
    :param tables: the names of the table that has the key; none for the top of the file.
    """
    here: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            here = tuple(part.strip(" \t\"'") for part in header[1].split("."))
            if here == (*tables, key):
                return number
        elif here == tuple(tables) and (found := _KEY.match(line)) and _name_of(found) == key:
            return number
    return None


def _name_of(found: re.Match[str]) -> str:
    if name := found["bare"] or found["literal"]:
        return str(name)
    try:
        return str(tomllib.loads('key = "' + (found["basic"] or "") + '"')["key"])
    except tomllib.TOMLDecodeError:
        return ""
