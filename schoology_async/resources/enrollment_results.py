"""Which row of a bulk an item of an enrollment response means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ..bulk_results import ItemReader


def person_reader(
    keys: Sequence[Any],
    *,
    person: ItemReader[str],
    place: Callable[[dict[str, Any]], tuple[str, ...] | None],
) -> ItemReader[Hashable]:
    """Return a function that reads from an item of a response which row it means.

    The keys of rows are the place where a person is enrolled, and then the person. An item of one
    section's response has no place, and an item that failed may have none: then the person alone
    tells the row, if only one row of the request has this person.

    :param keys: the rows of the request.
    :param person: reads the person from an item.
    :param place: reads the place from an item; ``None`` if the item does not have all of it.
    """
    rows = Counter(key[-1] for key in keys)
    alone = {key[-1]: key for key in keys if rows[key[-1]] == 1}

    def read(item: Any) -> Hashable | None:
        who = person(item)
        if who is None:
            return None
        where = place(item)
        if where is not None:
            return (*where, who)
        return alone.get(who)

    return read
