"""Filters of a list that take several ids, and the options that lists share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lms_async.errors import InvalidInput
from lms_async.http.urls import Query, portions, query_params
from lms_async.records.scalars import ids_of

#: The most ids or codes that the vendor's filters take in one request.
MOST_IDS = 50
#: The width of the pictures that records link to: 250, 170, 50 and 35 pixels.
PictureSize = Literal["big", "reg", "sm", "tiny"]


def filter_ids(ids: Iterable[str | int], *, what: str) -> list[str]:
    """Return the ids as text, each once, in the order in which they were first given.

    :param what: what they are, for messages, e.g. ``school_uid``.
    :raises InvalidInput: they are not a list of ids, or one is blank or has a comma in it, which
        the vendor's filters can't hold.
    """
    wanted = list(dict.fromkeys(ids_of(ids, what=f"{what}s")))
    if any("," in one or not one.strip() for one in wanted):
        raise InvalidInput(
            f"a {what} that is blank or has a comma in it can't be asked for in a list"
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
    """The queries that ask for these ids: 50 each, or fewer if the URL would become too long."""
    return [query_params(**{name: portion}) for portion in portions(ids, at_most=MOST_IDS)]
