"""What came back from the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import orjson

from ..errors import InvalidResponse

#: How much of a body an error keeps, and how much is read of a response that is no success, in
#: bytes after decompression.
MOST_OF_A_REFUSAL = 64 * 1024


@attrs.frozen
class Response:
    """A response: status, headers (looked up in lower case) and body. Its ``repr`` shows the status
    alone."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)

    def json(self) -> Any:
        """Return the body, read as JSON.

        :raises InvalidResponse: the body is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:  # it holds the whole body
            pass
        error = InvalidResponse(f"the response with HTTP {self.status} is not JSON")
        error.response = self.shortened()
        raise error

    def shortened(self) -> Response:
        """Return this response with at most 64 KiB of its body, for an error to keep."""
        if len(self.body) <= MOST_OF_A_REFUSAL:
            return self
        return attrs.evolve(self, body=self.body[:MOST_OF_A_REFUSAL])
