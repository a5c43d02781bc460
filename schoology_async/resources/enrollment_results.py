"""Match the items of a bulk response about enrollments to the rows of the request."""

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
    """Return a function that returns the key of the row that an item belongs to.

    The key of a row is the section or group, followed by the person. An item of a failed row may
    lack the section or group, and so do all items in the response of a single section. Such an item
    is matched by the person, if only one row of the request has this person.

    :param keys: the keys of the rows of the request.
    :param person: reads the person from an item.
    :param place: reads the section or group from an item; ``None`` if a part of it is missing.
    """
    rows = Counter(key[-1] for key in keys)
    alone = {key[-1]: key for key in keys if rows[key[-1]] == 1}

    def read(item: Any) -> Hashable | None:
        uid = person(item)
        if uid is None:
            return None
        realm = place(item)
        if realm is not None:
            return (*realm, uid)
        return alone.get(uid)

    return read
