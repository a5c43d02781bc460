"""What ``lms roster init`` proposes for ManageBac."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.roster_init.run import write_roster_mapping
from lms_async.roster import RosterMapping, read_mapping
from lms_async.sandbox import Fault
from manabac_async.cli.roster import ROSTER
from manabac_async.cli.target import ManageBacTarget
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import GRADE_11, GRADE_12, prepared
from tests.roster import bundles


async def init(sandbox: ManageBacSandbox, folder: Path) -> tuple[RosterMapping, str, str]:
    """Write the mapping of two schools, and return it, its text, and what was printed."""
    source = bundles.School(people=28, sections=4, enrollments=24).write(folder / "bundle")
    said, out = io.StringIO(), folder / "roster.toml"
    await write_roster_mapping(
        source,
        ManageBacTarget(),
        ROSTER,
        {"MANAGEBAC_TOKEN": sandbox.token, "MANAGEBAC_BASE_URL": sandbox.base_url},
        make_reporter(said, said),
        said,
        out=out,
        as_of=date(2026, 10, 1),
        limit=(1000, 0.01),
    )
    return read_mapping(out), out.read_text("utf-8"), said.getvalue()


async def test_words_with_a_certain_meaning_are_translated(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    managebac_sandbox.school = prepared()
    mapping, _, said = await init(managebac_sandbox, tmp_path)
    assert mapping.roles == {"student": "student", "teacher": "teacher", "guardian": "parent"}
    assert mapping.enrollment_roles == {"student": "student", "teacher": "teacher"}
    assert mapping.grades == {"11": GRADE_11, "12": GRADE_12}
    defaults = {name: one.default for name, one in ROSTER.settings.items() if one.default}
    assert mapping.target == defaults
    assert "[subjects] has no translation of C0" in said


async def test_school_of_the_account_is_found_in_the_source(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    managebac_sandbox.school.academics.info["name"] = "SCHOOL 1"
    mapping, _, said = await init(managebac_sandbox, tmp_path)
    assert mapping.target["school"] == "S1"
    assert "[target]" not in said


@pytest.mark.parametrize("may_read", [True, False])
async def test_schools_of_the_source_are_listed_if_none_is_like_that_of_the_account(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path, may_read: bool
) -> None:
    if not may_read:
        managebac_sandbox.faults.add(Fault.error(401, path="school"))
    mapping, text, said = await init(managebac_sandbox, tmp_path)
    assert "school" not in mapping.target
    assert '# school = ""  # check: one of these\n#   The source has S0 (School 0), S1' in text
    assert "[target] school: the source has 2 schools" in said
    # The words that a plan needs were read.
    assert mapping.roles


async def test_nearest_terms_are_named_for_a_term_that_is_missing(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    managebac_sandbox.school = prepared()
    _, _, said = await init(managebac_sandbox, tmp_path)
    check = next(line for line in said.splitlines() if line.startswith("- [terms] 2026-2027"))
    assert "Write the title of one of its terms" in check
    assert "or create the term in ManageBac" in check
    near = check.index("Nearest by their days: 2020-2099 Semester 1 (2020-08-01 to 2020-12-31)")
    assert check.index("2018-2019 (2018-08-01 to 2019-06-30)") > near


@pytest.mark.parametrize(("year", "is_proposed"), [(2026, False), (2027, True)])
async def test_a_year_group_of_another_class_is_not_proposed_for_a_grade(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path, year: int, is_proposed: bool
) -> None:
    managebac_sandbox.school = School()
    name = f"IB Diploma Class of {year} (Grade 12)"
    managebac_sandbox.school.add_ib_group(name, program="IB Diploma", grade="Grade 12")
    # The day is in the school year 2026-2027, which ends in 2027.
    mapping, text, _ = await init(managebac_sandbox, tmp_path)
    assert mapping.grades == ({"12": name} if is_proposed else {})
    assert ("graduate in 2027" in text) is not is_proposed
