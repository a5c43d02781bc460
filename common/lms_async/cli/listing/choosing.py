"""Find what the user wants to read: the listing, its filters and its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..exit_codes import CommandError
from ..kinds import Listing
from ..target import Target, require_target
from ..wording import nearest, quoted


def require_listed_target(name: str | None, missing: str) -> Target:
    """Return the target ``name``, whose records can be listed.

    :param missing: what the user did not give if ``name`` is ``None``.
    :raises CommandError: no name was given, there is no such target, or it lists nothing.
    """
    target = require_target(name, missing, _names_of_listings)
    if not target.listings:
        raise CommandError(f"lms cannot list or export records of {target.name}.")
    return target


def _names_of_listings(target: Target) -> list[str]:
    return [listing.name for listing in target.listings]


def find_listing(target: Target, name: str) -> Listing:
    """Return the listing ``name`` of a target.

    :raises CommandError: the target does not have it.
    """
    for listing in target.listings:
        if listing.name == name:
            return listing
    raise CommandError(
        f"{target.name} cannot list {quoted(name)}. "
        f"{_hint(name, _names_of_listings(target), 'It can list')}"
    )


def exported_listings(target: Target, only: Collection[str]) -> list[Listing]:
    """Return the listings that ``lms export`` writes, in the target's order.

    :param only: the values of ``--only``; empty for all listings.
    :raises CommandError: one of ``only`` is not exported, or the target exports nothing.
    """
    exported = [listing for listing in target.listings if listing.exported]
    names = [listing.name for listing in exported]
    if not exported:
        raise CommandError(f"{target.name} has nothing to export.")
    faults = [
        f"--only: {target.name} does not export {quoted(name)}. {_hint(name, names, 'It exports')}"
        for name in only
        if name not in names
    ]
    if faults:
        raise CommandError(*faults)
    return [listing for listing in exported if not only or listing.name in only]


def describe_listings(target: Target) -> list[str]:
    """Return a line for each listing of a target: its name, what it lists, and its filters."""
    width = max((len(listing.name) for listing in target.listings), default=0)
    lines = []
    for listing in target.listings:
        lines.append(f"{listing.name:{width}}  {listing.does}")
        if listing.filters:
            lines.append(f"{'':{width}}  Filters: {', '.join(listing.filters)}")
    return lines


def read_filters(given: Iterable[str], listing: Listing) -> dict[str, str]:
    """Read the values of ``--filter NAME=VALUE`` and return the values by name.

    :raises CommandError: one is not valid, or names a filter that the listing does not have.
    """
    faults: list[str] = []
    filters: dict[str, str] = {}
    unknown = False
    for one in given:
        name, _, value = (part.strip() for part in one.partition("="))
        if not name or not value:
            faults.append(f"--filter {quoted(one)} is not valid. Write --filter NAME=VALUE.")
        elif name not in listing.filters:
            unknown = True
            near = nearest(name, listing.filters)
            hint = f" Did you mean {near}?" if near else ""
            faults.append(f"--filter: {listing.name} has no filter {quoted(name)}.{hint}")
        elif name in filters:
            faults.append(f"--filter is given twice for {name}. Remove one.")
        else:
            filters[name] = value
    if unknown:
        faults += _filter_lines(listing)
    if faults:
        raise CommandError(*faults)
    return filters


def read_columns(given: str | None, listing: Listing) -> Sequence[str]:
    """Read ``--columns a,b`` and return the names; empty if the option is not given.

    :raises CommandError: a name is unknown or given twice.
    """
    if given is None:
        return ()
    names = [name.strip() for name in given.split(",") if name.strip()]
    faults = [
        f"--columns: {listing.name} has no column {quoted(name)}. "
        f"{_hint(name, listing.columns, 'Its columns')}"
        for name in names
        if name not in listing.columns
    ]
    if not names:
        faults.append("--columns names no column. Write --columns NAME,NAME.")
    elif not faults and len(set(names)) < len(names):
        faults.append("--columns names a column twice. Remove one.")
    if faults:
        raise CommandError(*faults)
    return names


def _filter_lines(listing: Listing) -> list[str]:
    return _aligned(listing.filters) or [f"{listing.name} has no filters."]


def _aligned(meanings: Mapping[str, str]) -> list[str]:
    width = max(map(len, meanings), default=0)
    return [f"{name:{width}}  {meaning}" for name, meaning in meanings.items()]


def _hint(name: str, known: Sequence[str], what: str) -> str:
    near = nearest(name, known)
    return f"Did you mean {near}?" if near else f"{what}: {', '.join(known) or 'nothing'}."
