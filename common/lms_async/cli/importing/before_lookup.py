"""What can be said about a row before the vendor's ids of its names are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from ...outcome import RowError
from ..kinds import Kind, Reference, Row
from ..wording import listed


@attrs.frozen
class BeforeLookup:
    """The rows of a file while its names are not yet replaced by the vendor's ids.

    :param references: the fields whose cells will be replaced.
    :param called: the names of the file's columns by field, for messages.
    """

    references: Mapping[str, Reference]
    called: Mapping[str, str]

    def __call__(self, values: Row) -> Row | RowError:
        """Return the row as it is; or an error if it has both a name and an id of one record.

        Nothing says which of the two is right if they are not of the same record.
        """
        faults: dict[str, str] = {}
        for field, reference in self.references.items():
            other = reference.becomes
            if field in values and other is not None and other in values:
                columns = [self.called.get(one, one) for one in (field, other)]
                faults[listed(columns)] = "name the same record. Fill in only one of them"
        if not faults:
            return values
        message = "; ".join(f"{columns} {why}" for columns, why in faults.items())
        return RowError("invalid", message, faults)

    def fields_after(self, fields: Sequence[str]) -> Sequence[str]:
        """Return ``fields``: no name is replaced."""
        return fields


def unresolved_fields(kind: Kind, row: Row) -> Collection[str]:
    """Return the fields of a row that get an id from the vendor, and cannot be checked before."""
    named = {field: reference for field, reference in kind.references.items() if field in row}
    return {*named, *(reference.becomes for reference in named.values() if reference.becomes)}
