"""Settings, days and vendors that are not those of the school."""

from __future__ import annotations

from datetime import date

import attrs

from lms_async.roster import Scope
from lms_async.roster.entries import join, split
from tests.roster.disasters.disaster import also_in_first_run, disaster
from tests.roster.disasters.world import World


@disaster
def schools_are_swapped(world: World) -> None:
    """The mapping leads two schools to each other's buildings."""
    swapped = {"north": "S", "south": "N"}
    world.mapping = attrs.evolve(world.mapping, buildings=swapped)


@disaster
def all_schools_are_one(world: World) -> None:
    """The mapping leads all schools to the same building."""
    one = {"south": "N", "west": "N"}
    world.mapping = attrs.evolve(world.mapping, buildings=one)


@disaster
def role_words_are_swapped(world: World) -> None:
    """The mapping translates student to Teacher."""
    roles = {"student": "Teacher", "teacher": "Student", "guardian": "Parent"}
    world.mapping = attrs.evolve(world.mapping, roles=roles)


@disaster
def day_of_next_year(world: World) -> None:
    """The plan is made for a day of the next year."""
    world.as_of = date(2027, 10, 1)


@disaster
def day_of_last_year(world: World) -> None:
    """The plan is made for a day of the last year."""
    world.as_of = date(2025, 10, 1)


@disaster
def scope_is_of_nobody(world: World) -> None:
    """The scope names a school that neither the source nor the vendor has."""
    world.mapping = attrs.evolve(world.mapping, scope=Scope(orgs=frozenset({"North School"})))


@also_in_first_run
@disaster
def vendor_of_another_district(world: World) -> None:
    """The credentials are those of another district's account, which has other people."""
    for entry in list(world.target.entries):
        world.target.replace(entry, key=join(*(f"x{part}" for part in split(entry.key))))


@disaster
def vendor_shows_nothing(world: World) -> None:
    """The vendor shows no records, because a permission was lost."""
    world.target.entries = []


@disaster
def vendor_shows_no_people(world: World) -> None:
    """The vendor shows no people and no enrollments, because a permission was lost."""
    hidden = ("people", "enrollments", "relationships")
    world.target.entries = [one for one in world.target.entries if one.kind not in hidden]


@disaster
def vendor_shows_one_school(world: World) -> None:
    """The account at the vendor shows only one school any more."""
    world.target.entries = [one for one in world.target.entries if one.org in ("N", "")]


@disaster
def vendor_lost_the_keys(world: World) -> None:
    """Somebody deleted the ids of all people at the vendor."""
    for entry in list(world.target.entries):
        if entry.kind == "people":
            world.target.replace(entry, key="")


@disaster
def many_people_leave(world: World) -> None:
    """Few people of each school leave, and more than may leave in all."""
    world.guard(max_removed_people=2)
    left = {row["sourcedId"] for row in world.tables["users"][-3:]}
    world.tables.keep("users", lambda row: row["sourcedId"] not in left)
    for row in world.tables["users"]:
        if row["agentSourcedIds"] in left:
            row["agentSourcedIds"] = ""
