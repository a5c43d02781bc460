"""Ids that changed, so that the records look like other records."""

from __future__ import annotations

import attrs

from lms_async.roster import Keys
from tests.roster.disasters.disaster import also_in_first_run, disaster
from tests.roster.disasters.world import World

#: The columns that have the id of a person, a class or a course.
_PEOPLE = (
    ("users", "sourcedId"),
    ("users", "agentSourcedIds"),
    ("enrollments", "userSourcedId"),
)
_CLASSES = (("classes", "sourcedId"), ("enrollments", "classSourcedId"))
_COURSES = (("courses", "sourcedId"), ("classes", "courseSourcedId"))


@also_in_first_run
@disaster
def zeros_were_lost(world: World) -> None:
    """A spreadsheet removed the zeros at the start of people's ids."""
    for table, column in _PEOPLE:
        world.tables.change(table, column, lambda id_: id_.lstrip("0"))


@disaster
def ids_in_scientific_notation(world: World) -> None:
    """A spreadsheet wrote people's ids in scientific notation."""
    for table, column in _PEOPLE:
        world.tables.change(table, column, lambda id_: f"{float(id_):.2E}")


@also_in_first_run
@disaster
def prefix_was_added(world: World) -> None:
    """The export has a new prefix in people's ids."""
    for table, column in _PEOPLE:
        world.tables.change(table, column, lambda id_: f"SIS-{id_}")


@also_in_first_run
@disaster
def wrong_key_column(world: World) -> None:
    """The mapping names another key of people than the one that the vendor has."""
    world.mapping = attrs.evolve(world.mapping, keys=Keys(people="identifier"))


@disaster
def blank_key_column(world: World) -> None:
    """The mapping names a key of people that is blank in the source."""
    world.mapping = attrs.evolve(world.mapping, keys=Keys(people="identifier"))
    world.tables.change("users", "identifier", lambda _: "")


@disaster
def class_ids_changed(world: World) -> None:
    """All classes have new ids."""
    for table, column in _CLASSES:
        world.tables.change(table, column, lambda id_: f"{id_}-A")


@disaster
def class_ids_changed_and_nothing_is_removed(world: World) -> None:
    """All classes have new ids, and removals are off."""
    class_ids_changed(world)
    world.guard(removals=frozenset())


@disaster
def key_of_sections_changed(world: World) -> None:
    """The mapping names another key of sections, and removals are off."""
    world.mapping = attrs.evolve(world.mapping, keys=Keys(sections="code"))
    world.guard(removals=frozenset())


@disaster
def year_was_added_to_section_keys(world: World) -> None:
    """year_in_section_keys was turned on in the middle of the year."""
    world.mapping = attrs.evolve(world.mapping, year_in_section_keys=True)


@disaster
def course_ids_changed(world: World) -> None:
    """All courses have new ids."""
    for table, column in _COURSES:
        world.tables.change(table, column, lambda id_: f"{id_}-A")


@disaster
def classes_are_those_of_another_year(world: World) -> None:
    """The ids of last year's classes are used again for those of this year."""
    for term in world.tables["academicSessions"]:
        term["sourcedId"] += "-28"
        term["parentSourcedId"] = term["parentSourcedId"] and term["parentSourcedId"] + "-28"
        term["title"] = {"2026-2027": "2027-2028"}.get(term["title"], f"{term['title']} 2027")
        for column in ("startDate", "endDate", "schoolYear"):
            term[column] = term[column].replace("2027", "2028").replace("2026", "2027")
    world.tables.change("classes", "termSourcedIds", lambda _: "fall-28,spring-28")
    world.tables.change("courses", "schoolYearSourcedId", lambda id_: f"{id_}-28")


@disaster
def ids_are_there_twice(world: World) -> None:
    """Everybody is in users.csv twice, with different names."""
    again = [{**row, "givenName": "Other"} for row in world.tables["users"]]
    world.tables.rows["users"] += again


@disaster
def everybody_has_one_id(world: World) -> None:
    """Everybody in users.csv has the same id."""
    world.tables.change("users", "sourcedId", lambda _: "1")


@disaster
def students_are_in_other_classes(world: World) -> None:
    """Every student and teacher is in the classes of another school."""
    following = {"north": "south", "south": "west", "west": "north"}

    def moved(id_: str) -> str:
        school, number = id_.split("-")
        return f"{following[school]}-{number}"

    world.tables.change("enrollments", "classSourcedId", moved)


@disaster
def parents_are_those_of_others(world: World) -> None:
    """A column was sorted alone, so that students have the parents of others."""
    parents = [row["agentSourcedIds"] for row in world.tables["users"] if row["agentSourcedIds"]]
    shifted = iter([*parents[7:], *parents[:7]])
    world.tables.change("users", "agentSourcedIds", lambda _: next(shifted))


@disaster
def parents_are_those_of_others_and_nothing_is_removed(world: World) -> None:
    """Students have the parents of others, and removals are off."""
    parents_are_those_of_others(world)
    world.guard(removals=frozenset())
