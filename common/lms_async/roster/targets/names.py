"""The names and ids of records that other records refer to, such as roles and buildings."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import InvalidInput


class Names:
    """The names of the records of one kind, by id, and their ids, by name.

    :param noun: what a record is called, e.g. ``"role"``.
    :param records: the id and the name of each. A record without one of them is left out.
    :param others: more records. Their ids have names, and no name stands for one of them.
    """

    def __init__(
        self,
        noun: str,
        records: Iterable[tuple[str | None, str | None]],
        others: Iterable[tuple[str | None, str | None]] = (),
    ) -> None:
        self._noun = noun
        self._names = {id_: name.strip() for id_, name in others if id_ and name}
        self._ids: dict[str, list[str]] = {}
        for id_, name in records:
            if id_ and name and name.strip():
                self._names[id_] = name.strip()
                self._ids.setdefault(name.strip(), []).append(id_)

    def names(self) -> list[str]:
        """Return the names that stand for one record each."""
        return [name for name, ids in self._ids.items() if len(ids) == 1]

    def name(self, id_: str | None) -> str:
        """Return the name of a record; ``""`` if it is not known."""
        return self._names.get(id_ or "", "")

    def id(self, name: str, *, field: str) -> str:
        """Return the id of the record with this name.

        :param field: the field of the change that has the name, for the error.
        :raises InvalidInput: no record has this name, or several records have it.
        """
        found = self._ids.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            fault = f"is the name of several {self._noun}s at the vendor: give each its own name"
        else:
            fault = f"is the name of no {self._noun} at the vendor: add it, or correct the mapping"
        raise InvalidInput("the change can't be sent", fields={field: fault})
