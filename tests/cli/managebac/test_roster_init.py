"""What ``lms roster init`` proposes for ManageBac."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.roster_init.run import write_roster_mapping
from lms_async.roster import read_mapping
from manabac_async.cli.roster import ROSTER
from manabac_async.cli.target import ManageBacTarget
from manabac_async.sandbox import ManageBacSandbox
from tests.managebac.roster.school import GRADE_11, GRADE_12, prepared
from tests.roster import bundles


async def test_words_that_are_beyond_doubt_are_translated(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    managebac_sandbox.school = prepared()
    source = bundles.School(people=28, sections=4, enrollments=24).write(tmp_path / "bundle")
    said, out = io.StringIO(), tmp_path / "roster.toml"
    await write_roster_mapping(
        source,
        ManageBacTarget(),
        {
            "MANAGEBAC_TOKEN": managebac_sandbox.token,
            "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
        },
        make_reporter(said, said),
        said,
        out=out,
        as_of=date(2026, 10, 1),
        limit=(1000, 0.01),
    )
    mapping = read_mapping(out)
    assert mapping.roles == {"student": "student", "teacher": "teacher", "guardian": "parent"}
    assert mapping.enrollment_roles == {"student": "student", "teacher": "teacher"}
    assert mapping.grades == {"11": GRADE_11, "12": GRADE_12}
    defaults = {name: one.default for name, one in ROSTER.settings.items() if one.default}
    assert mapping.target == defaults
    assert "[subjects] has no translation of C0" in said.getvalue()
