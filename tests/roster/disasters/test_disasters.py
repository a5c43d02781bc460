"""Disasters of a school's roster. Each is noticed before anything is written to the vendor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.roster.bundles import manifest
from tests.roster.disasters.check import (
    DISASTERS,
    REFUSED,
    TABLE,
    WRITTEN,
    Disasters,
    as_row,
)
from tests.roster.disasters.disaster import Disaster
from tests.roster.disasters.world import healthy_world
from tests.roster.tables import Tables
from tests.virtual import run

#: What a person can do now.
_WAY_ON = re.compile(r"\b([Cc]heck|[Rr]ead|[Cc]orrect|[Ww]rite|[Gg]ive|[Uu]se|[Mm]ake|[Ee]xport)\b")


@pytest.fixture(scope="module")
def disasters(tmp_path_factory: pytest.TempPathFactory) -> Disasters:
    made = Disasters(tmp_path_factory.mktemp("disasters"))
    run(made.prepare())
    return made


@pytest.mark.parametrize("disaster", DISASTERS, ids=lambda disaster: disaster.name)
def test_nothing_is_written_and_the_reason_is_given(
    disaster: Disaster, disasters: Disasters
) -> None:
    result = run(disasters.happen(disaster))
    assert result.end != WRITTEN
    assert result.says
    # After a text has changed: python -m tests.roster.disasters.record
    assert as_row(disaster.title, result) in TABLE.read_text(encoding="utf-8").splitlines()
    if result.end == REFUSED:
        for text in result.says:
            assert _WAY_ON.search(text)


def test_there_are_at_least_thirty_disasters() -> None:
    assert len({disaster.damage for disaster in DISASTERS}) >= 30
    assert len({disaster.title for disaster in DISASTERS}) == len(DISASTERS)


def test_changes_alone_are_no_disaster(tmp_path: Path) -> None:
    run(_plan_changes(tmp_path))


async def _plan_changes(folder: Path) -> None:
    world = await healthy_world(folder)
    dated = {"status": "active", "dateLastModified": "2026-09-30T22:00:00Z"}
    person = {**world.tables["users"][0], "givenName": "Ada", **dated}
    place = {**world.tables["enrollments"][0], "role": "teacher", **dated}
    # The files do not have the school of the person, nor the person of the enrollment.
    for table, row, after in (
        ("users", person, {"given_name": "Ada"}),
        ("enrollments", place, {"role": "admin"}),
    ):
        (folder / table).mkdir()
        world.tables = Tables({table: [row]})
        world.files["manifest.csv"] = manifest([table], mode="delta").encode()
        made = await world.plan(folder / table)
        assert [change.after async for change in made] == [after]
        assert not [refusal for refusal in made.refusals() if refusal.stops]
        # The next plan is compared with the last complete source.
        assert world.last is not None
        assert made.meta.source_records == world.last.source_records
        assert made.meta.found_share == 1
