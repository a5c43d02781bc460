"""Find records by their id or one of their names, and the other way round."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import attrs


@attrs.frozen
class Named:
    """A record with its names: a title, and perhaps the school's own code."""

    id: str
    names: tuple[str, ...]


class Directory:
    """All records of one kind.

    Names are compared without upper and lower case, and without blanks at the ends.
    """

    def __init__(self, records: Iterable[Named]) -> None:
        self._records = list(records)
        self._by_name: dict[str, dict[str, None]] = {}
        for record in self._records:
            for name in (record.id, *record.names):
                if plain := _plain(name):
                    self._by_name.setdefault(plain, {})[record.id] = None
        self._by_id = {record.id: record for record in self._records}

    @property
    def names(self) -> list[str]:
        """The first name of each record, without duplicates."""
        return list(dict.fromkeys(record.names[0] for record in self._records if record.names))

    def find(self, cells: Collection[str]) -> dict[str, list[str]]:
        """Return for each cell the ids of the records with this id or name."""
        return {cell: list(self._by_name.get(_plain(cell), ())) for cell in cells}

    def name_of(self, id_: str | None) -> str | None:
        """Return a name that only the record ``id_`` has, otherwise its id.

        Ids differ between accounts. Names in a file also fit another account.
        """
        record = self._by_id.get(id_ or "")
        names = () if record is None else record.names
        usable = (name for name in names if "," not in name and len(self.find([name])[name]) == 1)
        return next(usable, id_)

    def names_of(self, ids: Iterable[str] | None) -> str | None:
        """Return the names of several records, separated by commas."""
        return None if ids is None else ",".join(str(self.name_of(id_)) for id_ in ids)


def _plain(name: str) -> str:
    return name.strip().casefold()
