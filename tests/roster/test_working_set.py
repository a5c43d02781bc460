"""The working set: what is stored and counted, who may read it, and how it fails."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import attrs
import pytest

from lms_async import InvalidInput, LmsError
from lms_async.errors import PlanFailed
from lms_async.roster.changes import Action, Change, LeftAlone, Reason
from lms_async.roster.comparing.difference import difference
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.entries import Entry, join, split, usable_key
from lms_async.roster.mapping.scope import Scope
from lms_async.roster.targets.target import Capabilities, KindCapabilities, SideEffect
from tests.roster.school import ALL, VENDOR, compare, enrollment, person, section

SECRET = "Zebulon"


@pytest.fixture
def working_set(tmp_path: Path) -> Iterator[WorkingSet]:
    with WorkingSet(tmp_path / "set", VENDOR, Scope(orgs=frozenset({"north"}))) as made:
        yield made


def test_only_the_owner_can_read_the_file(working_set: WorkingSet) -> None:
    assert stat.S_IMODE(working_set.path.stat().st_mode) == 0o600


def test_existing_file_and_missing_folder_are_refused(working_set: WorkingSet) -> None:
    with pytest.raises(PlanFailed, match="already exists"):
        WorkingSet(working_set.path, VENDOR)
    with pytest.raises(PlanFailed, match="can't be created"):
        WorkingSet(working_set.path / "set", VENDOR)


def test_failure_of_sqlite_is_an_error_of_ours(working_set: WorkingSet) -> None:
    working_set.close()
    with pytest.raises(LmsError, match="can't be written"):
        working_set.add_wanted([person(SECRET)])
    with pytest.raises(LmsError, match="can't be written"):
        list(difference(working_set, ALL))


async def test_snapshot_is_read_in_batches(working_set: WorkingSet) -> None:
    async def snapshot() -> AsyncIterator[Entry]:
        for number in range(2500):
            yield person(f"p{number}", org="north")

    await working_set.read_there(snapshot())
    assert working_set.existing() == {("people", "north"): 2500}


def test_fingerprint_depends_on_everything_but_the_order(tmp_path: Path) -> None:
    prints = []
    ada, bo = person("p1", vendor_id="1"), person("p2", vendor_id="2")
    changed = [
        attrs.evolve(ada, **change)
        for change in (
            {"key": "p3"},
            {"org": "south"},
            {"fields": {"name": "Bea"}},
            {"vendor_id": "3"},
            {"active": False},
            {"locked": "synced"},
        )
    ]
    for number, there in enumerate([[ada, bo], [bo, ada], [bo], *([one, bo] for one in changed)]):
        with WorkingSet(tmp_path / str(number), VENDOR) as made:
            made.add_there(there)
            prints.append(made.fingerprint)
    assert prints[0] == prints[1]
    assert len(set(prints)) == len(prints) - 1
    assert {len(each) for each in prints} == {32}


def test_counts_active_records_with_a_key_in_scope(working_set: WorkingSet) -> None:
    kept = [person("p1", org="north"), person("p2", org="north"), section("s1", org="north")]
    other = [person("", org="north"), person("p3"), person("p4", org="north", active=False)]
    working_set.add_there([*kept, *other])
    working_set.add_wanted([person("p2"), person("p4"), person("p3"), section("p1")])
    assert working_set.existing() == {("people", "north"): 2, ("sections", "north"): 1}
    assert working_set.found("people") == (2, 1)


def test_values_that_are_not_compared_are_counted_by_kind_school_and_field(
    working_set: WorkingSet,
) -> None:
    fields = {"name": "Ada", "password": SECRET, "pronouns": "she", "mail": ""}
    people = [Entry(kind="people", key=f"p{n}", org="north", fields=fields) for n in range(3)]
    blank = Entry(kind="people", key="p9", org="north", fields={"password": "", "pronouns": ""})
    working_set.add_wanted([*people, blank, Entry(kind="terms", key="t1")])
    working_set.add_there([Entry(kind="orgs", key="o1")])
    counted = [
        LeftAlone(kind="people", org="north", reason=reason, detail=field, records=3)
        for reason, field in (
            (Reason.NOT_VERIFIABLE, "password"),
            (Reason.FIELD_NOT_HELD, "pronouns"),
        )
    ]
    counted.append(LeftAlone(kind="terms", reason=Reason.KIND_NOT_HELD))
    assert sorted(working_set.not_compared(), key=str) == sorted(counted, key=str)
    items = list(difference(working_set, ALL))
    assert items[:3] == list(working_set.not_compared())


def test_difference_can_be_made_again_after_more_entries(working_set: WorkingSet) -> None:
    working_set.add_wanted([person("p1", org="north")])
    assert len(list(difference(working_set, ALL))) == 1
    working_set.add_there([person("p1", org="north")])
    assert list(difference(working_set, ALL)) == []


def test_nothing_of_a_person_is_in_a_repr() -> None:
    fields = {"name": SECRET}
    shown = [
        Entry(kind="people", key=SECRET, fields=fields, vendor_id=SECRET),
        Change(
            kind="people",
            action=Action.UPDATE,
            key=SECRET,
            vendor_id=SECRET,
            before=fields,
            after=fields,
        ),
        LeftAlone(kind="people", key=SECRET, vendor_id=SECRET, reason=Reason.LOCKED),
    ]
    assert SECRET not in repr(shown)


@pytest.mark.parametrize(
    ("key", "usable"),
    [
        (" p1 ", "p1"),
        ("\t", ""),
        (join("s1 ", " p1"), join("s1", "p1")),
        (join("s1", ""), ""),
        (join(" ", "p1"), ""),
    ],
)
def test_blanks_are_no_part_of_a_key(key: str, usable: str) -> None:
    assert usable_key(key) == usable


def test_joined_values_are_split_again() -> None:
    assert split(join("t1", "t2")) == ["t1", "t2"]
    assert split("") == []


def test_capabilities_that_contradict_themselves_are_refused() -> None:
    name = frozenset({"name"})
    with pytest.raises(InvalidInput, match="does not hold: name"):
        KindCapabilities(holds=frozenset(), shows=name)
    with pytest.raises(InvalidInput, match="does not hold: name"):
        KindCapabilities(holds=frozenset(), shows=frozenset(), fixed=name)
    with pytest.raises(InvalidInput, match="not a removal"):
        KindCapabilities(holds=name, shows=name, removal=Action.CREATE)
    with pytest.raises(InvalidInput, match="do not belong"):
        SideEffect("courses", "enrollments")
    nothing = KindCapabilities(holds=frozenset(), shows=frozenset())
    with pytest.raises(InvalidInput, match="people must come before enrollments"):
        Capabilities(kinds={"enrollments": nothing, "people": nothing})


def test_scope_of_terms_needs_one_of_the_terms_of_a_section() -> None:
    scope = Scope(terms=frozenset({"t1"}))
    both = Entry(kind="sections", key="s1", fields={"terms": join("t1", "t2")})
    assert scope.includes(both)
    assert not scope.includes(attrs.evolve(both, fields={"terms": "t2"}))
    assert scope.includes(Entry(kind="terms", key="t1"))
    assert not scope.includes(Entry(kind="terms", key="t2"))
    assert scope.includes(enrollment("s1", "p1"))


def test_records_of_schools_that_the_account_does_not_have_are_out_of_scope() -> None:
    here = attrs.evolve(VENDOR, orgs=frozenset({"north"}))
    wanted = [attrs.evolve(person("p1"), org="north"), attrs.evolve(person("p2"), org="south")]
    made, left = compare(wanted, [], capabilities=here)
    assert (made.key, left.key) == ("p1", "p2")
    assert isinstance(left, LeftAlone)
    assert left.reason is Reason.OUT_OF_SCOPE


def test_new_enrollments_of_a_section_follow_each_other() -> None:
    records = [person("p1"), person("p2"), section("k1"), section("k2")]
    seats = [enrollment("k2", "p2"), enrollment("k1", "p1"), enrollment("k2", "p1")]
    made = [one.key for one in compare([*records, *seats], []) if one.kind == "enrollments"]
    assert made == [join("k1", "p1"), join("k2", "p1"), join("k2", "p2")]
