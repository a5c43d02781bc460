"""Changes that refer to other records by their names, such as a person's role."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from ...errors import LmsError
from ..changes import Change

T = TypeVar("T")
Changes = AsyncIterable[Change] | Iterable[Change]


class Referring(Generic[T]):
    """Changes that refer to other records, whose names are read before the first change.

    If the names can't be read, the bulk that converts the changes stops with the error, and the
    changes are skipped.

    :param read: reads the names. It may raise an LmsError.
    """

    def __init__(self, changes: Changes, read: Callable[[], Awaitable[T]]) -> None:
        self._changes = changes
        self._read = read
        self._names: T
        self._failure: LmsError | None = None

    async def __aiter__(self) -> AsyncIterator[Change]:
        try:
            self._names = await self._read()
        except LmsError as failed:
            self._failure = failed
        if isinstance(self._changes, AsyncIterable):
            async for change in self._changes:
                yield change
        else:
            for change in self._changes:
                yield change

    @property
    def names(self) -> T:
        """The names. They are there when the first change is read.

        :raises LmsError: they could not be read.
        """
        if self._failure is not None:
            raise self._failure
        return self._names

    def row(self, to_row: Callable[[Change, T], Any]) -> Callable[[Change], Any]:
        """Return a function that converts a change, given the names."""
        return lambda change: to_row(change, self.names)
