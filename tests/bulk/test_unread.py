"""A bulk that nobody reads warns, as a coroutine does that is never awaited."""

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
def collected() -> Iterator[list[str]]:
    """The ResourceWarnings of what is collected meanwhile."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        texts: list[str] = []
        yield texts
        gc.collect()
        texts += [str(one.message) for one in caught if one.category is ResourceWarning]


def bulk_of(client: Schoology, rows: Any = (), **options: Any) -> Any:
    return client.users.create_many(rows, **options)


async def test_a_bulk_that_is_never_read_warns() -> None:
    async with Schoology("k", "s") as schoology, ManageBac("t") as managebac:
        with collected() as warned:
            bulk_of(schoology, [{"school_uid": "Okafor"}])
            managebac.memberships.update_many([])
            schoology.users.delete_many(["Okafor"], keep_enrollments=True, notify=False)
    assert len(warned) == 3
    assert "users.create_many was never awaited or iterated" in warned[0]
    assert "Okafor" not in "".join(warned)


async def test_a_bulk_that_was_read_or_closed_does_not_warn(tmp_path: Path) -> None:
    async with Schoology("k", "s") as client:
        with collected() as warned:
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


async def test_a_bulk_that_was_opened_and_dropped_warns(tmp_path: Path) -> None:
    async with Schoology("k", "s") as client:
        with collected() as warned:
            bulk = bulk_of(client)
            bulk.stop()
            del bulk
    assert len(warned) == 1


async def test_what_could_not_be_made_does_not_warn() -> None:
    async with Schoology("k", "s") as client:
        with collected() as warned:
            for rows, options in (("text", {}), ([], {"journal": "x"})):
                with pytest.raises(InvalidInput):
                    bulk_of(client, rows, **options)
    assert warned == []
