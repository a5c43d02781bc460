"""The difference of random rosters is that of a naive model with the same rules."""

from __future__ import annotations

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.roster.changes import Change, LeftAlone, Reason
from lms_async.roster.entries import Entry, join, split, usable_key
from lms_async.roster.guarding.rules import Mode, Rules
from lms_async.roster.mapping.scope import Scope
from tests.roster.naive import Naive, applied, compared
from tests.roster.school import KINDS, VENDOR, compare

PEOPLE, SECTIONS = ("p1", "p2", "p3"), ("s1", "s2")
KEYS = {
    "people": PEOPLE,
    "relationships": (join("p1", "p2", "guardian"), join("p2", "p3", "guardian")),
    "courses": ("c1",),
    "sections": SECTIONS,
    "enrollments": tuple(join(of, who) for of in SECTIONS for who in PEOPLE[:2]),
}
#: Keys that are blank, have blanks around them, or belong to records that are never there.
ODD_KEYS = {
    "people": ("", " ", " p1"),
    "relationships": (join("p1", " ", "guardian"), join("p1", "p9", "guardian")),
    "courses": ("",),
    "sections": ("", "s1 "),
    "enrollments": (join("", "p1"), join("s1", "p9"), join("s9", "p1")),
}
FIELDS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "people": {
        "name": st.sampled_from(["Ada", "Bo", ""]),
        "role": st.sampled_from(["student", "student", "admin"]),
        "password": st.just("secret"),
    },
    "relationships": {},
    "courses": {"title": st.sampled_from(["Art", "Music"])},
    "sections": {
        "title": st.sampled_from(["Art", "Music"]),
        "terms": st.sampled_from(["t1", "t2", join("t1", "t2")]),
    },
    "enrollments": {"role": st.sampled_from(["student", "teacher"])},
}


@st.composite
def entries(draw: st.DrawFn, *, there: bool) -> list[Entry]:
    """Most of a few records, and up to two with an odd or repeated key."""
    places = [(kind, key) for kind in KINDS for key in KEYS[kind] if draw(st.integers(0, 4))]
    odd = [(kind, key) for kind in KINDS for key in (*ODD_KEYS[kind], *KEYS[kind])]
    places += draw(st.lists(st.sampled_from(odd), max_size=2))
    return [
        Entry(
            kind=kind,
            key=key,
            org=draw(st.sampled_from(["north"] * 5 + ["south", ""])),
            fields=draw(st.fixed_dictionaries({}, optional=FIELDS[kind])),
            vendor_id=str(number) if there else "",
            active=draw(st.integers(0, 5)) > 0,
            locked="" if draw(st.integers(0, 9)) else "synced" if there else Reason.UNKNOWN_ROLE,
        )
        for number, (kind, key) in enumerate(draw(st.permutations(places)))
    ]


SCOPES = st.builds(
    Scope,
    orgs=st.sampled_from([None, None, frozenset({"north"})]),
    roles=st.sampled_from([None, None, frozenset({"student"})]),
    terms=st.sampled_from([None, None, frozenset({"t1"})]),
)
SOME = st.sets(st.sampled_from(KINDS)).map(frozenset)
RULES = st.builds(
    Rules,
    removals=st.one_of(st.just(frozenset(KINDS)), SOME),
    incomplete=st.one_of(st.just(frozenset[str]()), SOME),
    mode=st.sampled_from([Mode.NORMAL, Mode.NORMAL, *Mode]),
)


@settings(max_examples=60)
@given(entries(there=False), entries(there=True), SCOPES, RULES)
def test_any_roster_gives_the_changes_of_the_naive_model(
    wanted: list[Entry], there: list[Entry], scope: Scope, rules: Rules
) -> None:
    found = compare(wanted, there, rules, scope)
    naive = Naive(wanted, there, VENDOR, scope, rules)
    expected = naive.items()
    assert sorted(map(text_of, found)) == sorted(map(text_of, expected))

    after = applied(there, found, VENDOR)
    # Nothing out of scope, locked or without a usable key was touched.
    for old, new in zip(naive.there, after, strict=False):
        if old.locked or not scope.includes(old) or not usable_key(old.key):
            assert old.fields == new.fields
            assert old.active == new.active or old.kind == "enrollments"
    # What is wanted is there, unless it is listed.
    listed = {(item.kind, item.key) for item in found if isinstance(item, LeftAlone)}
    # The vendor ends the enrollments of a person who is removed, although they are wanted.
    gone = {item.key for item in found if isinstance(item, Change) and item.action == "deactivate"}
    now = {(entry.kind, usable_key(entry.key)): entry for entry in after}
    for entry in wanted:
        at = (entry.kind, usable_key(entry.key))
        if at in listed or not at[1] or (at[0] == "enrollments" and split(at[1])[1] in gone):
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
    """Return all values of ``item``, which its repr does not show."""
    values = attrs.asdict(item, recurse=False)
    return repr({n: sorted(v.items()) if isinstance(v, dict) else v for n, v in values.items()})
