"""A roster's plan in which requests fail: no span, metric or log line names a person."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from lms_async import LmsError, RetryPolicy, Window
from lms_async.roster import Enrollment, GuardSettings, IterableSource, Relationship, Target, plan
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.managebac.roster import school as managebac_school
from tests.personal_data import SECRETS
from tests.schoology.roster import school as schoology_school

from .conftest import Recorded
from .test_personal_data import FAULTS, assert_none_shown, pupils

OPTIONS: dict[str, Any] = {
    "retry": RetryPolicy(tries=3, base=0.01, cap=0.05, quota=1000),
    "timeout": 2,
}


@attrs.frozen
class Keeping:
    """Keeps a target equal to a school whose people all get another first name on the second day.

    :param school: the module with the vendor's small school.
    :param faults: the faults of the sandbox.
    """

    school: ModuleType
    target: Target
    faults: Any
    folder: Path
    pupils: list[Any]

    async def run(self) -> list[str]:
        """Plan, apply with faults, apply the rest, and verify, on both days.

        :returns: the words that name a person.
        """
        renamed = [attrs.evolve(one, given_name=f"Wolfhagen-{one.id}") for one in self.pupils]
        for people, name in ((self.pupils, "first.plan"), (renamed, "second.plan")):
            made = await plan(
                IterableSource(**self._kinds(people)),
                self.target,
                attrs.evolve(self.school.MAPPING, guard=GuardSettings(min_records=1000)),
                as_of=self.school.DAY,
                path=self.folder / name,
            )
            self.faults.add(*FAULTS, Fault.error(400, body="Quuxington", times=1, skip=6))
            with suppress(LmsError):
                await made.apply(self.target, journal=self.folder / f"{name}.1")
            self.faults.clear()
            await made.apply(self.target, journal=self.folder / f"{name}.2", check_state=False)
            await made.verify(self.target)
        return [
            value
            for one in [*self.pupils, *renamed]
            for value in (one.id, one.given_name, one.family_name, one.email, one.username)
            if value
        ]

    def _kinds(self, people: list[Any]) -> Mapping[str, Any]:
        parent = self.school.PARENT
        return {
            **self.school.SCHOOL,
            "people": [*people, parent],
            "enrollments": [
                Enrollment(section_id="k1", person_id=one.id, role="student") for one in people
            ],
            "relationships": [
                Relationship(person_id=one.id, other_id=parent.id, kind="parent")
                for one in people[:5]
            ],
        }


def pupils_of(school: ModuleType, **more: Any) -> list[Any]:
    """Return pupils whose values appear nowhere else."""
    return [
        attrs.evolve(
            school.person(one["id"], "student", **more),
            given_name=one["first"],
            family_name=one["last"],
            email=one["email"],
            username=one["username"],
        )
        for one in pupils(60)
    ]


def assert_was_reported(recorded: Recorded) -> None:
    """Fail unless bulk calls of several kinds and failures were there to be searched."""
    operations = {attributes["lms.operation"] for attributes, _ in recorded.points("lms.bulk.rows")}
    assert len(operations) > 2
    errors = {(span.attributes or {}).get("error.type") for span in recorded.spans}
    assert {"429", "503"} <= errors


@pytest.mark.sandbox(
    key=SECRETS["key"],
    secret=SECRETS["secret"],
    token=SECRETS["token"],
    token_secret=SECRETS["token_secret"],
)
async def test_schoology_roster(
    schoology_sandbox: SchoologySandbox, recorded: Recorded, log_lines: list[str], tmp_path: Path
) -> None:
    sandbox = schoology_sandbox
    schoology_school.add_building(sandbox.school)
    events = [recorded.telemetry.account("north")]
    everybody = pupils_of(schoology_school)
    async with Schoology(
        **SECRETS,
        base_url=sandbox.base_url,
        limiter=Window(1000, per=0.01),
        events=events,
        **OPTIONS,
    ) as client:
        target = SchoologyRoster(client)
        with recorded.telemetry.job("nightly roster"):
            words = await Keeping(
                schoology_school, target, sandbox.faults, tmp_path, everybody
            ).run()
    accounts = sandbox.school.users
    assert len(accounts) > len(everybody)
    assert_was_reported(recorded)
    assert_none_shown([*recorded.texts(), *log_lines], [*words, *accounts])


@pytest.mark.sandbox(token=SECRETS["token"])
async def test_managebac_roster(
    managebac_sandbox: ManageBacSandbox, recorded: Recorded, log_lines: list[str], tmp_path: Path
) -> None:
    sandbox = managebac_sandbox
    sandbox.school = managebac_school.prepared()
    events = [recorded.telemetry.account("south")]
    everybody = pupils_of(managebac_school, grades=("11",))
    async with ManageBac(
        SECRETS["token"],
        base_url=sandbox.base_url,
        limiter=Window(1000, per=0.01),
        events=events,
        **OPTIONS,
    ) as client:
        target = ManageBacRoster(client, school="N")
        with recorded.telemetry.job("nightly roster"):
            words = await Keeping(
                managebac_school, target, sandbox.faults, tmp_path, everybody
            ).run()
    accounts = sandbox.school.students
    assert len(accounts) == len(everybody)
    assert_was_reported(recorded)
    assert_none_shown([*recorded.texts(), *log_lines], [*words, *accounts])
