"""Read a listing in blocks of rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from ..kinds import Listing, Row
from .progress import RowCount

#: How many rows are formatted and written at a time.
BLOCK = 500


async def read_blocks(
    listing: Listing, client: Any, filters: Mapping[str, str], count: RowCount
) -> AsyncGenerator[list[Row], None]:
    """Yield the rows of a listing, up to :data:`BLOCK` at a time.

    :param count: counts each row when it is read.
    :raises LmsError: reading failed.
    """
    rows: AsyncIterator[Row] = listing.read(client, filters)
    block: list[Row] = []
    try:
        async for row in rows:
            block.append(row)
            count.rows += 1
            if len(block) >= BLOCK:
                yield block
                block = []
    finally:
        # A list that is left early has requests under way. They end before the client is closed.
        if isinstance(rows, AsyncGenerator):
            await rows.aclose()
    if block:
        yield block
