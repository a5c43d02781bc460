"""What a vendor must have after a plan was applied, worked out from the source with dicts.

This shares no code with the comparison that makes plans. It knows the vendor only by its state
before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from lms_async.roster import (
    Capabilities,
    Enrollment,
    KindCapabilities,
    Person,
    RosterMapping,
    Scope,
)
from tests.roster.random_school import DAY, Roster
from tests.roster.world import Shown

At = tuple[str, str]
_SEPARATOR = "\x1f"
_PARENTS = {"enrollments": ("sections", "people"), "relationships": ("people", "people")}
_SCHOOLS = {"s1": "N", "s2": "S"}
#: Kinds that are missing by mistake if another one is.
_NEEDS = {
    "sections": {"courses", "terms"},
    "enrollments": {"sections", "people"},
    "relationships": {"people"},
}


@attrs.frozen
class Wanted:
    """A record as the school wants it."""

    kind: str
    key: str
    org: str = ""
    fields: Mapping[str, str] = attrs.field(factory=dict)
    active: bool = True
    #: Whether the vendor's record must stay as it is.
    left: bool = False
    #: The source's own id, if two records may have one key.
    id: str = ""


def wanted(roster: Roster, mapping: RosterMapping) -> Iterator[Wanted]:
    """Yield each record that the school wants, or wants to stay."""
    keys = {one.id: one.identifier for one in roster["people"]}
    orgs = {one.id: _SCHOOLS[one.org_id] for one in roster["courses"]}
    titles = {one.id: one.title for one in roster["terms"]}
    for org in roster["orgs"]:
        yield Wanted("orgs", org.code, org.code, {"name": org.name, "code": org.code})
    for term in roster["terms"]:
        dates = {"starts": term.starts.isoformat(), "ends": term.ends.isoformat()}
        yield Wanted("terms", term.title, fields={"title": term.title, **dates})
    for person in roster["people"]:
        yield _person(person, mapping)
    for course in roster["courses"]:
        school = orgs[course.id]
        fields = {"title": course.title, "school": school}
        yield Wanted("courses", course.id, school, fields)
    for section in roster["sections"]:
        terms = _SEPARATOR.join(sorted(titles[id_] for id_ in section.term_ids))
        fields = {"title": section.title, "course": section.course_id, "terms": terms}
        yield Wanted("sections", section.id, orgs[section.course_id], fields)
    for seat in roster["enrollments"]:
        if _is_today(seat):
            key = _joined(seat.section_id, keys[seat.person_id])
            yield Wanted("enrollments", key, fields={"role": mapping.enrollment_roles[seat.role]})
    for link in roster["relationships"]:
        key = _joined(keys[link.person_id], keys[link.other_id], "guardian")
        yield Wanted("relationships", key)


def _person(person: Person, mapping: RosterMapping) -> Wanted:
    (role,) = person.roles
    word = mapping.roles.get(role.role, "")
    school = _SCHOOLS[role.org_id]
    fields = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "role": word,
        "school": school,
    }
    return Wanted(
        "people",
        person.identifier,
        school,
        fields,
        active=person.enabled,
        left=not word,
        id=person.id,
    )


def _is_today(seat: Enrollment) -> bool:
    return seat.ends is None or seat.ends >= DAY


def _joined(*parts: str) -> str:
    return _SEPARATOR.join(parts) if all(parts) else ""


class Judge:
    """Compares what a vendor has with what it should have.

    :param start: all that the vendor had before the plan was applied.
    :param end: all that it has now.
    """

    def __init__(
        self,
        roster: Roster,
        mapping: RosterMapping,
        capabilities: Capabilities,
        start: list[Shown],
        end: list[Shown],
    ) -> None:
        self._scope, self._can = mapping.scope, capabilities
        self._removals = mapping.guard.removals
        kinds = capabilities.kinds
        self._all = [_held(one, kinds) for one in wanted(roster, mapping) if one.kind in kinds]
        self._wanted: dict[At, list[Wanted]] = {}
        for one in self._all:
            same = self._wanted.setdefault((one.kind, one.key), [])
            if one not in same:
                same.append(one)
        self._start_all, self._end_all = start, end
        self._start = {(one.kind, one.key): one for one in start}
        self._end = {(one.kind, one.key): one for one in end}
        self._count = Counter((one.kind, one.key) for one in start)
        self._incomplete = self._incomplete_kinds(roster)

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong. Nothing means that the vendor has exactly what it should have."""
        yield from self._twice()
        yield from self._touched()
        yield from self._invented()
        for (kind, key), (one, *more) in self._wanted.items():
            if one.active and not more and self._may_change((kind, key)):
                yield from self._missing(one)
        for one in self._start_all:
            if one.active and self._may_change((one.kind, one.key)):
                yield from self._not_removed(one)

    def _twice(self) -> Iterator[str]:
        for at, count in Counter((one.kind, one.key) for one in self._end_all).items():
            if at[1] and count > max(1, self._count[at]):
                yield f"{at} is there {count} times"

    def _touched(self) -> Iterator[str]:
        """Yield records that were changed and should not have been."""
        now = {(one.kind, one.id): one for one in self._end_all}
        for old in self._start_all:
            at, new = (old.kind, old.key), now.get((old.kind, old.id))
            if new is not None and new.raw == old.raw and new.active == old.active:
                continue
            # The enrollments of somebody who returns can be in use again, even in a locked section.
            is_alone = not self._lost_parent(at) and not self._parent_returned(at)
            if not self._may_change(at) and is_alone:
                yield f"{at} was changed, and must not be"
            elif new is None:
                is_kept = self._wants(at) or self._can.kinds[old.kind].removal is None
                if is_kept and not self._lost_parent(at):
                    yield f"{at} is gone"
            elif old.active and new.active and self._wants(at):
                (one,) = self._wanted[at]
                if all(old.fields.get(name) == value for name, value in self._set(one, old)):
                    yield f"{at} was changed without a need"

    def _invented(self) -> Iterator[str]:
        """Yield records that are there now and should not be."""
        before = {(one.kind, one.id): one.active for one in self._start_all}
        for new in self._end_all:
            at = new.kind, new.key
            is_added = new.active and not before.get((new.kind, new.id))
            if not is_added or self._came_back(at):
                continue
            if not self._may_change(at) or not self._wants(at):
                yield f"{at} was added"

    def _came_back(self, at: At) -> bool:
        """Return whether a vendor brought back what a person had who returned. If the source may be
        incomplete, or the section is locked, this is not removed again."""
        stays = at[0] in self._incomplete or not self._may_change(at)
        return stays and self._parent_returned(at)

    def _parent_returned(self, at: At) -> bool:
        parents = [self._start.get(parent) for parent in self._parents(at)]
        return any(parent is not None and not parent.active for parent in parents)

    def _missing(self, one: Wanted) -> Iterator[str]:
        at = one.kind, one.key
        new, old = self._end.get(at), self._start.get(at)
        if not all(self._is_used(parent) for parent in self._parents(at)):
            return
        if new is None or not new.active:
            yield f"{at} is missing"
            return
        for name, value in self._set(one, old):
            if new.fields.get(name, "") != value:
                yield f"{at} has {name} {new.fields.get(name)!r} and not {value!r}"

    def _not_removed(self, old: Shown) -> Iterator[str]:
        at = old.kind, old.key
        if self._wants(at):
            return
        new = self._end.get(at)
        is_there = new is not None and new.active
        is_removed = (
            self._can.kinds[old.kind].removal is not None
            and old.kind in self._removals
            # A record that the source has and does not want is not missing by mistake.
            and (at in self._wanted or old.kind not in self._incomplete)
        )
        if is_removed and is_there:
            yield f"{at} is still there"
        elif not is_removed and not is_there and not self._lost_parent(at):
            yield f"{at} was removed"

    def _set(self, one: Wanted, old: Shown | None) -> list[tuple[str, str]]:
        """Return the fields that the vendor must show."""
        can = self._can.kinds[one.kind]
        names = can.shows - (can.fixed if old else frozenset())
        return [(name, value) for name, value in one.fields.items() if name in names and value]

    def _wants(self, at: At) -> bool:
        return any(one.active for one in self._wanted.get(at, ()))

    def _is_used(self, at: At) -> bool:
        return at in self._end and self._end[at].active

    def _lost_parent(self, at: At) -> bool:
        """Return whether a record ended together with somebody."""
        return any(not self._is_used(parent) for parent in self._parents(at))

    def _parents(self, at: At) -> list[At]:
        kinds = (kind for kind in _PARENTS.get(at[0], ()) if kind in self._can.kinds)
        return list(zip(kinds, at[1].split(_SEPARATOR), strict=False))

    def _may_change(self, at: At) -> bool:
        """Return whether a record may be changed."""
        return bool(at[1]) and all(map(self._is_open, [at, *self._parents(at)]))

    def _is_open(self, at: At) -> bool:
        """Return whether a record is nobody else's, can be told from all others, and is in
        scope."""
        there, wanted_here = self._start.get(at), self._wanted.get(at, [])
        if self._count[at] > 1 or len(wanted_here) > 1 or any(one.left for one in wanted_here):
            return False
        if there is not None and there.locked:
            return False
        if there is not None and at[0] == "people" and "role" in self._can.kinds["people"].fixed:
            roles = {one.fields.get("role", "") for one in wanted_here}
            if roles - {there.fields.get("role", "")}:  # another person with this key
                return False
        known: list[Shown | Wanted] = [*wanted_here]
        # The vendor does not know the school of a section itself: the source decides.
        if there and not (wanted_here and "school" not in self._can.kinds[at[0]].shows):
            known.append(there)
        return all(_includes(self._scope, one, at[0]) for one in known)

    def _incomplete_kinds(self, roster: Roster) -> set[str]:
        """Return the kinds of which the source may be incomplete."""
        found = {kind for kind, records in roster.items() if not records}
        found |= {one.kind for one in self._all if not one.key and one.active and not one.left}
        for kind, needed in _NEEDS.items():
            if found & needed:
                found.add(kind)
        return found


def _held(one: Wanted, kinds: Mapping[str, KindCapabilities]) -> Wanted:
    """Return the record with the fields that the vendor holds."""
    holds = kinds[one.kind].holds
    fields = {name: value for name, value in one.fields.items() if name in holds}
    return attrs.evolve(one, fields=fields)


def _includes(scope: Scope, one: Shown | Wanted, kind: str) -> bool:
    """Return whether a record is in scope. A vendor may show neither the school nor the role of
    inactive people."""
    if kind == "courses" and not one.org:  # the schools share it
        return True
    if scope.orgs is not None and kind in ("people", "courses", "sections"):
        return one.org in scope.orgs or not (one.active or one.org)
    if scope.roles is not None and kind == "people":
        role = one.fields.get("role", "")
        return role in scope.roles or not (one.active or role)
    return True
