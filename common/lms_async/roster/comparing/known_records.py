"""The keys and schools of a source's records, for the records that refer to them."""

from __future__ import annotations

from collections.abc import Mapping

from ..entries import usable_key
from ..mapping.mapping import RosterMapping
from ..model import KINDS, Org
from ..problems import Mode, ReadingReport


class KnownRecords:
    """Remembers the keys and schools of one source's records, by kind and id.

    :param mapping: the school's settings.
    :param report: the report of the source that is read. It says which kinds are lists of changes.
    """

    def __init__(self, mapping: RosterMapping, report: ReadingReport) -> None:
        self._mapping, self._report = mapping, report
        # The key of each school, and ``""`` for an org that is no school.
        self._schools: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        # The key and the school of each record.
        self._known: dict[str, dict[str, tuple[str, str]]] = {kind.plural: {} for kind in KINDS}
        self._people_by_key: dict[str, str] = {}

    def add_org(self, org: Org) -> str:
        """Remember an org, and return its key."""
        own = org.code or org.id if self._mapping.keys.orgs == "code" else org.id
        building = _by_org(self._mapping.buildings, org)
        key = building or own
        self._schools[org.id] = key if org.type == "school" else building
        self._prefixes[org.id] = _by_org(self._mapping.course_prefixes, org)
        return key

    def add(self, kind: str, id_: str, key: str, org: str) -> None:
        """Remember the usable key and the school of a record."""
        self._known[kind][id_] = (key, org)

    def is_key_of_another_person(self, key: str, id_: str) -> bool:
        """Return whether another person of the source has this key, and remember the key.

        :param key: a usable key.
        """
        if not key or self._mapping.keys.people == "id":
            return False
        return self._people_by_key.setdefault(key, id_) != id_

    def find(self, kind: str, id_: str) -> tuple[str, str] | None:
        """Return the usable key and the school of a record; ``None`` if its key can't be known.

        A source that lists changes refers to records that it does not have.
        """
        known = self._known[kind].get(id_)
        if known is not None:
            return known
        if kind == "orgs":
            return (self.school(id_, kind),) * 2 if self._mapping.keys.orgs == "id" else None
        is_id = getattr(self._mapping.keys, kind, "") == "id"
        with_year = kind == "sections" and self._mapping.year_in_section_keys
        return (usable_key(id_), "") if is_id and not with_year else None

    def school(self, org_id: str, kind: str) -> str:
        """Return the key of a school, to which a record of ``kind`` belongs.

        The result is ``""``, so that the vendor keeps what it has, if the org is a district or
        another org that is no school, and the mapping has no building for it. So it is if a source
        that lists changes does not have the school, and the code of the school is needed.
        """
        known = self._schools.get(org_id)
        if known is None:
            known = self._mapping.buildings.get(org_id)
        if known is not None:
            return known
        is_list_of_changes = self._report.of(kind).mode is Mode.DELTA
        return "" if is_list_of_changes and self._mapping.keys.orgs == "code" else org_id

    def course_prefix(self, org_id: str) -> str:
        """Return the prefix of the course codes of a school."""
        return self._prefixes.get(org_id, "")


def _by_org(words: Mapping[str, str], org: Org) -> str:
    return words.get(org.id) or words.get(org.code, "")
