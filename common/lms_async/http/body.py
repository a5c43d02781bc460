"""Read the body of a response: as a whole up to a size limit, or in pieces while it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from math import inf

import aiohttp
import attrs

from ..errors import DeadlineExceeded, LmsError, ResponseLost, TimedOut
from .call import Call
from .responses import MOST_OF_A_REFUSAL, Response
from .wire_errors import lost

#: The maximum size of a body that is read as a whole, in bytes after decompression. 200 users are
#: about 100 kB.
MOST_BYTES = 64 * 1024 * 1024
#: A larger body, in bytes, is refused if its size exceeds its compressed size by more than the
#: maximum ratio. Such a body is a decompression bomb.
_RATIO_CHECKED_ABOVE = 8 * 1024 * 1024
_MAX_RATIO = 100


async def read_whole(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the body, or ``None`` if it is too large.

    If the response is not a success, only the beginning is read.
    """
    success = 200 <= response.status < 300
    most = MOST_BYTES if success else MOST_OF_A_REFUSAL
    chunks, size = [], 0
    try:
        while chunk := await response.content.readany():
            size += len(chunk)
            chunks.append(chunk)
            if size > most or _is_bomb(response, size):
                return None if success else b"".join(chunks)[:most]
    except aiohttp.ClientError:
        if success:
            raise
    return b"".join(chunks)


def _is_bomb(response: aiohttp.ClientResponse, size: int) -> bool:
    """Return whether the body is larger than real data can be, given its compressed size."""
    compressed = response.content.total_compressed_bytes
    return size > _RATIO_CHECKED_ABOVE and compressed is not None and size > _MAX_RATIO * compressed


def too_large() -> str:
    """Return the error message for a body that was not read as a whole."""
    return (
        f"the response is larger than {MOST_BYTES} bytes, "
        f"or more than {_MAX_RATIO} times its compressed size"
    )


class BodyReader:
    """Reads the body of a successful response while it arrives. Always call :meth:`close`.

    :param seconds: the timeout of each wait for more of the body. The time between two reads, which
        the caller uses, does not count.
    :param ended: called once, when the body is closed.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        call: Call[object],
        *,
        seconds: float,
        ended: Callable[[], None],
    ) -> None:
        self._response = response
        self._call = call
        self._seconds = seconds
        self._ended = ended
        self._size = 0
        self._is_closed = False

    @property
    def has_end(self) -> bool:
        """Whether reading a body that was cut off raises :class:`ResponseLost`.

        That is not so for a body without ``Content-Length`` or chunks, which ends when the server
        closes the connection. It is not so for a compressed body either, since aiohttp does not
        check its end. Therefore streams request an uncompressed body.
        """
        names = {name.lower() for name in self._response.headers}
        return "content-encoding" not in names and bool(
            names & {"content-length", "transfer-encoding"}
        )

    async def chunks(self, ends_at: float = inf) -> AsyncGenerator[bytes, None]:
        """Yield the body as it arrives, decompressed.

        :param ends_at: the deadline of the call, in the event loop's time.
        :raises ResponseLost: the body was cut off. :class:`TimedOut`: nothing more came in time.
        :raises DeadlineExceeded: the deadline passed.
        """
        while chunk := await self._next(None if ends_at == inf else ends_at):
            self._size += len(chunk)
            if _is_bomb(self._response, self._size):
                raise ResponseLost(
                    f"the response is more than {_MAX_RATIO} times its compressed size",
                    call=self._call,
                )
            yield chunk

    async def _next(self, ends_at: float | None) -> bytes:
        failure: LmsError
        deadline = asyncio.timeout_at(ends_at)
        try:
            async with deadline:
                return await self._response.content.readany()
        except TimeoutError:
            failure = (
                DeadlineExceeded(
                    "the response was still arriving at the deadline",
                    call=self._call,
                    hint="allow more time with with_options(deadline=...)",
                )
                if deadline.expired()
                else TimedOut(f"no more data came within {self._seconds:g} s", call=self._call)
            )
        except (aiohttp.ClientError, ValueError, OSError) as error:
            failure = lost(self._call, error)
        # Raised outside `except`, so that its context is not aiohttp's error, which quotes the URL.
        raise failure

    def close(self) -> None:
        """Close the connection, unless the body was read to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        self._response.close()  # has no effect after the end of the body
        self._ended()


@attrs.frozen
class StreamedResponse(Response):
    """A successful response whose body is read with ``reader``. ``body`` is empty."""

    reader: BodyReader = attrs.field(repr=False, eq=False)
