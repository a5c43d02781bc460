"""Files that are missing, incomplete, or not what they are said to be."""

from __future__ import annotations

from tests.roster.bundles import manifest
from tests.roster.disasters.disaster import also_in_first_run, disaster
from tests.roster.disasters.world import World
from tests.roster.tables import Row


def _half(world: World, table: str) -> None:
    world.tables.rows[table] = world.tables[table][: len(world.tables[table]) // 2]


def _lose(world: World, table: str) -> None:
    """Lose a file that the manifest mentions."""
    world.files["manifest.csv"] = manifest(world.tables.rows).encode()
    del world.tables.rows[table]


def _only_header(world: World, table: str) -> None:
    header = world.tables.text(table).splitlines()[0]
    world.files[f"{table}.csv"] = header.encode()


@disaster
def empty_file(world: World) -> None:
    """users.csv is empty."""
    world.files["users.csv"] = b""


@also_in_first_run
@disaster
def only_the_header_of_users(world: World) -> None:
    """users.csv has only its header."""
    _only_header(world, "users")


@also_in_first_run
@disaster
def half_of_users(world: World) -> None:
    """The second half of users.csv is missing."""
    _half(world, "users")


@disaster
def users_cut_in_a_row(world: World) -> None:
    """users.csv ends in the middle of a row."""
    content = world.tables.text("users").encode()
    world.files["users.csv"] = content[: len(content) * 3 // 5]


@disaster
def no_users(world: World) -> None:
    """users.csv is missing."""
    _lose(world, "users")


@disaster
def half_of_enrollments(world: World) -> None:
    """The second half of enrollments.csv is missing."""
    _half(world, "enrollments")


@disaster
def only_the_header_of_enrollments(world: World) -> None:
    """enrollments.csv has only its header."""
    _only_header(world, "enrollments")


@disaster
def half_of_classes(world: World) -> None:
    """Half of classes.csv is missing, so that enrollments refer to missing classes."""
    _half(world, "classes")


@disaster
def no_classes(world: World) -> None:
    """classes.csv is missing."""
    _lose(world, "classes")


@disaster
def only_the_header_of_courses(world: World) -> None:
    """courses.csv has only its header."""
    _only_header(world, "courses")


@disaster
def no_terms(world: World) -> None:
    """academicSessions.csv is missing."""
    _lose(world, "academicSessions")


@disaster
def only_the_header_of_terms(world: World) -> None:
    """academicSessions.csv has only its header."""
    _only_header(world, "academicSessions")


@disaster
def no_roles(world: World) -> None:
    """The files are of OneRoster 1.2, and roles.csv is missing."""
    for row in world.tables["users"]:
        del row["role"]
        row["primaryOrgSourcedId"] = row.pop("orgSourcedIds")
    world.files["manifest.csv"] = manifest([*world.tables.rows, "roles"], version="1.2").encode()


@disaster
def row_of_a_school_is_missing(world: World) -> None:
    """A school is missing in orgs.csv, and has people and classes."""
    world.tables.keep("orgs", lambda row: row["sourcedId"] != "south")


@disaster
def one_school_is_missing(world: World) -> None:
    """A school is missing in all files."""
    column = {"orgs": "sourcedId", "users": "orgSourcedIds", "courses": "orgSourcedId"}
    for table in world.tables.rows.keys() - {"academicSessions"}:
        of = column.get(table, "schoolSourcedId")
        world.tables.keep(table, lambda row, of=of: row[of] != "south")  # type: ignore[misc]


@disaster
def changes_said_to_be_everything(world: World) -> None:
    """The files list only changes, and the manifest says that they list everything."""

    def changed(row: Row) -> Row:
        return {**row, "status": "active", "dateLastModified": "2026-09-30T22:00:00Z"}

    for table in ("users", "enrollments"):
        world.tables.rows[table] = [changed(row) for row in world.tables[table][:4]]


@disaster
def manifest_disagrees(world: World) -> None:
    """The manifest does not mention users.csv, which lacks some people."""
    named = [table for table in world.tables.rows if table != "users"]
    world.files["manifest.csv"] = manifest(named).encode()
    world.tables.rows["users"] = world.tables["users"][:56]


@disaster
def two_files_of_people(world: World) -> None:
    """The folder has last year's Users.CSV beside users.csv."""
    world.files["Users.CSV"] = world.tables.text("users").encode()


@disaster
def two_bundles(world: World) -> None:
    """The folder has the files of two exports."""
    world.files["old/users.csv"] = world.tables.text("users").encode()


@disaster
def wrong_delimiter(world: World) -> None:
    """The columns of users.csv are separated by hash signs."""
    world.files["users.csv"] = world.tables.text("users").replace(",", "#").encode()


@disaster
def wrong_encoding(world: World) -> None:
    """users.csv is in Windows-1252."""
    world.tables.change("users", "familyName", lambda name: f"{name} Jäger")
    world.files["users.csv"] = world.tables.text("users").encode("cp1252")


@disaster
def letters_were_lost(world: World) -> None:
    """A conversion replaced letters of names by question marks in diamonds."""
    world.tables.change("users", "familyName", lambda name: name.replace("a", "\ufffd"))


@disaster
def quotation_mark_is_missing(world: World) -> None:
    """A quotation mark of users.csv is missing, so that the rest is one cell."""
    world.files["users.csv"] = world.tables.text("users").replace("Given7", '"Given7', 1).encode()


@disaster
def users_of_another_district(world: World) -> None:
    """The people of another district were added to users.csv."""
    for row in list(world.tables["users"]):
        number = row["sourcedId"]
        world.tables["users"].append({**row, "sourcedId": f"9{number}", "agentSourcedIds": ""})
