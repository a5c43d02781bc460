"""Read the vendor once, and count what the settings of a roster depend on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any

import attrs

from ...roster import Capabilities, Entry, Target, Word
from ...roster.entries import usable_key
from ...roster.targets.vendor_terms import VendorTerm
from ..exit_codes import MAY_NOT_READ
from ..listing.progress import RowCount
from .source_survey import SourceSurvey

#: A course code with the prefix of a school.
_WITH_PREFIX = re.compile(r"[^-_.: /]+[-_.: /](.+)")
#: A key with a school year, as ``year_in_section_keys`` makes it.
_WITH_YEAR = re.compile(r"(.+)-\d{4}", re.ASCII)


@attrs.define
class VendorSurvey:
    """What a vendor has, compared with the keys of the source."""

    capabilities: Capabilities
    #: The vendor's words by the name of the table; ``None`` if the account may not read them.
    words: Mapping[str, Sequence[Word]] | None = None
    #: Whether the account may read the records.
    may_read: bool = True
    #: The number of records in use, by kind.
    records: Counter[str] = attrs.field(factory=Counter)
    #: The number of records in use that have a key, by kind.
    keyed: Counter[str] = attrs.field(factory=Counter)
    #: How many of them the source has, by kind and field.
    found: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    #: How many sections in use have a value of the source and a school year as key, by field.
    with_year: Counter[str] = attrs.field(factory=Counter)
    #: How many past sections have the key of a section of the source, by field.
    past: Counter[str] = attrs.field(factory=Counter)
    #: How many courses have a prefix and a value of the source as key, by field.
    with_prefix: Counter[str] = attrs.field(factory=Counter)
    #: Such a key.
    prefixed_code: str = ""
    terms: list[VendorTerm] = attrs.field(factory=list)
    #: How many people in use have a year of graduation.
    graduation_years: int = 0

    def words_of(self, table: str) -> Sequence[Word]:
        """Return the vendor's words for a table of the mapping."""
        return (self.words or {}).get(table, ())

    def add(self, entry: Entry, source: SourceSurvey) -> None:
        """Count a record."""
        if entry.kind == "terms":
            fields = entry.fields
            self.terms.append(
                VendorTerm(entry.key.strip(), fields.get("starts", ""), fields.get("ends", ""))
            )
        key = usable_key(entry.key)
        if not entry.active:
            if entry.kind == "sections":
                self.past.update(_fields_with(source, "sections", key))
            return
        self.records[entry.kind] += 1
        self.graduation_years += bool(entry.fields.get("graduation_year"))
        if not key:
            return
        self.keyed[entry.kind] += 1
        found = _fields_with(source, entry.kind, key)
        for field in found:
            self.found[entry.kind, field] += 1
        if entry.kind == "sections" and (parts := _WITH_YEAR.fullmatch(key)):
            self.with_year.update(_fields_with(source, "sections", parts[1]))
        if entry.kind == "courses" and not found and (parts := _WITH_PREFIX.fullmatch(key)):
            self.with_prefix.update(same := _fields_with(source, "courses", parts[1]))
            if "code" in same:
                self.prefixed_code = key


async def survey_vendor(
    target: Target, source: SourceSurvey, count: RowCount, as_of: date
) -> VendorSurvey:
    """Read the words and the records of a vendor.

    :param count: counts the records, for a display of the progress.
    :param as_of: the day for which the first plan will be made.
    :raises LmsError: the vendor can't be read. What the account may not read is left out.
    """
    survey = VendorSurvey(target.capabilities)
    try:
        survey.words = await target.words()
    except MAY_NOT_READ:
        survey.words = None
    snapshot: Any = target.snapshot(as_of)
    try:
        async with aclosing(snapshot):
            async for entry in snapshot:
                survey.add(entry, source)
                count.rows += 1
    except MAY_NOT_READ:
        return attrs.evolve(VendorSurvey(target.capabilities), words=survey.words, may_read=False)
    return survey


def _fields_with(source: SourceSurvey, kind: str, value: str) -> list[str]:
    """Return the fields of a kind of the source that have this value."""
    return [
        field for (of, field), values in source.values.items() if of == kind and value in values
    ]
