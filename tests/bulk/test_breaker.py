from __future__ import annotations

import pytest

from lms_async.bulk.breaker import Breaker


@pytest.mark.parametrize(
    ("chunks", "opens"),
    [
        ("", False),
        ("uu", False),
        ("uuu", True),
        ("lllll", False),
        ("llllll", True),  # a batch that could be looked up counts half
        ("ulluu", True),
        ("uus", False),
        ("uusuu", False),
        ("uusuul", False),
        ("uusuuu", True),
        ("lllllsu", False),
        ("uuus", True),  # once open, it stays open
    ],
)
def test_breaker_opens_after_failed_batches_in_a_row(chunks: str, opens: bool) -> None:
    breaker = Breaker(3)
    for chunk in chunks:
        if chunk == "s":
            breaker.settled()
        else:
            breaker.unanswered("cut", looked_up=chunk == "l")
    assert breaker.is_open is opens


def test_error_names_the_last_failure_before_it_opened() -> None:
    breaker = Breaker(2)
    for why in ("first", "second", "third"):
        breaker.unanswered(why, looked_up=False)
    error = breaker.error()
    assert "second" in str(error)
    assert "2 or more chunks" in str(error)
    assert "the same journal" in error.hint
    assert error.stops
