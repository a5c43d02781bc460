"""Write the table of what the roster says in disasters.

``python -m tests.roster.disasters.record`` writes ``refusals.md``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.roster.disasters.check import DISASTERS, TABLE, Disasters, as_row
from tests.virtual import run

_HEAD = """\
# Damaged files, wrong settings and wrong accounts

`python -m tests.roster.disasters.record` writes this table. `lms` changes nothing at the vendor in
any of these cases. If the guard refuses several schools for the same reason, the table shows the
first one.

| what happened | result | message |
| --- | --- | --- |
"""


async def _rows(folder: Path) -> list[str]:
    disasters = Disasters(folder)
    await disasters.prepare()
    return [as_row(one.title, await disasters.happen(one)) for one in DISASTERS]


def main() -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = run(_rows(Path(folder)))
    TABLE.write_text(_HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
