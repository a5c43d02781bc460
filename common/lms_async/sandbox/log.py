"""The log of the requests that a sandbox received."""

from __future__ import annotations

from collections.abc import Iterator
from typing import overload

from attrs import define
from multidict import MultiMapping

from .limits import busiest


@define(kw_only=True)
class Seen:
    """One request that arrived."""

    method: str
    path: str
    """Below the API's root and still percent-encoded: ``users/ext/S%2F1``."""
    query: MultiMapping[str]
    at: float
    """When it arrived, by the event loop's clock."""
    status: int | None = None
    """The status of the response; ``None`` until then, and if the connection was cut."""
    fault: str | None = None
    """The kind of the scripted fault that affected it."""


class RequestLog:
    """All requests, in order of arrival."""

    def __init__(self) -> None:
        self._seen: list[Seen] = []

    def append(self, seen: Seen) -> None:
        """Add a request that just arrived."""
        self._seen.append(seen)

    def clear(self) -> None:
        """Remove all entries, e.g. between the two halves of a test."""
        self._seen.clear()

    def count(self, method: str | None = None, path: str | None = None) -> int:
        """Count the requests with this method and path; ``None`` matches any."""
        return sum(
            (method is None or seen.method == method) and (path is None or seen.path == path)
            for seen in self._seen
        )

    def busiest(self, per: float) -> int:
        """Return the most arrivals in any ``per`` seconds, without those that the limit refused."""
        return busiest(
            (s.at for s in self._seen if s.status != 429 or s.fault is not None),
            per,
        )

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Seen]:
        return iter(self._seen)

    @overload
    def __getitem__(self, index: int) -> Seen: ...
    @overload
    def __getitem__(self, index: slice) -> list[Seen]: ...
    def __getitem__(self, index: int | slice) -> Seen | list[Seen]:
        return self._seen[index]

    def __repr__(self) -> str:
        return f"RequestLog({self._seen!r})"
