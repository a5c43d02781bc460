"""A bulk that is never read warns, like a coroutine that is never awaited."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lms_async import InvalidInput, Journal
from manabac_async import ManageBac
from schoology_async import Schoology


@contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Yield a list that receives the ResourceWarnings of objects collected inside the block."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        texts: list[str] = []
        yield texts
        gc.collect()
        texts += [str(one.message) for one in caught if one.category is ResourceWarning]


def bulk_of(client: Schoology, rows: Any = (), **options: Any) -> Any:
    return client.users.create_many(rows, **options)


async def test_unread_bulk_warns() -> None:
    async with Schoology("k", "s") as schoology, ManageBac("t") as managebac:
        with collect_warnings() as warned:
            bulk_of(schoology, [{"school_uid": "Okafor"}])
            managebac.memberships.update_many([])
            schoology.users.delete_many(["Okafor"], keep_enrollments=True, notify=False)
    assert len(warned) == 3
    assert "users.create_many was never awaited or iterated" in warned[0]
    assert "Okafor" not in "".join(warned)


async def test_bulk_that_was_read_or_closed_does_not_warn(tmp_path: Path) -> None:
    async with Schoology("k", "s") as client:
        with collect_warnings() as warned:
            await bulk_of(client)
            async for _ in bulk_of(client):
                pass
            async for _ in bulk_of(client, [{}, {}]):
                break
            unread = bulk_of(client)
            await unread.close()
            opened = bulk_of(client, journal=Journal(tmp_path / "a.db"))
            await opened.open()
            await opened.close()
            del unread, opened
            bulk_of(client).__aiter__()
    assert warned == []


async def test_bulk_that_was_stopped_but_never_read_warns(tmp_path: Path) -> None:
    async with Schoology("k", "s") as client:
        with collect_warnings() as warned:
            bulk = bulk_of(client)
            bulk.stop()
            del bulk
    assert len(warned) == 1


async def test_bulk_with_invalid_input_does_not_warn() -> None:
    async with Schoology("k", "s") as client:
        with collect_warnings() as warned:
            for rows, options in (("text", {}), ([], {"journal": "x"})):
                with pytest.raises(InvalidInput):
                    bulk_of(client, rows, **options)
    assert warned == []
