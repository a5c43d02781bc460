"""Build the query parameters of lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from lms_async.errors import InvalidInput
from lms_async.http.urls import MOST_QUERY, Query, encode_query, portions, query_params
from lms_async.records.scalar_rules import ids_of


def list_query(
    *,
    modified_since: datetime | None = None,
    deleted_since: datetime | None = None,
    per_page: int | None = None,
    **others: str | int | None,
) -> Query:
    """Return the query of a list, without the parameters that are ``None``.

    :raises InvalidInput: a time has no time zone, or ``per_page`` is below 1.
    """
    if per_page is not None and (not isinstance(per_page, int) or per_page < 1):
        raise InvalidInput("per_page must be a whole number, at least 1")
    return query_params(
        modified_since=moment("modified_since", modified_since),
        deleted_since=moment("deleted_since", deleted_since),
        per_page=per_page,
        **others,
    )


def moment(name: str, value: datetime | None) -> str | None:
    """Return a time in ManageBac's format, in UTC.

    :raises InvalidInput: the time has no time zone.
    """
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidInput(f"{name} needs a time zone", hint="e.g. datetime(…, tzinfo=UTC)")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(name: str, value: date | None) -> str | None:
    """Return a date as ManageBac reads it.

    :raises InvalidInput: it is not a date.
    """
    if value is None:
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidInput(f"{name} must be a date, such as date(2026, 9, 1)")
    return value.isoformat()


def flag(name: str, value: bool | None) -> str | None:
    """Return ``1`` for true and ``0`` for false. ``None`` leaves the parameter out.

    :raises InvalidInput: it is neither ``True`` nor ``False``.
    """
    if value is None:
        return None
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} must be True or False")
    return str(int(value))


def archived_queries(archived: bool | None) -> list[Query]:
    """Return the queries for active or for archived records; ``None`` returns a query for each.

    The vendor does not document what a list without this parameter contains.

    :raises InvalidInput: ``archived`` is none of these.
    """
    wanted = (False, True) if archived is None else (archived,)
    return [query_params(archived=flag("archived", one)) for one in wanted]


def repeated(name: str, ids: Iterable[str | int] | None, *, lists: int = 2) -> list[Query]:
    """Return the parameter ``name``, repeated for each id.

    Return several queries if the ids do not fit into one URL.

    :param lists: how many lists of ids share the room in one URL.
    :raises InvalidInput: ``ids`` is not a list of ids, or is empty. The vendor would return
        everything.
    """
    if ids is None:
        return [()]
    what = name.removesuffix("[]")
    known = ids_of(ids, what=what)
    if not known:
        raise InvalidInput(
            f"{what} must have at least one id", hint=f"to list all, leave {what} out"
        )
    around = len(encode_query(((name, ""),))) + 1
    cut = portions(known, around=around, room=MOST_QUERY // lists)
    return [tuple((name, one) for one in portion) for portion in cut]


def crossed(*filters: list[Query]) -> list[Query]:
    """Combine the queries of several filters: one query of each filter, in every combination."""
    combined: list[Query] = [()]
    for queries in filters:
        combined = [(*first, *then) for first in combined for then in queries]
    return combined
