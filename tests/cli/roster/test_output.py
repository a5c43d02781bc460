"""Commands of a roster whose output can't be written end with an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_async.cli.reporting.streams import Screen, SteadyOutput
from tests.cli.roster.conftest import Lms


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_lost_output_is_an_error(roster_lms: Lms) -> None:
    def lost(stream: str, *arguments: str) -> tuple[int, str]:
        with roster_lms.monkeypatch.context() as patch, Path("/dev/full").open("wb") as full:
            screen = Screen(SteadyOutput(full.fileno()), write_through=True)  # type: ignore[arg-type]
            patch.setattr(f"sys.{stream}", screen)
            ran = roster_lms(*arguments)
        return ran.code, ran.err

    init = ("roster", "init", "bundle", "--to", "schoology", "--out", "new.toml")
    assert lost("stderr", *init) == (2, "")
    for arguments in (
        ("plan", "bundle", "--mapping", "roster.toml", "--to", "schoology"),
        ("plan", "show", "roster.plan"),
        ("apply", "roster.plan"),
        ("verify", "roster.plan"),
    ):
        code, err = lost("stdout", *arguments)
        assert (code, "output could not be written: No space left" in err) == (2, True)
    assert roster_lms("verify", "roster.plan").code == 0  # the changes were made
    assert len(roster_lms.sandbox.school.enrollments) == 7
    # The exit code of what went wrong before is kept.
    account = roster_lms.sandbox.school.by_school_uid("p1")
    assert account is not None
    account.name_last = "Other"
    assert lost("stdout", "verify", "roster.plan")[0] == 1
