"""What happens between a plan and its application. The plan itself is right."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lms_async.roster.plan_files.plan_digest import content_digest
from tests.roster.disasters.disaster import disaster
from tests.roster.disasters.world import World


def _rename_somebody(world: World) -> None:
    world.tables["users"][0]["givenName"] = "Ada"


@disaster
def plan_of_friday_on_monday(world: World) -> None:
    """A plan that was made on Friday is applied on Monday."""
    _rename_somebody(world)
    friday = datetime.now(UTC) - timedelta(days=3)

    def age(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            at = f'"{friday.isoformat()}"'.encode()
            connection.execute("UPDATE meta SET value = ? WHERE name = 'made_at'", (at,))
            digest = content_digest(connection)
            connection.execute("UPDATE meta SET value = ? WHERE name = 'digest'", (digest,))

    world.later = age


@disaster
def plan_for_another_account(world: World) -> None:
    """A plan is applied to another account than the one that it was made for."""
    _rename_somebody(world)

    def switch(_: Path) -> None:
        world.target.account = "school 2"

    world.later = switch


@disaster
def vendor_changed_since(world: World) -> None:
    """Somebody changed a person at the vendor after the plan was made."""
    _rename_somebody(world)
    (ben,) = (one for one in world.target.entries if one.fields.get("given_name") == "Given1")

    def rename(_: Path) -> None:
        world.target.replace(ben, fields={**ben.fields, "given_name": "Ben"})

    world.later = rename


@disaster
def plan_is_damaged(world: World) -> None:
    """The plan's file was cut when it was copied."""
    _rename_somebody(world)

    def cut(path: Path) -> None:
        path.write_bytes(path.read_bytes()[:5000])

    world.later = cut
