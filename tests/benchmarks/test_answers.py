"""The responses of the benchmarks' vendor."""

from __future__ import annotations

import orjson

from benchmarks.answers import answer


def test_each_user_that_v1_creates_has_its_own_id() -> None:
    """Rows with the same id would be one user, and all but the first would be unknown."""
    created = [answer(b"POST /api/users HTTP/1.1\r\n\r\n", b"{}")[1] for _ in range(3)]
    assert len({orjson.loads(body)["user_id"] for body in created}) == 3
