"""Ctrl-C, and SIGTERM the same."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While entered, an interrupt calls :attr:`react` on the event loop, instead of raising
    ``KeyboardInterrupt`` wherever the program happens to stand.

    Plain signal handlers rather than the loop's own: those don't exist on Windows.
    """

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - made within a coroutine
        self._loop = asyncio.get_running_loop()
        self.count = 0
        #: What an interrupt does; at first it cancels the task that this was made in.
        self.react: Callable[[], object] = task.cancel
        self._before: list[tuple[signal.Signals, Any]] = []

    def __enter__(self) -> Self:
        self._before = [(number, signal.signal(number, self._arrived)) for number in _SIGNALS]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before:
            # None: somebody outside Python had set it, and it can't be had back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._happened)

    def _happened(self) -> None:
        self.count += 1
        self.react()
