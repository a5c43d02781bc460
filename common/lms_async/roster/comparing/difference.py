"""Compare the entries that a school wants with the entries that the vendor has.

SQL joins find the records that differ, and decide whether they are left alone. The SQL is in
``difference_queries.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import orjson

from ..administrators import administers
from ..changes import Action, Change, LeftAlone, Reason
from ..database import writing
from ..entries import KEY_PARTS
from ..guarding.rules import Mode, Rules
from . import difference_queries as queries
from .fields import is_same
from .school_years import Days
from .schools import decide_schools
from .section_years import sections_of_other_years
from .working_set import WorkingSet

#: The kinds that end with their school year.
_OF_A_YEAR = frozenset({"terms", "courses", "sections"})

#: The school years of the sections, if they are not known.
_NOT_KNOWN: Mapping[str, Days] = {}


def difference(
    working_set: WorkingSet, rules: Rules, section_years: Mapping[str, Days] = _NOT_KNOWN
) -> Iterator[Change | LeftAlone]:
    """Yield the changes that make the vendor equal to the school, and what is left alone.

    Additions and updates come first, in the order of the kinds. Removals follow in reverse order,
    so a person who moves is enrolled in the new section before leaving the old one.

    :param working_set: all entries that are wanted and there.
    :param rules: which differences become changes.
    :param section_years: the school year of each section that is wanted, by its key.
    :returns: an iterator. It blocks while SQLite compares, so use it in a thread.
    :raises PlanFailed: the working set can't be written or read.
    """
    compared = _Difference(working_set, rules, section_years)
    with writing(working_set.path):
        compared.prepare()
        yield from working_set.not_compared()
        for kind in working_set.capabilities.kinds:
            yield from compared.unusable(kind)
            yield from compared.additions(kind)
        for kind in reversed(list(working_set.capabilities.kinds)):
            yield from compared.removals(kind)


@attrs.frozen
class _Difference:
    working_set: WorkingSet
    rules: Rules
    section_years: Mapping[str, Days]

    def prepare(self) -> None:
        """Find keys that can't be used, and what happens to sections and people."""
        connection = self.working_set.connection
        connection.create_function("has_fields", 2, _has_fields, deterministic=True)
        for kind in self.working_set.capabilities.kinds:
            decide_schools(self.working_set, kind)
        connection.executescript(queries.TABLES)
        connection.execute(queries.FIND_REPEATED)
        connection.execute(queries.DELETE_REPEATED)
        connection.execute(queries.FIND_DUPLICATES)
        connection.execute(queries.FIND_ADDITIONS)
        connection.execute(queries.FIND_REMOVALS)
        of_other_years = [
            (self.working_set.number_of("sections"), key, Reason.OTHER_SCHOOL_YEAR)
            for key in sections_of_other_years(self.working_set, self.section_years)
        ]
        connection.executemany(queries.ADD_UNUSABLE, of_other_years)
        people = self.working_set.capabilities.kinds.get("people")
        if people is not None and "role" in people.fixed:
            connection.execute(queries.ADD_OTHER_ROLES, self._parameters("people"))
        parents = {part for parts in KEY_PARTS.values() for part in parts}
        for kind in self.working_set.capabilities.kinds:
            if kind in parents:
                connection.execute(queries.FILL_REMOVED, self._parameters(kind))
                connection.execute(queries.FILL_PARENT, self._parameters(kind))

    def unusable(self, kind: str) -> Iterator[LeftAlone]:
        """Yield the records whose key is blank, not unique, or of another year or role."""
        rows = self.working_set.connection.execute(queries.UNUSABLE, self._parameters(kind))
        for key, org, vendor_id, reason in rows:
            yield LeftAlone(kind=kind, key=key, org=org, vendor_id=vendor_id, reason=Reason(reason))

    def additions(self, kind: str) -> Iterator[Change | LeftAlone]:
        """Yield what is to be returned, updated and created."""
        create = Action.LINK if kind in KEY_PARTS else Action.CREATE
        rows = self.working_set.connection.execute(queries.ADDITIONS, self._parameters(kind))
        for row in rows:
            key, org, wanted, hidden, lacking, own, vendor_id, there, active, locked, reason = row
            if vendor_id is None:
                if reason is not None:
                    details = {Reason.LOCKED: locked, Reason.NEEDED_FIELD: lacking}
                    detail = details.get(Reason(reason), "")
                    yield LeftAlone(
                        kind=kind, key=key, org=org, reason=Reason(reason), detail=detail
                    )
                    continue
                after = orjson.loads(wanted)
                if hidden:
                    after |= orjson.loads(hidden)
                yield Change(kind=kind, action=create, key=key, org=org, after=after)
                continue
            there = orjson.loads(there)
            before, after = _fields_that_differ(orjson.loads(wanted), there)
            if active and not after and not _may_have_another_role(own, there):
                continue
            if reason is not None:
                yield LeftAlone(
                    kind=kind,
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    reason=Reason(reason),
                    detail=locked if reason == Reason.LOCKED else "",
                )
                continue
            yield from self._changes_of(
                kind, key, org, vendor_id, before, after, is_active=bool(active)
            )

    def _changes_of(
        self,
        kind: str,
        key: str,
        org: str,
        vendor_id: str,
        before: dict[str, str],
        after: dict[str, str],
        *,
        is_active: bool,
    ) -> Iterator[Change | LeftAlone]:
        """Yield the update or return of a record, and the fields that can't be changed."""

        def left(reason: Reason, field: str = "") -> LeftAlone:
            return LeftAlone(
                kind=kind, key=key, org=org, vendor_id=vendor_id, reason=reason, detail=field
            )

        if self.rules.mode is Mode.ADDITIONS_ONLY:
            if after:
                yield left(Reason.ADDITIONS_ONLY)
            before, after = {}, {}
        for field in sorted(after.keys() & self.working_set.capabilities.kinds[kind].fixed):
            yield left(Reason.FIXED_FIELD, field)
            del before[field], after[field]
        if after or not is_active:
            yield Change(
                kind=kind,
                action=Action.UPDATE if is_active else Action.RETURN,
                key=key,
                org=org,
                vendor_id=vendor_id,
                before=before,
                after=after,
            )

    def removals(self, kind: str) -> Iterator[Change | LeftAlone]:
        """Yield what is to be taken out of use."""
        removal = self.working_set.capabilities.kinds[kind].removal
        rows = self.working_set.connection.execute(queries.REMOVALS, self._parameters(kind))
        for _, key, org, vendor_id, compared, locked, reason in rows:
            if reason is None and removal is not None:
                yield Change(
                    kind=kind,
                    action=removal,
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    before=orjson.loads(compared),
                )
                continue
            yield LeftAlone(
                kind=kind,
                key=key,
                org=org,
                vendor_id=vendor_id,
                reason=Reason(reason),
                detail=locked if reason == Reason.LOCKED else "",
            )

    def _parameters(self, kind: str) -> dict[str, object]:
        capabilities, rules = self.working_set.capabilities, self.rules
        parts = (*KEY_PARTS.get(kind, ()), "", "")
        ending = capabilities.ending(kind)
        return {
            "kind": self.working_set.number_of(kind),
            "first": self.working_set.number_of(parts[0]),
            "second": self.working_set.number_of(parts[1]),
            "ends_with_first": parts[0] in ending,
            "ends_with_second": parts[1] in ending,
            "additions_only": rules.mode is Mode.ADDITIONS_ONLY,
            "new_year": rules.mode is Mode.NEW_SCHOOL_YEAR and kind != "relationships",
            "of_a_year": kind in _OF_A_YEAR,
            "removable": capabilities.kinds[kind].removal is not None,
            "asked": kind in rules.removals,
            "incomplete": kind in rules.incomplete,
        }


