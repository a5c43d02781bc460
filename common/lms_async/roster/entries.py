"""Entries: the form in which the school's records and the vendor's are compared.

An entry is a record as flat texts. The school's records become the entries that are wanted, and the
vendor's records the entries that are there. Two entries are the same record if kind and key are
equal.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

#: Stands between the parts of a key, and between the values of a field with several values.
SEPARATOR = "\x1f"
#: The kinds whose keys consist of other records' keys, and the kinds of these parts. The part
#: ``""`` is a word, not a key.
KEY_PARTS: Mapping[str, tuple[str, ...]] = {
    "enrollments": ("sections", "people"),
    "relationships": ("people", "people", ""),
}
#: The kinds whose records refer to those of other kinds, and these kinds.
REFERS_TO: Mapping[str, tuple[str, ...]] = {"sections": ("courses", "terms"), **KEY_PARTS}


@attrs.frozen(kw_only=True)
class Entry:
    """A record, either wanted by the school or there at the vendor.

    :param kind: the plural name of its kind, e.g. ``"people"``.
    :param key: the school's own id of the record. The key of an enrollment is its section's key and
        its person's, and the key of a relationship is both persons' keys and the kind of
        relationship, each joined by :func:`join`. A key with a blank part matches nothing.
    :param org: the school that the record belongs to, by its key; ``""`` for none. It is not
        compared. If the school of a record may change, it must also be a field.
    :param fields: the values by neutral field name. An empty text is an empty value. A wanted entry
        says nothing about fields that are missing. Several values are joined by :func:`join`.
    :param vendor_id: the vendor's id, if the record is there.
    :param active: whether the record is in use. A wanted entry that is not active should not be in
        use at the vendor.
    :param locked: why this record of the vendor is never changed; ``""`` if it may be. The
        enrollments and relationships of such a record stay as they are, too. Of a wanted
        entry, a :class:`~lms_async.roster.changes.Reason` why the vendor's record, and its
        enrollments and relationships, stay as they are.
    """

    kind: str
    key: str = attrs.field(repr=False)
    org: str = ""
    fields: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    vendor_id: str = attrs.field(default="", repr=False)
    active: bool = True
    locked: str = ""


def join(*parts: str) -> str:
    """Join the parts of a key, or the values of a field, into one text."""
    return SEPARATOR.join(parts)


def split(text: str) -> list[str]:
    """Return the parts of a key or the values of a field. An empty text has none."""
    return text.split(SEPARATOR) if text else []


def join_keys(*keys: str) -> str:
    """Join usable keys into one, which is ``""`` if one of them is blank."""
    return SEPARATOR.join(keys) if all(keys) else ""


def usable_key(key: str) -> str:
    """Return ``key`` without blanks around its parts, or ``""`` if one of its parts is blank."""
    if SEPARATOR not in key:
        return key.strip()
    parts = list(map(str.strip, key.split(SEPARATOR)))
    return SEPARATOR.join(parts) if all(parts) else ""
