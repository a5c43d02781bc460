"""A small school and a vendor, for tests of the roster."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import attrs

from lms_async.roster.changes import Action
from lms_async.roster.comparing.difference import difference
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.entries import Entry, join, usable_key
from lms_async.roster.guarding.rules import Rules
from lms_async.roster.mapping.scope import Scope
from lms_async.roster.targets.target import Capabilities, KindCapabilities, SideEffect
from tests.roster.naive import Items

KINDS = ("people", "relationships", "courses", "sections", "enrollments")
VENDOR = Capabilities(
    kinds={
        "people": KindCapabilities(
            holds=frozenset({"name", "mail", "role", "school", "password"}),
            shows=frozenset({"name", "mail", "role", "school"}),
            removal=Action.DEACTIVATE,
        ),
        "relationships": KindCapabilities(
            holds=frozenset(), shows=frozenset(), removal=Action.UNLINK
        ),
        "courses": KindCapabilities(
            holds=frozenset({"title", "school"}), shows=frozenset({"title", "school"})
        ),
        "sections": KindCapabilities(
            holds=frozenset({"title", "terms"}),
            shows=frozenset({"title", "terms"}),
            fixed=frozenset({"terms"}),
            removal=Action.ARCHIVE,
        ),
        "enrollments": KindCapabilities(
            holds=frozenset({"role"}), shows=frozenset({"role"}), removal=Action.EXPIRE
        ),
    },
    side_effects=(SideEffect("people", "enrollments"),),
)
ALL = Rules(removals=frozenset(KINDS))


def compare(
    wanted: Iterable[Entry],
    there: Iterable[Entry],
    rules: Rules = ALL,
    scope: Scope | None = None,
    capabilities: Capabilities = VENDOR,
) -> Items:
    """Return the difference, without what is counted by field."""
    with (
        tempfile.TemporaryDirectory() as folder,
        WorkingSet(Path(folder) / "set", capabilities, scope) as working_set,
    ):
        working_set.add_wanted(attrs.evolve(entry, key=usable_key(entry.key)) for entry in wanted)
        working_set.add_there(there)
        counted = list(working_set.not_compared())
        return [item for item in difference(working_set, rules) if item not in counted]


def person(key: str, *, name: str = "Ada", **more: object) -> Entry:
    return Entry(kind="people", key=key, fields={"name": name, "role": "student"}, **more)  # type: ignore[arg-type]


def section(key: str, **more: object) -> Entry:
    return Entry(kind="sections", key=key, fields={"title": "Art"}, **more)  # type: ignore[arg-type]


def enrollment(of: str, who: str, role: str = "student", **more: object) -> Entry:
    return Entry(kind="enrollments", key=join(of, who), fields={"role": role}, **more)  # type: ignore[arg-type]
