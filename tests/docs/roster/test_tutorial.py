"""The tutorial of ``docs/roster.md`` shows what ``lms`` prints now."""

from __future__ import annotations

import re
from pathlib import Path

from .tutorial import PAGE, run_tutorial

#: How long an import took.
_TIME = re.compile(r"in [\d.,]+ m?s \([\d,.]+ rows/s\)")


def test_tutorial_shows_what_lms_prints(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    now = run_tutorial(page, tmp_path)
    assert _TIME.sub("", now) == _TIME.sub("", page), "run: python -m tests.docs.roster.record"
    assert page.count("Every change is done.") == 3
