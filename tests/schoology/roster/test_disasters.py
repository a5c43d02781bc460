"""Disasters of a school's roster, with Schoology's sandbox. No request changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
import pytest

from lms_async import RetryPolicy, Window
from lms_async.errors import PlanRefused
from lms_async.roster import SourceRefused
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.roster.disasters import damaged_files, wrong_ids, wrong_settings, wrong_values
from tests.roster.disasters.disaster import Damage
from tests.roster.disasters.world import SCHOOLS, World, healthy_tables
from tests.roster.fake_target import FakeTarget

REFUSED: list[Damage] = [
    damaged_files.half_of_users,
    damaged_files.one_school_is_missing,
    damaged_files.users_of_another_district,
    wrong_ids.zeros_were_lost,
    wrong_ids.wrong_key_column,
    wrong_ids.class_ids_changed,
    wrong_ids.class_ids_changed_and_nothing_is_removed,
    wrong_ids.classes_are_those_of_another_year,
    wrong_ids.students_are_in_other_classes,
    wrong_ids.parents_are_those_of_others,
    wrong_values.students_are_teachers,
    wrong_values.domains_changed,
    wrong_values.names_are_swapped,
    wrong_values.nobody_may_sign_in,
    wrong_values.enrollments_have_ended,
    wrong_values.grades_are_shifted,
    wrong_values.export_of_last_year,
    wrong_settings.schools_are_swapped,
    wrong_settings.day_of_last_year,
]
#: Nothing is removed because of these, so nothing is left to do.
WITHOUT_CHANGES: list[Damage] = [
    damaged_files.half_of_enrollments,
    damaged_files.only_the_header_of_courses,
    wrong_values.role_is_unknown,
]


@attrs.frozen
class Vendor:
    """A sandbox that has the people, courses, sections and enrollments of a healthy world."""

    sandbox: SchoologySandbox
    world: World

    @asynccontextmanager
    async def roster(self) -> AsyncIterator[SchoologyRoster]:
        """Connect to the sandbox."""
        async with Schoology(
            self.sandbox.key,
            self.sandbox.secret,
            base_url=self.sandbox.base_url,
            limiter=Window(1000, per=0.01),
            retry=RetryPolicy(base=0.005, cap=0.02),
        ) as client:
            yield SchoologyRoster(client)

    async def load(self, folder: Path) -> None:
        """Make the sandbox equal to the healthy world, on two nights."""
        async with self.roster() as target:
            for night in ("first", "second"):
                (folder / night).mkdir()
                made = await self.world.plan_for(target, folder / night)
                await made.apply(target, journal=folder / night / "journals")
                self.world.last = made.meta
        assert made.counts() == {}

    async def suffer(self, damage: Damage, folder: Path) -> bool:
        """Damage a copy of the world, and try to apply a plan. Return whether it is refused."""
        world = self.world.copy()
        damage(world)
        async with self.roster() as target:
            try:
                made = await world.plan_for(target, folder)
                await made.apply(target, journal=folder / "journals")
            except (PlanRefused, SourceRefused):
                return True
        return False


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    with SchoologySandbox() as sandbox:
        school = sandbox.school
        for org in SCHOOLS:
            code = org[0].upper()
            school.buildings.add(str(school.school_id), title=org, building_code=code)
        made = Vendor(sandbox, World(healthy_tables(), FakeTarget()))
        asyncio.run(made.load(tmp_path_factory.mktemp("vendor")))
        yield made


def _writes(vendor: Vendor) -> list[str]:
    """Return the requests that may have changed something. ``multiget`` reads."""
    return [
        f"{seen.method} {seen.path}"
        for seen in vendor.sandbox.log
        if seen.method != "GET" and seen.path != "multiget"
    ]


@pytest.mark.parametrize("damage", REFUSED + WITHOUT_CHANGES, ids=lambda damage: damage.__name__)
def test_nothing_is_written(damage: Damage, vendor: Vendor, tmp_path: Path) -> None:
    before = _writes(vendor)
    assert before
    assert asyncio.run(vendor.suffer(damage, tmp_path)) == (damage in REFUSED)
    assert _writes(vendor) == before
