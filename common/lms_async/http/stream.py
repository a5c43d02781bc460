"""Receive a response piece by piece, for exports that may not fit in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from math import inf

import attrs

from ..errors import ResponseLost
from ..events import RequestFailed
from .body import StreamedResponse
from .call import Call
from .responses import Response
from .transport import Transport


@attrs.frozen
class Stream:
    """A response whose body is still arriving.

    :param headers: the headers, with names in lower case.
    :param has_end: whether a body that was cut off raises an error, see
        :attr:`~lms_async.http.body.BodyReader.has_end`.
    :param chunks: yields the body as it arrives.
    """

    headers: Mapping[str, str] = attrs.field(repr=False)
    has_end: bool
    chunks: AsyncGenerator[bytes, None] = attrs.field(repr=False)


@asynccontextmanager
async def stream(transport: Transport, call: Call[Response]) -> AsyncIterator[Stream]:
    """Send ``call``, and provide the body of a successful response while it arrives.

    Until the body begins, this works as for every call: it waits for the rate limit and is retried.
    A later failure is not retried, since the caller already has a part of the body.

    :raises LmsError: see :mod:`lms_async.errors`.
    """
    ends_at = inf
    if transport.deadline is not None:
        ends_at = asyncio.get_running_loop().time() + transport.deadline
    response, made = await transport.open(call)
    if not isinstance(response, StreamedResponse):
        raise TypeError("the connection does not stream")
    reader, began = response.reader, time.monotonic()
    try:
        yield Stream(response.headers, reader.has_end, reader.chunks(ends_at))
    except ResponseLost as error:
        seconds = time.monotonic() - began
        transport.notify(RequestFailed, call, made, type(error).__name__, seconds)
        error.after(made)
        raise
    finally:
        reader.close()
