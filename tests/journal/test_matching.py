"""What a journal knows of rows with the same tag, run by run."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from lms_async.errors import JournalUnusable
from lms_async.journal.entries import KEY_HASH, TAG, Ended, Sent
from lms_async.journal.sqlite import JournalFile

DONE, REJECTED = "id", ("rejected", None, "409")
PASSES, UNKNOWN = ("rejected", None, "429"), ("unknown", None, "lost")
LATER = ("skipped", None, "stopped")


def tag(key: str, content: str) -> bytes:
    return key.encode().ljust(KEY_HASH, b".") + content.encode().ljust(TAG - KEY_HASH, b".")


class Runs:
    """Runs over one journal. In each run, rows are sent one by one and get the given results."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *rows: tuple[bytes, Any]) -> None:
        """Send each row with its result, or ``None`` if the run is killed before the response."""
        with closing(JournalFile(self.path)) as file:
            for number, (row, end) in enumerate(rows, 1):
                file.write([Sent(number, row)])
                if end is not None:
                    file.write([Ended(number, [end])])

    def known(self, *rows: bytes) -> list[str | None]:
        with closing(JournalFile(self.path)) as file:
            told = file.recall(rows)
        return [None if one is None else one.status or "sent" for one in told]


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "import.db")


A, B = tag("k", "a"), tag("k", "b")


@pytest.mark.parametrize("others", [1, 2, 3])
def test_equal_row_rejected_for_now_gets_its_result_in_the_next_run(
    runs: Runs, others: int
) -> None:
    """Otherwise the run after that would not recognize the row and would send it again."""
    all_ = [A] * (others + 2)
    runs.run((A, None), *[(A, None)] * others)
    assert runs.known(*all_) == ["sent", *["sent"] * others, None]
    runs.run((A, PASSES), *[(A, DONE)] * others)
    assert runs.known(*all_) == [None, *["done"] * others, None]
    runs.run((A, REJECTED))
    assert runs.known(*all_) == ["rejected", *["done"] * others, None]


def test_row_rejected_for_now_does_not_count_as_an_equal_one(runs: Runs) -> None:
    runs.run((A, DONE), (A, None))
    assert runs.known(A, A, A) == ["done", "sent", None]
    runs.run((A, PASSES))
    assert runs.known(A, A, A) == ["done", None, None]
    runs.run((A, REJECTED))
    assert runs.known(A, A, A) == ["done", "rejected", None]


def test_row_that_was_not_sent_after_all_is_unchanged(runs: Runs) -> None:
    runs.run((A, LATER))
    assert runs.known(A) == [None]
    runs.run((A, DONE))
    runs.run((A, LATER), (B, LATER))
    assert runs.known(A, B) == ["done", None]


def test_rows_of_a_batch_have_their_own_results(runs: Runs) -> None:
    one, two, three = (tag(key, "a") for key in "123")
    with closing(JournalFile(runs.path)) as file:
        file.write([Sent(1, one + two + three), Ended(1, [LATER, DONE, REJECTED])])
    assert runs.known(one, two, three) == [None, "done", "rejected"]


@pytest.mark.parametrize(
    ("end", "first"),
    [(DONE, None), (REJECTED, "done"), (PASSES, "done"), (UNKNOWN, "sent"), (None, "sent")],
)
def test_new_content_of_a_key_replaces_the_old_if_it_may_have_arrived(
    runs: Runs, end: Any, first: str | None
) -> None:
    other = tag("other", "a")
    runs.run((A, DONE), (other, DONE))
    runs.run((B, end))
    assert runs.known(A, other) == [first, "done"]


def test_new_content_keeps_the_rejection_of_the_old_until_done(runs: Runs) -> None:
    runs.run((A, REJECTED))
    runs.run((B, None))
    assert runs.known(A, B) == ["rejected", "sent"]
    runs.run((B, DONE))
    assert runs.known(B) == ["done"]
    assert runs.known(A) == [None]  # the vendor may accept A now that it has B


@pytest.mark.parametrize("end", [None, DONE])
def test_summary_has_the_time_of_the_last_note(runs: Runs, end: Any) -> None:
    before = time.time()
    runs.run((A, end))
    with closing(JournalFile(runs.path)) as file:
        assert before <= file.summarize().written <= time.time()


@pytest.mark.parametrize(
    ("chunks", "size"),
    [
        ([(1, TAG + 1)], TAG + 1),
        ([(1, 0)], 0),
        ([(1, -TAG)], TAG),
        ([(1, 2 * TAG)], TAG),
        ([(1, TAG), (2, 3 * TAG)], 2 * TAG),
        ([(1, TAG)], 2 * TAG),
        ([], TAG),
        ([(1, TAG), (1, [])], TAG),
        ([(1, TAG), (1, ["id", "id"])], TAG),
    ],
)
def test_invalid_notes_are_reported_as_damage(runs: Runs, chunks: list[Any], size: int) -> None:
    runs.run((A, DONE))
    with closing(JournalFile(runs.path)) as file:
        note = (0.0, orjson.dumps(chunks), b"x" * size)
        file._db.execute("INSERT INTO note (at, chunks, tags) VALUES (?, ?, ?)", note)
    with pytest.raises(JournalUnusable, match="damaged"):
        JournalFile(runs.path)
