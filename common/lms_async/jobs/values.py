"""Check the values of jobs and shards, which may come from a queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import InvalidInput

#: The version of the JSON of jobs and shards.
VERSION = 1
_LONGEST_NAME = 200


def check_name(_: object, field: attrs.Attribute[str], value: object) -> None:
    """Check a name. Names of jobs become parts of file names.

    :raises InvalidInput: it is not a short text, or can't be a part of a path.
    """
    check_text(_, field, value)
    name = str(value)
    if not 0 < len(name) <= _LONGEST_NAME or name[0] == "." or {"/", "\\"} & set(name):
        raise InvalidInput(
            f"the {field.name} of a job has 1 to {_LONGEST_NAME} characters, without / and \\, and "
            "does not begin with a dot"
        )


def check_text(_: object, field: attrs.Attribute[str], value: object) -> None:
    """Check a text.

    :raises InvalidInput: it is not a text, is empty, or has control characters.
    """
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise InvalidInput(f"the {field.name} of a job is a text without control characters")


def check_count(_: object, field: attrs.Attribute[int], value: object) -> None:
    """Check a number of rows or shards.

    :raises InvalidInput: it is not a whole number, or is negative.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidInput(f"{field.name} is a whole number and not negative")


def check_options(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Check options: they must stay the same when they are written as JSON and read.

    :raises InvalidInput: they do not.
    """
    try:
        is_json = isinstance(value, Mapping) and json.loads(json.dumps(dict(value))) == value
    except (TypeError, ValueError):
        is_json = False
    if not is_json:
        raise InvalidInput("options are a mapping of names to JSON values")


def read(data: object, what: str, names: set[str]) -> dict[str, Any]:
    """Return the values with these ``names`` in the JSON of a job or shard.

    :param what: what it is, for errors.
    :raises InvalidInput: ``data`` is something else, or was written by another version.
    """
    if not isinstance(data, Mapping) or data.get("version") != VERSION:
        raise InvalidInput(
            f"this is not the JSON of a {what}, or another version of lms-async wrote it",
            hint="use the same version of lms-async for planning and in all workers",
        )
    if data.keys() != names | {"version"}:
        raise InvalidInput(f"this JSON of a {what} is damaged")
    return {name: data[name] for name in names}
