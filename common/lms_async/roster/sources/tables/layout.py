"""Where the fields of the rows of a file are."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import attrs

#: Everything that is no letter or digit, except the dot of ``metadata.``.
_NOT_IN_NAMES = re.compile(r"[^\w.]|_")


def normalized(column: str) -> str:
    """Return the name of a column without case, blanks, marks and invisible characters."""
    return _NOT_IN_NAMES.sub("", column).casefold()


@attrs.frozen(kw_only=True)
class Layout:
    """Where the fields of the rows of a file are.

    :param positions: the position of each field in a row, ``None`` if the file does not have it.
    :param kind: what messages call the records.
    :param key: the fields without which a row cannot be read.
    :param id_field: the field with the id of the record, if the file has it. Its values are judged.
    :param constants: the fields that have the same value in all rows.
    :param names: what messages call the fields, if that is not their name.
    :param where: which rows are read: for each position, the values that count, casefolded.
    :param not_compared: fields that do not make two rows with the same key different.
    :param may_lack_key: whether a row without a key is left out, instead of rejected.
    :param shown: fields whose values messages may have: ids that are not those of people.
    :param can_be_left_out: fields that a person can take out of the mapping.
    """

    positions: Mapping[str, int | None]
    kind: str = "records"
    key: tuple[str, ...]
    id_field: str = ""
    constants: Mapping[str, str] = attrs.field(factory=dict)
    names: Mapping[str, str] = attrs.field(factory=dict)
    where: Mapping[int, Collection[str]] = attrs.field(factory=dict)
    not_compared: tuple[str, ...] = ()
    may_lack_key: bool = False
    shown: Collection[str] = ()
    can_be_left_out: Collection[str] = ()

    def name(self, field: str) -> str:
        """Return what messages call a field."""
        return self.names.get(field, field)
