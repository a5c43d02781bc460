"""A plan from a source and a vendor: it is complete, guarded, and empty once it was applied."""

from __future__ import annotations

import asyncio
import stat
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.roster import (
    Action,
    Change,
    Enrollment,
    Entry,
    GuardSettings,
    IterableSource,
    Org,
    Person,
    Plan,
    PlanMeta,
    Reason,
    Relationship,
    Role,
    RosterMapping,
    Scope,
    Section,
    SourceRefused,
    plan,
)
from lms_async.roster.comparing.threads import in_thread
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.entries import join, split
from tests.roster.fake_target import FakeTarget
from tests.roster.records import ADA, ALGEBRA, DAY, MAPPING, NORTH, SCHOOL, SEAT

REMOVING = attrs.evolve(
    MAPPING,
    guard=GuardSettings(removals=frozenset({"people", "sections", "enrollments", "relationships"})),
)

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


async def make(
    path: Path,
    target: FakeTarget,
    mapping: RosterMapping = REMOVING,
    last: PlanMeta | None = None,
    **kinds: Any,
) -> Plan:
    source = IterableSource(**{**SCHOOL, **kinds})
    return await plan(source, target, mapping, as_of=DAY, path=path, last=last)


async def changes(made: Plan) -> list[tuple[str, str, str]]:
    return [(change.action.value, change.kind, change.key) async for change in made]


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_plan_is_made_applied_and_then_empty(tmp_path: Path) -> None:
    path, target = tmp_path / "a.plan", FakeTarget()
    made = await make(path, target)
    assert await changes(made) == [
        ("create", "orgs", "N"),
        ("create", "terms", "2026-2027"),
        ("create", "terms", "Fall"),
        ("create", "people", "p1"),
        ("create", "courses", "c1"),
        ("create", "sections", "k1"),
        ("link", "enrollments", join("k1", "p1")),
    ]
    assert made.counts()["people", Action.CREATE, "N"] == 1
    assert (made.meta.target, made.meta.account, made.meta.as_of) == ("fake", "school 1", DAY)
    assert made.meta.source_records["people"] == 1
    assert made.meta.mapping_hash == REMOVING.hash
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The working set has people's data and is gone.
    assert names(tmp_path) == ["a.plan"]

    target.change_all([change async for change in made])
    assert await changes(await make(path, target)) == []


async def test_records_that_are_left_alone_are_in_the_plan(tmp_path: Path) -> None:
    aide = attrs.evolve(ADA, id="p2", roles=(Role(role="aide", org_id="s1"),))
    later = attrs.evolve(SEAT, begins=date(2027, 1, 1))
    made = await make(tmp_path / "a.plan", FakeTarget(), people=[ADA, aide], enrollments=[later])
    left = made.counts_left_alone()
    assert left["people", Reason.UNKNOWN_ROLE, "N"] == 1
    assert left["enrollments", Reason.NOT_ENROLLED, "N"] == 1
    assert "aide (1)" in str(made.report.problems[0])


def there(key: str, **more: Any) -> Entry:
    return Entry(kind="people", key=key, vendor_id=key, **{"org": "N", **more})


async def test_person_with_an_unknown_role_is_not_removed(tmp_path: Path) -> None:
    target = FakeTarget([there("p2"), there("p3")])
    aide = attrs.evolve(ADA, id="p2", roles=(Role(role="aide", org_id="s1"),))
    made = await make(tmp_path / "a.plan", target, people=[ADA, aide])
    assert ("deactivate", "people", "p3") in await changes(made)
    assert "p2" not in {key for _, _, key in await changes(made)}


@pytest.mark.parametrize(
    ("role", "word", "reason"),
    [
        ("aide", "Teacher", Reason.UNKNOWN_ROLE),
        ("administrator", "Teacher", Reason.ADMINISTRATOR),
        ("administrator", "School Admin", None),
    ],
)
async def test_person_whose_new_role_is_not_translated_is_mentioned(
    tmp_path: Path, role: str, word: str, reason: Reason | None
) -> None:
    path = tmp_path / "a.plan"
    first = await make(path, FakeTarget())
    (added,) = [change async for change in first if change.kind == "people"]
    target = FakeTarget([there("p1", fields={**added.after, "role": word})])
    person = attrs.evolve(ADA, roles=(Role(role=role, org_id="s1"),))
    made = await make(path, target, people=[person], enrollments=[])
    assert "people" not in {kind for _, kind, _ in await changes(made)}
    left = {found for kind, found, _ in made.counts_left_alone() if kind == "people"}
    assert left == ({reason} if reason else set())


