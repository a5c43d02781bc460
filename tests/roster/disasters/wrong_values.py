"""Values that are wrong for everybody."""

from __future__ import annotations

from collections.abc import Mapping

from lms_async.roster import PlanMode
from tests.roster.disasters.disaster import also_in_first_run, disaster
from tests.roster.disasters.world import World
from tests.roster.tables import Row


def _words(world: World, table: str, words: Mapping[str, str]) -> None:
    world.tables.change(table, "role", lambda word: words.get(word, word))


@also_in_first_run
@disaster
def roles_are_swapped(world: World) -> None:
    """Students are teachers, and teachers are students."""
    swapped = {"student": "teacher", "teacher": "student"}
    _words(world, "users", swapped)
    _words(world, "enrollments", swapped)


@disaster
def students_are_teachers(world: World) -> None:
    """Every student is called a teacher."""
    _words(world, "users", {"student": "teacher"})


@disaster
def role_is_unknown(world: World) -> None:
    """The export has a new word for students, which the mapping does not translate."""
    _words(world, "users", {"student": "pupil"})
    _words(world, "enrollments", {"student": "aide"})


@disaster
def domains_changed(world: World) -> None:
    """All e-mail addresses have another domain."""
    world.tables.change("users", "email", lambda mail: mail.replace("school", "old"))


@disaster
def domains_of_students_changed(world: World) -> None:
    """The e-mail addresses of all students have another domain."""
    for row in world.tables["users"]:
        if row["role"] == "student":
            row["email"] = row["email"].replace("school", "old")


@disaster
def domains_changed_in_a_new_year(world: World) -> None:
    """All e-mail addresses have another domain, in the mode for a new school year."""
    domains_changed(world)
    world.guard(mode=PlanMode.NEW_SCHOOL_YEAR)


@disaster
def names_are_swapped(world: World) -> None:
    """Given names are family names, and family names are given names."""
    for row in world.tables["users"]:
        row["givenName"], row["familyName"] = row["familyName"], row["givenName"]


@disaster
def names_were_sorted_alone(world: World) -> None:
    """A column was sorted alone, so that everybody has another person's family name."""
    names = [row["familyName"] for row in world.tables["users"]]
    shifted = iter([*names[1:], names[0]])
    world.tables.change("users", "familyName", lambda _: next(shifted))


@disaster
def nobody_may_sign_in(world: World) -> None:
    """enabledUser is false for everybody."""
    world.tables.change("users", "enabledUser", lambda _: "false")


@disaster
def nobody_may_sign_in_at_small_schools(world: World) -> None:
    """enabledUser is false for everybody, and each school has few people."""
    world.guard(min_records=30)
    nobody_may_sign_in(world)


@disaster
def enrollments_have_ended(world: World) -> None:
    """The dates of all enrollments are a year early."""
    for column in ("beginDate", "endDate"):
        world.tables.change("enrollments", column, _year_earlier)


@disaster
def grades_are_shifted(world: World) -> None:
    """All students are a grade too low."""
    world.tables.change("users", "grades", lambda grade: f"{int(grade) - 1:02}")


@also_in_first_run
@disaster
def export_of_last_year(world: World) -> None:
    """The export is last year's: terms, classes and grades are old, and a quarter left since."""
    for column in ("startDate", "endDate", "schoolYear"):
        world.tables.change("academicSessions", column, _year_earlier)
    world.tables.change("academicSessions", "title", _year_earlier)
    for table, column in (("classes", "sourcedId"), ("enrollments", "classSourcedId")):
        world.tables.change(table, column, lambda id_: f"{id_}-26")
    for column in ("beginDate", "endDate"):
        world.tables.change("enrollments", column, _year_earlier)
    for row in world.tables["users"]:
        if row["grades"] == "09":
            _replace_person(world, row)
        elif row["grades"]:
            row["grades"] = f"{int(row['grades']) - 1:02}"


def _replace_person(world: World, row: Row) -> None:
    old, row["sourcedId"], row["grades"] = row["sourcedId"], f"8{row['sourcedId']}", "12"
    world.tables.change(
        "enrollments", "userSourcedId", lambda id_: row["sourcedId"] if id_ == old else id_
    )


def _year_earlier(text: str) -> str:
    return text.replace("2026", "2025").replace("2027", "2026")
