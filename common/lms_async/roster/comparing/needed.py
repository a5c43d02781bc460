"""The fields that a new record needs, and why a record of the source has no value for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: For each field that the mapping translates: the field of the source that it is translated from,
#: and the table of the mapping that does so.
_TRANSLATED = {"year_group": ("grades", "grades"), "subject": ("course", "subjects")}


def missing_fields(required: Sequence[Sequence[str]], fields: Mapping[str, str]) -> str:
    """Return the needed fields that a record does not have; ``""`` if it has all.

    :param required: groups of fields, see :class:`~lms_async.roster.KindCapabilities`.
    :param fields: the values of the record that is wanted.
    :returns: the names with ``or`` within a group, and for a translated field what to fill in.
    """
    if not required:
        return ""
    return ", ".join(
        " or ".join(_described(field, fields) for field in group)
        for group in required
        if not any(map(fields.get, group))
    )


def _described(field: str, fields: Mapping[str, str]) -> str:
    if field not in _TRANSLATED:
        return field
    source, table = _TRANSLATED[field]
    if not fields.get(source):
        return f"{field} (the source has no {source}: fill in {source})"
    return f"{field} (not translated: add the {source} to [{table}])"