def _may_have_another_role(reason: str, there: Mapping[str, str]) -> bool:
    """Return whether the vendor's record may have another role than the school's.

    The roles are not compared if the vendor has no word for the school's role. Without this check,
    a teacher who became an administrator would be neither changed nor mentioned.

    :param reason: why the school's record is left alone; ``""`` if it is not.
    :param there: the fields of the vendor's record.
    """
    if reason == Reason.ADMINISTRATOR:
        return not administers(there.get("role", ""))
    return reason in (Reason.UNKNOWN_ROLE, Reason.NO_ROLE)


def _has_fields(there: str, wanted: str) -> bool:
    """Return whether the vendor's record has exactly the values that are wanted, for SQLite.

    :param there: JSON of the fields of the vendor's record.
    :param wanted: JSON of the fields that are wanted.
    """
    has: dict[str, str] = orjson.loads(there)
    wants: dict[str, str] = orjson.loads(wanted)
    return wants.items() <= has.items()


def _fields_that_differ(
    wanted: dict[str, str], there: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields that differ, as they are there and as they are wanted.

    A field that the vendor's record does not have is empty. A field that is not wanted may have any
    value.
    """
    after = {
        name: value
        for name, value in wanted.items()
        if not is_same(name, value, there.get(name, ""))
    }
    return {name: there.get(name, "") for name in after}, after
