"""The difference: a random roster against a naive model of the same rules, and each rule alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lms_async.roster.changes import Action, Change, LeftAlone
from lms_async.roster.difference import difference
from lms_async.roster.entries import Entry, join, usable_key
from lms_async.roster.rules import Mode, Rules
from lms_async.roster.scope import Scope
from lms_async.roster.target import Capabilities, KindCapabilities, SideEffect
from lms_async.roster.working_set import WorkingSet
from tests.roster.naive import Items, Naive, applied, compared

KINDS = ("people", "relationships", "sections", "enrollments")
VENDOR = Capabilities(
    kinds={
        "people": KindCapabilities(
            holds=frozenset({"name", "mail", "role", "password"}),
            shows=frozenset({"name", "mail", "role"}),
            removal=Action.DEACTIVATE,
        ),
        "relationships": KindCapabilities(
            holds=frozenset(), shows=frozenset(), removal=Action.UNLINK
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
        working_set.add_wanted(wanted)
        working_set.add_there(there)
        counted = list(working_set.not_compared())
        return [item for item in difference(working_set, rules) if item not in counted]


def person(key: str, *, name: str = "Ada", **more: object) -> Entry:
    return Entry(kind="people", key=key, fields={"name": name, "role": "student"}, **more)  # type: ignore[arg-type]


def section(key: str, **more: object) -> Entry:
    return Entry(kind="sections", key=key, fields={"title": "Art"}, **more)  # type: ignore[arg-type]


def enrollment(of: str, who: str, role: str = "student", **more: object) -> Entry:
    return Entry(kind="enrollments", key=join(of, who), fields={"role": role}, **more)  # type: ignore[arg-type]


KEYS = {
    "people": st.sampled_from(["p1", "p2", "p3", " p1", "", " "]),
    "sections": st.sampled_from(["s1", "s2", "s3", ""]),
    "enrollments": st.builds(
        join, st.sampled_from(["s1", "s2", ""]), st.sampled_from(["p1", "p2"])
    ),
    "relationships": st.builds(
        join, st.sampled_from(["p1", "p2"]), st.sampled_from(["p3", " "]), st.just("guardian")
    ),
}
FIELDS = {
    "people": {
        "name": st.sampled_from(["Ada", "Bo", ""]),
        "role": st.sampled_from(["student", "admin"]),
        "password": st.just("secret"),
    },
    "sections": {"title": st.just("Art"), "terms": st.sampled_from(["t1", "t2", join("t1", "t2")])},
    "enrollments": {"role": st.sampled_from(["student", "teacher"])},
    "relationships": {},
}


@st.composite
def entries(draw: st.DrawFn, *, there: bool) -> list[Entry]:
    """Up to twelve records, with few keys, so that there are equal and different ones."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(KINDS))
        found.append(
            Entry(
                kind=kind,
                key=draw(KEYS[kind]),
                org=draw(st.sampled_from(["north", "north", "south"])),
                fields=draw(st.fixed_dictionaries({}, optional=FIELDS[kind])),
                vendor_id=str(number) if there else "",
                active=draw(st.sampled_from([True, True, False])),
                locked=draw(st.sampled_from(["", "", "", "synced"])) if there else "",
            )
        )
    return found


SCOPES = st.builds(
    Scope,
    orgs=st.sampled_from([None, frozenset({"north"})]),
    roles=st.sampled_from([None, frozenset({"student"})]),
    terms=st.sampled_from([None, frozenset({"t1"})]),
)
SOME = st.sets(st.sampled_from(KINDS)).map(frozenset)
RULES = st.builds(
    Rules,
    removals=st.one_of(st.just(frozenset(KINDS)), SOME),
    in_doubt=st.one_of(st.just(frozenset[str]()), SOME),
    mode=st.sampled_from([Mode.NORMAL, *Mode]),
)


@given(entries(there=False), entries(there=True), SCOPES, RULES)
def test_any_roster_gives_the_changes_of_the_naive_model(
    wanted: list[Entry], there: list[Entry], scope: Scope, rules: Rules
) -> None:
    found = compare(wanted, there, rules, scope)
    expected = Naive(wanted, there, VENDOR, scope, rules).items()
    assert sorted(map(text_of, found)) == sorted(map(text_of, expected))

    after = applied(there, found, VENDOR)
    # Nothing out of scope, locked or without a usable key was touched.
    for old, new in zip(there, after, strict=False):
        if old.locked or not scope.includes(old) or not usable_key(old.key):
            assert old.fields == new.fields
            assert old.active == new.active or old.kind == "enrollments"
    # What is wanted is there, unless it is listed.
    listed = {(item.kind, item.key) for item in found if isinstance(item, LeftAlone)}
    now = {(entry.kind, usable_key(entry.key)): entry for entry in after}
    for entry in wanted:
        at = (entry.kind, usable_key(entry.key))
        if at in listed or not at[1]:
            continue
        if entry.active:
            assert now[at].active
            assert (
                compared(now[at], VENDOR).items()
                >= {name: value for name, value in compared(entry, VENDOR).items() if value}.items()
            )
        else:
            assert at not in now or not now[at].active
    for at, entry in now.items():
        wants = any((each.kind, usable_key(each.key)) == at for each in wanted)
        assert wants or at in listed or not entry.active or not at[1]
    assert [item for item in compare(wanted, after, rules, scope) if isinstance(item, Change)] == []


def text_of(item: Change | LeftAlone) -> str:
    names = [name for name in item.__slots__ if name != "__weakref__"]
    values = {name: getattr(item, name) for name in names}
    for name in ("before", "after"):
        if name in values:
            values[name] = sorted(values[name].items())
    return repr(values)
