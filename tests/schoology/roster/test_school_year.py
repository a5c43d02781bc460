"""A school year with a sandbox of Schoology: the number of changes in each step."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lms_async.roster import Reason
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.roster.school_year import Year
from tests.roster.school_year_steps import CODES, STEPS, first_tables

#: Schoology has no schools of its own, and the owner of the credentials has no ``school_uid``.
ALWAYS_LEFT = {("orgs", Reason.KIND_NOT_HELD): 2, ("people", Reason.BLANK_KEY): 1}
_FALL_IS_OVER = {("terms", Reason.ENDED): 1, ("terms", Reason.NOT_REMOVABLE): 1}
_YEAR_IS_OVER = {
    ("terms", Reason.ENDED): 3,
    ("terms", Reason.NOT_REMOVABLE): 3,
    ("sections", Reason.ENDED): 8,
}
#: What is left alone besides, by step.
LEFT = {
    "guardians_change": _FALL_IS_OVER,
    "one_leaves": {
        **_FALL_IS_OVER,
        ("enrollments", Reason.ENDS_WITH_PARENT): 2,
        ("relationships", Reason.ENDS_WITH_PARENT): 1,
    },
    "the_year_ends": {**_YEAR_IS_OVER, ("enrollments", Reason.NOT_ENROLLED): 48},
    "leavers": {
        **_YEAR_IS_OVER,
        ("enrollments", Reason.NOT_ENROLLED): 38,
        ("relationships", Reason.ENDS_WITH_PARENT): 5,
    },
    "new_year": {("terms", Reason.LEFT_TO_END): 3},
    "one_returns": {("terms", Reason.NOT_REMOVABLE): 3},
}


async def test_school_year(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    for code in CODES.values():
        school.buildings.add(str(school.school_id), title=code, building_code=code)
    year = Year(SchoologyRoster(schoology), tmp_path, first_tables())
    for step in STEPS:
        left: Counter[tuple[str, Reason]] = Counter()
        for (kind, reason, _), count in (await year.night(step)).counts_left_alone().items():
            left[kind, reason] += count
        assert left == {**ALWAYS_LEFT, **LEFT.get(step.name, {})}, step.name
    assert school.mails == []
    # Everybody who left keeps the enrollments of the time.
    assert {delete.keep_enrollments for delete in school.deletes} == {True}
    assert Counter(one.status for one in school.enrollments) == {1: 100, 2: 4}
