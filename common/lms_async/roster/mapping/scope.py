"""The scope of a roster: the records that may be changed."""

from __future__ import annotations

import attrs

from ..entries import Entry, split

#: The kinds that several schools may share.
_SHARED = frozenset({"terms", "courses"})


@attrs.frozen(kw_only=True)
class Scope:
    """Which records may be changed. ``None`` sets no limit.

    An enrollment or relationship is also out of scope if its section or one of its people is.

    Vendors may show neither the school nor the role of a record that is not in use. Such a record
    is in scope, so that a person who comes back is returned if the school's record is in scope.

    :param orgs: keys of schools. All records of other schools, and of none, are out of scope, but
        not terms and courses without a school, which the schools share.
    :param roles: values of the field ``role`` of people.
    :param terms: keys of terms. Of sections, the field ``terms`` is compared, and one of its values
        is enough.
    """

    orgs: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    terms: frozenset[str] | None = None

    def includes(self, entry: Entry) -> bool:
        """Return whether ``entry`` may be changed."""
        return self.includes_school(entry) and self.includes_otherwise(entry)

    def includes_school(self, entry: Entry) -> bool:
        """Return whether the records of the school of ``entry`` may be changed."""
        if self.orgs is None or entry.org in self.orgs:
            return True
        may_lack_org = entry.kind in _SHARED or not entry.active
        return not entry.org and may_lack_org

    def includes_otherwise(self, entry: Entry) -> bool:
        """Return whether ``entry`` may be changed if the records of its school may be."""
        if entry.kind == "people" and self.roles is not None:
            role = entry.fields.get("role", "")
            return role in self.roles or not (role or entry.active)
        if entry.kind == "sections" and self.terms is not None:
            return not self.terms.isdisjoint(split(entry.fields.get("terms", "")))
        if entry.kind == "terms" and self.terms is not None:
            return entry.key in self.terms
        return True
