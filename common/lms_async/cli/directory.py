"""Find records by their id or one of their names, and the other way round.

A vendor package reads a list into a :class:`Directory`, and makes a reference of it with
:func:`reference_to`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from .kinds import Reference


@attrs.frozen
class Named:
    """A record with its names: for example the school's own id, an email address or a title."""

    id: str
    names: tuple[str, ...]
    archived: bool = False


def named(id_: str | None, *names: str | None, archived: bool = False) -> Named:
    """Return a record with those of its names that it has."""
    return Named(id_ or "", tuple(dict.fromkeys(filter(None, names))), archived)


class Directory:
    """All records of one kind.

    Names are compared without upper and lower case, and without blanks at the ends. A name of an
    active record is not confused with the same name of an archived one.

    :param prefer_archived: prefer archived records to active ones with the same name.
    """

    def __init__(self, records: Iterable[Named], *, prefer_archived: bool = False) -> None:
        self._records = {record.id: record for record in records if record.id}
        self._by_name: dict[str, dict[str, bool]] = {}
        for record in self._records.values():
            for name in filter(None, map(_plain, record.names)):
                is_preferred = record.archived == prefer_archived
                self._by_name.setdefault(name, {})[record.id] = is_preferred

    @property
    def names(self) -> list[str]:
        """The first name of each active record, without duplicates."""
        active = (one for one in self._records.values() if not one.archived)
        return list(dict.fromkeys(record.names[0] for record in active if record.names))

    def find(self, cells: Collection[str]) -> dict[str, list[str]]:
        """Return for each cell the ids of the records with this id or name.

        There are several if the cell is the id of one record and a name of another one.
        """
        return {cell: self._ids(_plain(cell)) for cell in cells}

    def name_of(self, id_: str | None) -> str:
        """Return a name that only the record ``id_`` has, otherwise its id.

        Ids differ between accounts. Names in a file also fit another account.
        """
        return self.only_name_of(id_) or id_ or ""

    def only_name_of(self, id_: str | None) -> str:
        """Return a name that only the record ``id_`` has, otherwise an empty text.

        For a file with the id in another column: in another account, the id can be another record.
        """
        record = self._records.get(id_ or "")
        names = () if record is None else record.names
        usable = (name for name in names if "," not in name and self._ids(_plain(name)) == [id_])
        return next(usable, "")

    def names_of(self, ids: Iterable[str] | None) -> str:
        """Return the names of several records, or their ids, separated by commas."""
        return ",".join(map(self.name_of, ids or ()))

    def _ids(self, plain: str) -> list[str]:
        named = self._by_name.get(plain, {})
        preferred = [id_ for id_, is_preferred in named.items() if is_preferred]
        whole = plain.lstrip("0") if plain.isdecimal() else plain
        own = [whole] if whole in self._records else []
        return list(dict.fromkeys([*own, *(preferred or named)]))


def _plain(name: str) -> str:
    return name.strip().casefold()


def reference_to(
    noun: str,
    read: Callable[[Any], Awaitable[Directory]],
    *,
    is_short: bool = False,
    several: bool = False,
) -> Reference:
    """Return a reference to the records of a list, by their ids and names.

    :param noun: what the vendor calls the records, in the plural.
    :param read: reads the list.
    :param is_short: whether messages can show the names of all records.
    :param several: whether a cell can have several values, separated by commas.
    """

    async def find(client: Any, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
        return (await read(client)).find(cells)

    async def known(client: Any) -> Sequence[str]:
        return (await read(client)).names

    return Reference(noun=noun, find=find, known=known if is_short else None, several=several)