async def test_blank_key_stops_removals(tmp_path: Path) -> None:
    mapping = attrs.evolve(REMOVING, keys=attrs.evolve(REMOVING.keys, people="identifier"))
    people = [attrs.evolve(ADA, identifier="")]
    made = await make(tmp_path / "a.plan", FakeTarget([there("1001")]), mapping, people=people)
    assert made.counts_left_alone()["people", Reason.SOURCE_INCOMPLETE, "N"] == 1
    partial = {refusal.kind for refusal in made.refusals() if refusal.rule == "partial"}
    assert {"people", "enrollments", "relationships"} <= partial


async def test_people_with_one_key_are_left_alone_although_they_look_equal(tmp_path: Path) -> None:
    mapping = attrs.evolve(REMOVING, keys=attrs.evolve(REMOVING.keys, people="identifier"))
    people = [attrs.evolve(ADA, id=f"p{number}") for number in (1, 2, 3)]
    made = await make(tmp_path / "a.plan", FakeTarget(), mapping, people=people)
    assert not [change for change in await changes(made) if change[1] in ("people", "enrollments")]
    assert made.counts_left_alone()["people", Reason.DUPLICATE_KEY, "N"] == 3


async def test_incomplete_people_make_their_enrollments_incomplete(tmp_path: Path) -> None:
    # The person's record is rejected, so the enrollment is too. Neither has left.
    seat = Entry(kind="enrollments", key=join("k1", "p9"), org="N", vendor_id="1")
    target = FakeTarget([there("p9"), seat])
    blank = attrs.evolve(ADA, id="")
    many = [attrs.evolve(ADA, id=f"p{number}") for number in range(100, 200)]
    seats = [attrs.evolve(SEAT, person_id=person.id) for person in many]
    made = await make(tmp_path / "a.plan", target, people=[*many, blank], enrollments=seats)
    assert not {action for _, action, _ in made.counts()} & {Action.DEACTIVATE, Action.EXPIRE}
    assert made.counts_left_alone()["enrollments", Reason.SOURCE_INCOMPLETE, "N"] == 1


async def test_wrong_key_column_is_refused(tmp_path: Path) -> None:
    target = FakeTarget(there(f"100{number}") for number in range(20))
    made = await make(tmp_path / "a.plan", target)
    assert [one.rule for one in made.refusals() if one.stops and one.kind == "people"][:1] == [
        "min_found_share"
    ]


async def test_share_of_people_that_are_found_is_that_after_the_plan(tmp_path: Path) -> None:
    people = [attrs.evolve(ADA, id=f"p{number}") for number in range(1, 21)]
    first = await make(tmp_path / "a.plan", target := FakeTarget(), people=people)
    assert first.meta.found_share == 1
    target.change_all([change async for change in first])
    # In the night after the first load, the ids of the source are others.
    others = [attrs.evolve(one, id=f"q{one.id}") for one in people]
    second = await make(tmp_path / "b.plan", target, last=first.meta, people=others)
    assert "max_source_shrink" in {one.rule for one in second.refusals() if one.stops}

    # Some are missing, and some may not sign in: they leave. One returns.
    target.entries.append(there("p0", active=False))
    fewer = [attrs.evolve(ADA, id="p0"), *people[:15]]
    fewer += [attrs.evolve(one, enabled=False) for one in people[15:18]]
    third = await make(tmp_path / "c.plan", target, people=fewer)
    assert Counter(action for action, kind, _ in await changes(third) if kind == "people") == {
        "return": 1,
        "deactivate": 5,
    }
    assert third.meta.found_share == 1
    keeping = await make(tmp_path / "d.plan", target, MAPPING, people=fewer)
    assert keeping.meta.found_share == 19 / 21


async def test_records_out_of_scope_stay_and_too_many_removals_are_refused(tmp_path: Path) -> None:
    target = FakeTarget(
        [there(f"n{number}") for number in range(10)]
        + [there(f"s{number}", org="S") for number in range(10)]
    )
    mapping = attrs.evolve(REMOVING, scope=Scope(orgs=frozenset({"N"})))
    made = await make(tmp_path / "a.plan", target, mapping)
    counts = made.counts()
    assert counts["people", Action.DEACTIVATE, "N"] == 10
    assert ("people", Action.DEACTIVATE, "S") not in counts
    refused = [(one.rule, one.org) for one in made.refusals() if one.stops]
    assert ("max_removed_share", "N") in refused


async def test_source_that_shrank_removes_nothing(tmp_path: Path) -> None:
    target = FakeTarget()
    people = [attrs.evolve(ADA, id=f"p{number}") for number in range(1, 12)]
    first = await make(tmp_path / "a.plan", target, people=people)
    target.change_all([change async for change in first])
    second = await make(tmp_path / "b.plan", target, last=first.meta)
    assert "max_source_shrink" in {refusal.rule for refusal in second.refusals()}
    assert await changes(second) == []


