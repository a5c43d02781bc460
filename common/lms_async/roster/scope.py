"""The scope of a roster: the records that may be changed."""

from __future__ import annotations

import attrs

from .entries import Entry, split


@attrs.frozen(kw_only=True)
class Scope:
    """Which records may be changed. ``None`` sets no limit.

    An enrollment or relationship is also out of scope if its section or one of its people is.

    :param orgs: keys of schools. All records of other schools, and of none, are out of scope.
    :param roles: values of the field ``role`` of people.
    :param terms: keys of terms. Of sections, the field ``terms`` is compared, and one of its values
        is enough.
    """

    orgs: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    terms: frozenset[str] | None = None

    def includes(self, entry: Entry) -> bool:
        """Return whether ``entry`` may be changed."""
        if self.orgs is not None and entry.org not in self.orgs:
            return False
        if entry.kind == "people" and self.roles is not None:
            return entry.fields.get("role", "") in self.roles
        if entry.kind == "sections" and self.terms is not None:
            return not self.terms.isdisjoint(split(entry.fields.get("terms", "")))
        if entry.kind == "terms" and self.terms is not None:
            return entry.key in self.terms
        return True
