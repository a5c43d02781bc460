"""Build list filters of several ids. Define the options that several lists have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lms_async.errors import InvalidInput
from lms_async.http.urls import Query, portions, query_params
from lms_async.records.scalar_rules import ids_of

#: The maximum number of ids or codes in one filter.
MOST_IDS = 50
#: The width of the pictures that records link to: 250, 170, 50 and 35 pixels.
PictureSize = Literal["big", "reg", "sm", "tiny"]


def filter_ids(ids: Iterable[str | int], *, what: str) -> list[str]:
    """Return the ids as text, without duplicates, in input order.

    :param what: the name of the ids in error messages, e.g. ``school_uid``.
    :raises InvalidInput: ``ids`` is not a list of ids, or an id is blank or contains a comma, which
        Schoology's filters do not support.
    """
    wanted = list(dict.fromkeys(ids_of(ids, what=f"{what}s")))
    if any("," in one or not one.strip() for one in wanted):
        raise InvalidInput(
            f"a {what} must not be blank or contain a comma, since it can't be part of a filter"
        )
    return wanted


def flags(**options: bool) -> Query:
    """Return the query with the options that are ``True``.

    The others are left out, since the vendor turns some options on for any value, even 0.

    :raises InvalidInput: an option is not True or False.
    """
    wrong = [name for name, value in options.items() if not isinstance(value, bool)]
    if wrong:
        fields = dict.fromkeys(wrong, "must be True or False")
        raise InvalidInput("an option can't be sent", fields=fields)
    return query_params(**options)


def filter_queries(name: str, ids: Iterable[str]) -> list[Query]:
    """Return queries with 50 ids each, or with fewer if the URL would become too long."""
    return [query_params(**{name: portion}) for portion in portions(ids, at_most=MOST_IDS)]
