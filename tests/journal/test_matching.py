"""What a journal's file knows of rows with one tag, run by run."""

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
    """Runs over one file; in each, rows leave one by one and end as they are told to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *rows: tuple[bytes, Any]) -> None:
        """Each row, and how it ends; ``None`` if the run is killed before its answer."""
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
def test_the_place_of_an_equal_row_that_was_refused_for_now_is_taken_by_the_next_run(
    runs: Runs, others: int
) -> None:
    """Else the run after that would take the row for one that nobody knows, and send it again."""
    all_ = [A] * (others + 2)
    runs.run((A, None), *[(A, None)] * others)
    assert runs.known(*all_) == ["sent", *["sent"] * others, None]
    runs.run((A, PASSES), *[(A, DONE)] * others)
    assert runs.known(*all_) == [None, *["done"] * others, None]
    runs.run((A, REJECTED))
    assert runs.known(*all_) == ["rejected", *["done"] * others, None]


def test_a_row_that_was_refused_for_now_is_none_of_its_equals(runs: Runs) -> None:
    runs.run((A, DONE), (A, None))
    assert runs.known(A, A, A) == ["done", "sent", None]
    runs.run((A, PASSES))
    assert runs.known(A, A, A) == ["done", None, None]
    runs.run((A, REJECTED))
    assert runs.known(A, A, A) == ["done", "rejected", None]


def test_a_row_that_did_not_leave_after_all_stays_as_it_was(runs: Runs) -> None:
    runs.run((A, LATER))
    assert runs.known(A) == [None]
    runs.run((A, DONE))
    runs.run((A, LATER), (B, LATER))
    assert runs.known(A, B) == ["done", None]


def test_of_a_chunk_each_row_is_known_by_its_own_end(runs: Runs) -> None:
    one, two, three = (tag(key, "a") for key in "123")
    with closing(JournalFile(runs.path)) as file:
        file.write([Sent(1, one + two + three), Ended(1, [LATER, DONE, REJECTED])])
    assert runs.known(one, two, three) == [None, "done", "rejected"]


@pytest.mark.parametrize(
    ("end", "first"),
    [(DONE, None), (REJECTED, "done"), (PASSES, "done"), (UNKNOWN, "sent"), (None, "sent")],
)
def test_another_content_of_a_key_puts_an_end_to_the_one_before_if_it_may_have_arrived(
    runs: Runs, end: Any, first: str | None
) -> None:
    other = tag("other", "a")
    runs.run((A, DONE), (other, DONE))
    runs.run((B, end))
    assert runs.known(A, other) == [first, "done"]


def test_another_content_leaves_what_was_rejected(runs: Runs) -> None:
    runs.run((A, REJECTED))
    runs.run((B, None))
    assert runs.known(A, B) == ["rejected", "sent"]
    runs.run((B, DONE))
    assert runs.known(B) == ["done"]
    assert runs.known(A) == [None]  # what the vendor has now may not be refused again


@pytest.mark.parametrize("end", [None, DONE])
def test_it_tells_when_a_row_was_sent_or_ended(runs: Runs, end: Any) -> None:
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
def test_notes_that_nobody_of_us_wrote_are_not_guessed_at(
    runs: Runs, chunks: list[Any], size: int
) -> None:
    runs.run((A, DONE))
    with closing(JournalFile(runs.path)) as file:
        note = (0.0, orjson.dumps(chunks), b"x" * size)
        file._db.execute("INSERT INTO note (at, chunks, tags) VALUES (?, ?, ?)", note)
    with pytest.raises(JournalUnusable, match="damaged"):
        JournalFile(runs.path)
