"""Any history of runs gives the same results in both stores."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.postgres_server import PostgresServer
from lms_async.journal.entries import EarlierResult, Ended, Sent
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from lms_async.journal.store import JournalStore
from tests.journal.stores.conftest import KEY
from tests.journal.stores.test_contract import DONE, PASSES, REJECTED, UNKNOWN, tag

TAGS = [tag(key, content) for key in "kl" for content in "ab"]
SKIPPED: Any = ("skipped", None, "stopped")
#: A chunk: each row with its result. ``None`` for the chunk's first row means no response.
chunk = st.lists(
    st.tuples(
        st.sampled_from(TAGS), st.sampled_from([DONE, REJECTED, UNKNOWN, PASSES, SKIPPED, None])
    ),
    min_size=1,
    max_size=3,
)
history = st.lists(st.tuples(st.lists(chunk, max_size=5), st.booleans()), min_size=1, max_size=4)
_numbers = itertools.count()


async def results(
    store: JournalStore, runs: list[tuple[list[list[tuple[bytes, Any]]], bool]], asked: list[bytes]
) -> list[Any]:
    """Return what each run recalls, and what the journal has in the end."""
    seen: list[Any] = []
    for chunks, forgets in [*runs, ([], False)]:
        journal = await store.open(wait=5.0, restart=False)
        try:
            await journal.begin({"operation": "create"})
            if forgets:
                await journal.forget_rejected()
            recalled = await journal.recall(asked)
            seen.append([one and (one.status, one.id, one.code) for one in recalled])
            seen.append((await journal.summarize()).counts)
            # All chunks are under way at once.
            await journal.write(
                [Sent(n, b"".join(row for row, _ in rows)) for n, rows in enumerate(chunks)]
            )
            for n, rows in enumerate(chunks):
                if rows[0][1] is not None:
                    ends = [UNKNOWN if end is None else end for _, end in rows]
                    await journal.write([Ended(n, ends)])
            if not isinstance(store, FileStore):  # reading is possible meanwhile
                reader = await store.read()
                meanwhile = await reader.recall(asked)
                counts = (await reader.summarize()).counts
                await reader.close()
        finally:
            await journal.close()
        if not isinstance(store, FileStore):
            reader = await store.read()
            afterwards: list[EarlierResult | None] = await reader.recall(asked)
            assert meanwhile == afterwards
            assert (await reader.summarize()).counts == counts
            await reader.close()
    return seen


@settings(max_examples=settings().max_examples // 10)
@given(history, st.lists(st.sampled_from(TAGS), max_size=6))
def test_any_history_of_runs_gives_the_same_results_in_both_stores(
    postgres: PostgresServer, runs: Any, asked: list[bytes]
) -> None:
    async def both() -> None:
        with tempfile.TemporaryDirectory() as folder:
            ours = PostgresStore(postgres.url, f"history {next(_numbers)}", key=KEY)
            file = FileStore(Path(folder) / "import.db")
            assert await results(ours, runs, asked) == await results(file, runs, asked)

    asyncio.run(both())
