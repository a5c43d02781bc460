"""An import that is killed at random moments and run again finishes, and creates every row once."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from lms_async.journal.file_store import FileStore
from tests.journal.killing import run

# `make chaos` kills more often.
ROWS, KILLS = 2000, 15


@pytest.mark.timeout(300)
async def test_import_killed_many_times_creates_everybody_once(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED") or int.from_bytes(os.urandom(3)))
    print(f"seed {seed}")  # to repeat this run, set SEED
    ended = await run(rows=ROWS, kills=KILLS, seed=seed, store=FileStore(tmp_path / "import.db"))
    assert ended.kills == KILLS
    assert ended.in_commits
    assert not ended.misreported, seed
    assert ended.counts == {"done": ROWS}, seed
    assert len(ended.creates) == ROWS, seed
    assert Counter(ended.creates.values()) == {1: ROWS}, seed
    print(
        f"{ended.lives} lives, {ended.in_commits} killed in a commit, "
        f"{ended.faults} answers cut, {ended.requests} requests"
    )
