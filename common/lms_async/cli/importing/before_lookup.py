"""Check rows while they still contain names instead of the vendor's ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from ...outcome import RowError
from ..kinds import Kind, Row
from ..wording import listed


@attrs.frozen
class BeforeLookup:
    """Checks a row whose names are not yet replaced by the vendor's ids.

    :param ids: the field of the id, for each field with a name.
    :param called: the names of the file's columns by field, for messages.
    """

    ids: Mapping[str, str]
    called: Mapping[str, str]

    @classmethod
    def of(cls, kind: Kind, called: Mapping[str, str]) -> BeforeLookup | None:
        """Return the check for a kind; ``None`` if each name and its id have the same field."""
        ids = {
            field: reference.becomes
            for field, reference in kind.references.items()
            if reference.becomes is not None
        }
        return cls(ids, called) if ids else None

    def __call__(self, values: Row) -> Row | RowError:
        """Return the row as it is; or an error if it has both a name and an id of one record.

        Nothing says which of the two is right if they are not of the same record.
        """
        faults: dict[str, str] = {}
        for field, id_field in self.ids.items():
            if field in values and id_field in values:
                columns = [self.called.get(one, one) for one in (field, id_field)]
                faults[listed(columns)] = "name the same record. Fill in only one of them"
        if not faults:
            return values
        message = "; ".join(f"{columns} {why}" for columns, why in faults.items())
        return RowError("invalid", message, faults)

    def fields_after(self, fields: Sequence[str]) -> Sequence[str]:
        """Return ``fields``: no name is replaced."""
        return fields


def unresolved_fields(kind: Kind, row: Row) -> Collection[str]:
    """Return the fields of a row that cannot be checked yet: a look-up replaces their values."""
    named = {field: reference for field, reference in kind.references.items() if field in row}
    return {*named, *(reference.becomes for reference in named.values() if reference.becomes)}
