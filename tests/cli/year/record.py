"""Record a terminal: write a mapping file, try it, import, interrupt the import, and continue it.

``python -m tests.cli.year.record`` writes ``docs/a-session.md``.
"""

from __future__ import annotations

import asyncio
import csv
import random
import tempfile
from pathlib import Path

from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import environment_of
from tests.cli.terminal import in_terminal

PAGE = Path(__file__).parents[3] / "docs" / "a-session.md"
COLUMNS = 100
ROWS = 1000
#: ``lms`` sends 13 requests and then waits for the rate limit. The first two test the credentials
#: and read the roles.
_SENT_BEFORE_WAIT = 13

_INTRODUCTION = """\
# A session with `lms`

Recorded in a terminal, against a sandbox of Schoology on the same machine. `students.csv` is an
export of PowerSchool with 1,000 invented students. In a clone of the repository,
`python -m tests.cli.year.record` records this page again.
"""
_MAPPING = """\
## Write a mapping file

`lms` knows the columns of PowerSchool. Most of the mapping file is ready.
"""
_EDIT = """\
The export has no column for the role, which Schoology needs. In an editor, change the line with
`role_id` to:

```toml
role_id = "Student"  # its title in Schoology
```
"""
_DRY_RUN = """\
## Try it

Try the mapping with the students of one grade. Nothing is sent.
"""
_IMPORT = """\
## Import, and interrupt

After 550 rows, `lms` waits for the rate limit. Ctrl-C stops the import.
"""
_CONTINUE = """\
## Continue

The same command sends the rows that are missing.
"""


async def record() -> str:
    """Return the page."""
    with tempfile.TemporaryDirectory() as name, SchoologySandbox(limit=(1000, 1.0)) as sandbox:
        folder = Path(name)
        _write_students(folder / "students.csv")
        session = _Session(folder, sandbox)
        parts = [_INTRODUCTION, _MAPPING]
        parts += [await session.lms("lms mapping init students.csv --to schoology")]
        mapping = folder / "students.mapping.toml"
        written = mapping.read_text("utf-8")
        parts += [_block("cat students.mapping.toml", written), _EDIT]
        mapping.write_text(written.replace('# role_id = ""', 'role_id = "Student"'), "utf-8")
        import_ = "lms import students.csv --mapping students.mapping.toml"
        parts += [_DRY_RUN, await session.lms(f"{import_} --where Grade_Level=12 --dry-run")]
        parts += [_IMPORT, await session.lms(import_, interrupt=True)]
        parts += [_CONTINUE, await session.lms(import_)]
        return "\n".join(parts)


class _Session:
    """Runs ``lms`` in a folder."""

    def __init__(self, folder: Path, sandbox: SchoologySandbox) -> None:
        self._folder = folder
        self._sandbox = sandbox

    async def lms(self, command: str, *, interrupt: bool = False) -> str:
        """Run ``lms`` in a terminal. Return the command and its output as a code block.

        :param interrupt: press Ctrl-C as soon as the import waits for the rate limit.
        """
        environment = {**environment_of(self._sandbox), "TERM": "dumb"}
        before = len(self._sandbox.log)
        async with in_terminal(
            *command.split()[1:], environment=environment, folder=self._folder, columns=COLUMNS
        ) as terminal:
            if interrupt:
                await self._wait_for(before + _SENT_BEFORE_WAIT)
                terminal.type("\x03")
            await terminal.exit_code()
        return _block(command, "\n".join(terminal.lines))

    async def _wait_for(self, requests: int) -> None:
        async with asyncio.timeout(30):
            while len(self._sandbox.log) < requests:  # noqa: ASYNC110 - a log has no event
                await asyncio.sleep(0.01)


def _block(command: str, output: str) -> str:
    return f"```console\n$ {command}\n{output.rstrip()}".rstrip() + "\n```\n"


def _write_students(path: Path) -> None:
    """Write an export of PowerSchool. The same names in each recording."""
    dice = random.Random("students")
    first = ("Peregrine", "Liadan", "Ambrose", "Sabela", "Ottilie", "Evander", "Calista", "Leopold")
    last = ("Sotherby", "Corvessa", "Tindleworth", "Hartingdale", "Ravenscar", "Marchbanks")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                *("Student_Number", "First_Name", "Last_Name", "DOB", "Gender", "Grade_Level"),
                *("SchoolID", "Student_Web_ID", "Student_Email", "Sched_YearOfGraduation"),
            ]
        )
        for number in range(ROWS):
            uid, grade = 300101 + number, 12 - number % 7
            name = (dice.choice(first), dice.choice(last))
            born = f"{dice.randint(1, 12)}/{dice.randint(1, 28)}/{2020 - grade}"
            mail = "none" if number == 42 else f"s{uid}@eastmere.example"
            row = [uid, *name, born, dice.choice("MF"), grade, 101, f"s{uid}", mail, 2038 - grade]
            writer.writerow(row)


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(record()), "utf-8")
