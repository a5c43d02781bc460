"""Read the values of ``--filter NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Mapping

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.kinds import Reference
from lms_async.cli.wording import listed, quoted

from ..client import Schoology


async def filter_ids(
    client: Schoology, filters: Mapping[str, str], name: str, reference: Reference
) -> list[str] | None:
    """Return the ids of the records that a filter names; ``None`` without this filter.

    :raises CommandError: there is no such record, or there are several.
    """
    if name not in filters:
        return None
    cells = [cell.strip() for cell in filters[name].split(",")]
    ids: list[str] = []
    for cell, found in (await reference.find(client, cells)).items():
        if len(found) != 1:
            raise CommandError(
                f"--filter {name}: Schoology has {'several' if found else 'no'} {reference.noun} "
                f"{quoted(cell)}. {'Use the id.' if found else await _known(client, reference)}"
            )
        ids += found
    return ids


async def filter_id(
    client: Schoology, filters: Mapping[str, str], name: str, reference: Reference
) -> str | None:
    """Return the id of the record that a filter names; ``None`` without this filter.

    :raises CommandError: there is no such record, or the filter names several.
    """
    ids = await filter_ids(client, filters, name, reference)
    if ids is not None and len(ids) != 1:
        raise CommandError(f"--filter {name} takes one value.")
    return ids[0] if ids else None


def filter_flag(filters: Mapping[str, str], name: str) -> bool:
    """Return whether a filter is 1. Without the filter, return ``False``.

    :raises CommandError: it is neither 0 nor 1.
    """
    value = filters.get(name, "0")
    if value not in ("0", "1"):
        raise CommandError(f"--filter {name} must be 0 or 1.")
    return value == "1"


async def _known(client: Schoology, reference: Reference) -> str:
    names = [] if reference.known is None else await reference.known(client)
    return f"It has {listed(names)}." if names else ""
