"""A roster's plan in which requests fail: no span, metric or log line names a person."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import attrs
import pytest

from lms_async import LmsError, Window
from lms_async.roster import Enrollment, GuardSettings, IterableSource, Plan, Relationship, plan
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.personal_data import SECRETS
from tests.schoology.roster.school import DAY, MAPPING, PARENT, SCHOOL, add_building, person

from .conftest import Recorded
from .test_personal_data import FAULTS, RETRIES, assert_none_shown, pupils

PUPILS = [
    attrs.evolve(
        person(one["id"], "student"),
        given_name=one["first"],
        family_name=one["last"],
        email=one["email"],
        username=one["username"],
    )
    for one in pupils(60)
]
#: The next day, everybody has another first name.
RENAMED = [attrs.evolve(one, given_name=f"Wolfhagen-{one.id}") for one in PUPILS]


@pytest.mark.sandbox(
    key=SECRETS["key"],
    secret=SECRETS["secret"],
    token=SECRETS["token"],
    token_secret=SECRETS["token_secret"],
)
async def test_plan_apply_and_verify(
    schoology_sandbox: SchoologySandbox, recorded: Recorded, log_lines: list[str], tmp_path: Path
) -> None:
    sandbox = schoology_sandbox
    add_building(sandbox.school)
    events = [recorded.telemetry.account("north")]
    mapping = attrs.evolve(MAPPING, guard=GuardSettings(min_records=1000))
    async with Schoology(
        **SECRETS,
        base_url=sandbox.base_url,
        limiter=Window(1000, per=0.01),
        retry=RETRIES,
        timeout=2,
        events=events,
    ) as client:
        target = SchoologyRoster(client)

        async def planned(people: list[object], name: str) -> Plan:
            enrollments = [
                Enrollment(section_id="k1", person_id=one.id, role="student") for one in PUPILS
            ]
            links = [
                Relationship(person_id=one.id, other_id=PARENT.id, kind="parent")
                for one in PUPILS[:5]
            ]
            source = IterableSource(
                **{
                    **SCHOOL,
                    "people": [*people, PARENT],
                    "enrollments": enrollments,
                    "relationships": links,
                }
            )
            return await plan(source, target, mapping, as_of=DAY, path=tmp_path / name)

        with recorded.telemetry.job("nightly roster"):
            for people, name in ((PUPILS, "first.plan"), (RENAMED, "second.plan")):
                made = await planned([*people], name)
                sandbox.faults.add(*FAULTS, Fault.error(400, body="Quuxington", times=1, skip=6))
                with suppress(LmsError):
                    await made.apply(target, journal=tmp_path / f"{name}.1")
                sandbox.faults.clear()
                await made.apply(target, journal=tmp_path / f"{name}.2", check_state=False)
                await made.verify(target)
    accounts = sandbox.school.users
    assert len(accounts) > len(PUPILS)
    operations = {attributes["lms.operation"] for attributes, _ in recorded.points("lms.bulk.rows")}
    assert len(operations) > 4
    errors = {(span.attributes or {}).get("error.type") for span in recorded.spans}
    assert {"429", "503"} <= errors
    words = [
        value
        for one in [*PUPILS, *RENAMED]
        for value in (one.id, one.given_name, one.family_name, one.email, one.username)
    ]
    assert_none_shown([*recorded.texts(), *log_lines], [*words, *accounts])
