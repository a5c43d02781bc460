"""What does a journal cost an import that runs at full speed?"""

from __future__ import annotations

import asyncio
from itertools import count as numbers
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from lms_async import Journal
from schoology_async import Schoology, Window

from .measure import Ratio, Rounds, micros, rounds, spread
from .no_network import count_done
from .picture import bars
from .report import Found
from .school import read_csv, write_csv
from .vendor import CLIENT_CPU, pin, vendor

PEOPLE = 20_000

WITHOUT = "without a journal"
WITH = "with a journal"


async def compare(path: Path, base_url: str, count: int) -> Rounds:
    made = numbers()
    async with Schoology(
        "key", "secret", base_url=base_url, limiter=Window(10**6, per=1.0)
    ) as schoology:

        async def imported(journal: Journal | None) -> int:
            people = read_csv(path)
            return await count_done(
                schoology.users.create_many(people, update_existing=True, journal=journal)
            )

        ways = {
            WITHOUT: lambda: imported(None),
            WITH: lambda: imported(Journal(path.with_name(f"{next(made)}.journal"))),
        }
        return await rounds(ways, count=count, units=PEOPLE)


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 31 if full else 15
    with TemporaryDirectory() as folder, vendor() as base_url:
        path = Path(folder) / "people.csv"
        write_csv(path, PEOPLE)
        took = asyncio.run(compare(path, base_url, count))
        size = path.with_name("0.journal").stat().st_size
    costs = {name: spread(micros(took[name], PEOPLE)) for name in took}
    ratio = Ratio.of(took, WITH, WITHOUT)
    Found(
        "journal",
        f"{PEOPLE:,} people from a CSV file into Schoology, with a journal and without",
        ["way", "CPU µs a person, median (quartiles)", "people/s", "ratio, median / of minima"],
        [
            [
                name,
                f"{middle:.1f} ({low:.1f}–{high:.1f})",
                f"{PEOPLE / median(t.wall for t in took[name]):,.0f}",
                str(Ratio.of(took, name, WITHOUT)),
            ]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[ratio.goal(1.1, "CPU of the same import without a journal")],
        notes=[
            f"{count} rounds in one process, shuffled, on a file system of the machine's own disk",
            "every chunk is noted before it leaves and when it has ended, each on the disk before "
            "the next step (SQLite, WAL, synchronous=FULL)",
            f"the journal is {size / PEOPLE:.0f} bytes a person",
        ],
        full=full,
        short=f"A journal that survives `kill -9` costs an import {ratio.of_rounds:.2f} × the CPU.",
        picture=bars(costs, unit="CPU µs a person", ours=[WITH]),
    ).publish()
