"""What came back from the wire."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Response:
    """An answer: status, headers (looked up in lower case) and body."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