async def test_failure_leaves_the_old_plan_and_no_working_set(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    await make(path, FakeTarget())
    old = path.read_bytes()
    with pytest.raises(SourceRefused):
        await make(path, FakeTarget(), people=[ADA, attrs.evolve(ADA, given_name="Bea")])
    assert path.read_bytes() == old
    assert names(tmp_path) == ["a.plan"]


async def test_cancelled_plan_leaves_nothing(tmp_path: Path) -> None:
    reached = asyncio.Event()

    class Slow(FakeTarget):
        async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
            reached.set()
            await asyncio.Event().wait()
            yield there("p1")

    task = asyncio.ensure_future(make(tmp_path / "a.plan", Slow()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(tmp_path) == []


async def test_cancelled_comparison_is_interrupted(tmp_path: Path) -> None:
    started = threading.Event()

    def compare_forever() -> None:
        started.set()
        working_set.connection.execute(ENDLESS).fetchone()

    with WorkingSet(tmp_path / "set", FakeTarget.capabilities) as working_set:
        task = asyncio.ensure_future(in_thread(working_set, compare_forever))
        await asyncio.to_thread(started.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


ORGS = [NORTH, Org(id="s2", name="South School", type="school")]
ROLES = st.sampled_from(["student", "teacher", "guardian", "aide"])


@st.composite
def rosters(draw: st.DrawFn) -> dict[str, list[Any]]:
    """A few records of each kind that change from one roster to the next."""
    some = st.sampled_from(["", "A", "B"])
    org = st.sampled_from(["s1", "s2"])
    day = st.sampled_from([None, date(2026, 9, 1), DAY, date(2026, 11, 1)])
    people = [
        Person(
            id=f"p{number}",
            given_name=draw(st.sampled_from(["Ada", "Bo"])),
            family_name="Ekpo",
            email=draw(some),
            roles=tuple(Role(role=draw(ROLES), org_id=draw(org)) for _ in range(2)),
            grades=("09",),
            enabled=draw(st.integers(0, 3)) > 0,
        )
        for number in draw(st.sets(st.integers(1, 4)))
    ]
    sections = [
        Section(
            id=f"k{number}",
            title=draw(st.sampled_from(["Art", "Music"])),
            course_id="c1",
            org_id=draw(org),
            term_ids=("t1",),
        )
        for number in draw(st.sets(st.integers(1, 2)))
    ]
    enrollments = [
        Enrollment(
            section_id=section.id,
            person_id=person.id,
            role=draw(st.sampled_from(["student", "teacher", "proctor"])),
            begins=draw(day),
            ends=draw(day),
        )
        for section in sections
        for person in people
        for _ in range(draw(st.integers(0, 2)))
    ]
    relationships = [
        Relationship(person_id=one.id, other_id=other.id, kind="guardian")
        for one, other in pairwise(people)
    ]
    return {
        "orgs": ORGS,
        "courses": [ALGEBRA],
        "people": people,
        "sections": sections,
        "enrollments": enrollments,
        "relationships": relationships,
    }


MAPPINGS = st.sampled_from([REMOVING, MAPPING, attrs.evolve(REMOVING, last_grade=12)])


@settings(max_examples=20, deadline=None)
@given(rosters(), rosters(), MAPPINGS)
def test_vendor_has_what_the_school_has_and_the_next_plan_is_empty(
    before: dict[str, list[Any]], after: dict[str, list[Any]], mapping: RosterMapping
) -> None:
    asyncio.run(apply_both(before, after, mapping))


async def apply_both(
    before: dict[str, list[Any]], after: dict[str, list[Any]], mapping: RosterMapping
) -> None:
    target = FakeTarget()
    with tempfile.TemporaryDirectory() as folder:
        for number, roster in enumerate((before, after)):
            path = Path(folder) / f"{number}.plan"
            made = await make(path, target, mapping, None, **roster)
            planned: list[Change] = [change async for change in made]
            target.change_all(planned)
            again = await make(path, target, mapping, None, **roster)
            assert await changes(again) == []
    # Whoever has a role that the mapping translates has an account, unless signing in is off.
    wanted = {one.id for one in after["people"] if one.enabled and one.roles[0].role != "aide"}
    assert wanted <= target.active("people")
    for person in after["people"]:
        if person.id in wanted:
            assert target.fields("people", person.id)["given_name"] == person.given_name
    if mapping is not MAPPING:
        seats = {tuple(split(key)) for key in target.active("enrollments")}
        ended = {
            (one.section_id, one.person_id)
            for one in after["enrollments"]
            if one.ends and one.ends < DAY
        }
        current = {
            (one.section_id, one.person_id)
            for one in after["enrollments"]
            if not one.ends or one.ends >= DAY
        }
        untouched = {one.id for one in after["people"] if one.roles[0].role == "aide"}
        assert not {at for at in seats & (ended - current) if at[1] not in untouched}
