"""Read the values of ``--filter NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from .exit_codes import CommandError
from .kinds import Reference
from .wording import listed, quoted


def filter_flag(filters: Mapping[str, str], name: str) -> bool | None:
    """Return whether a filter is 1; ``None`` without the filter.

    :raises CommandError: it is neither 0 nor 1.
    """
    value = filters.get(name)
    if value not in (None, "0", "1"):
        raise CommandError(f"--filter {name} must be 0 or 1.")
    return None if value is None else value == "1"


def filter_time(filters: Mapping[str, str], name: str) -> datetime | None:
    """Return the time of a filter, in UTC if it has no time zone; ``None`` without the filter.

    :raises CommandError: it is not a time.
    """
    if name not in filters:
        return None
    try:
        time = datetime.fromisoformat(filters[name])
    except ValueError:
        raise CommandError(
            f"--filter {name} must be a date or a time, such as 2026-09-01T08:00:00Z."
        ) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def filter_day(filters: Mapping[str, str], name: str) -> date | None:
    """Return the date of a filter; ``None`` without the filter.

    :raises CommandError: it is not a date.
    """
    if name not in filters:
        return None
    try:
        return date.fromisoformat(filters[name])
    except ValueError:
        raise CommandError(f"--filter {name} must be a date, such as 2026-09-01.") from None


def filter_word(filters: Mapping[str, str], name: str, *words: str) -> str | None:
    """Return a filter that must be one of some words; ``None`` without the filter.

    :raises CommandError: it is another word.
    """
    value = filters.get(name)
    if value is not None and value not in words:
        raise CommandError(f"--filter {name} must be {' or '.join(words)}.")
    return value


async def filter_ids(
    client: Any, filters: Mapping[str, str], name: str, reference: Reference
) -> list[str] | None:
    """Return the ids of the records that a filter names, separated by commas; ``None`` without it.

    :raises CommandError: there is no such record, or there are several.
    """
    if name not in filters:
        return None
    cells = [cell.strip() for cell in filters[name].split(",")]
    ids: list[str] = []
    for cell, found in (await reference.find(client, cells)).items():
        if len(found) != 1:
            raise CommandError(
                f"--filter {name}: The account has {'several' if found else 'no'} "
                f"{reference.noun} {quoted(cell)}. "
                f"{'Use the id.' if found else await _known(client, reference)}".rstrip()
            )
        ids += found
    return ids


async def filter_id(
    client: Any, filters: Mapping[str, str], name: str, reference: Reference
) -> str | None:
    """Return the id of the record that a filter names; ``None`` without this filter.

    :raises CommandError: there is no such record, or the filter names several.
    """
    ids = await filter_ids(client, filters, name, reference)
    if ids is not None and len(ids) != 1:
        raise CommandError(f"--filter {name} takes one value.")
    return ids[0] if ids else None


async def _known(client: Any, reference: Reference) -> str:
    names = [] if reference.known is None else await reference.known(client)
    return f"It has {listed(names)}." if names else ""
