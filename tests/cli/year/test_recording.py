"""``docs/a-session.md`` shows what ``lms`` prints now."""

from __future__ import annotations

import re

from .record import PAGE, record

#: Times, rates and ports differ.
_NUMBER = re.compile(r"\d[\d,.]*(?<=\d)")
#: A line of progress, which appears only if the machine is slow.
_PROGRESS = re.compile(r"^.* of .* rows, .*rows/s.*\n", re.MULTILINE)


def without_numbers(text: str) -> str:
    return _NUMBER.sub("0", _PROGRESS.sub("", text))


async def test_recording_shows_what_lms_prints() -> None:
    recorded, now = PAGE.read_text("utf-8"), await record()
    assert without_numbers(now) == without_numbers(recorded), "run: python -m tests.cli.year.record"
    for part in ("550 done, 1 rejected, 0 unknown, 449 skipped", "550 rows finished"):
        assert part in now
        assert part in recorded
