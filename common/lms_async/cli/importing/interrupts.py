"""Ctrl-C, and the same for SIGTERM and for a terminal that is closed (SIGHUP)."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

#: Sent when the terminal is closed; Windows has none.
_HANG_UP: signal.Signals | None = getattr(signal, "SIGHUP", None)


class Interrupts:
    """While entered, an interrupt calls :attr:`react` on the event loop, instead of raising
    ``KeyboardInterrupt`` wherever the program happens to stand.

    A terminal that is closed counts as one interrupt, and never as a second one: the shell and the
    system both send SIGHUP then, and service managers send it after SIGTERM. Under ``nohup``, which
    has it ignored, it stays ignored.

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
        self._before = [(number, signal.signal(number, self._arrived)) for number in _signals()]
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
        self._loop.call_soon_threadsafe(self._happened, number)

    def _happened(self, number: int) -> None:
        if self.count and number == _HANG_UP:
            return
        self.count += 1
        self.react()


def _signals() -> list[signal.Signals]:
    if _HANG_UP is None or signal.getsignal(_HANG_UP) is signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, _HANG_UP]
