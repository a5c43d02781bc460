"""Handle Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) on the event loop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

#: Sent when the terminal closes. Windows does not have it.
_HANG_UP: signal.Signals | None = getattr(signal, "SIGHUP", None)


class InterruptHandler:
    """A context in which each interrupt calls :attr:`on_interrupt` on the event loop.

    Otherwise Python would raise ``KeyboardInterrupt`` at any line of the program. SIGHUP counts
    only if it is the first interrupt: when a terminal closes, both the shell and the system send
    it, and service managers send it after SIGTERM. Under ``nohup``, SIGHUP stays ignored.

    The handlers are set with :mod:`signal`, because event loops on Windows cannot set any.
    """

    def __init__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - made within a coroutine
        self._loop = asyncio.get_running_loop()
        self.count = 0
        #: Called for each interrupt. At first it cancels the task that created this object.
        self.on_interrupt: Callable[[], object] = task.cancel
        self._before: list[tuple[signal.Signals, Any]] = []

    def __enter__(self) -> Self:
        self._before = [(number, signal.signal(number, self._on_signal)) for number in _signals()]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before:
            # None: the handler was not set from Python, so it cannot be restored.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._on_loop, number)

    def _on_loop(self, number: int) -> None:
        if self.count and number == _HANG_UP:
            return
        self.count += 1
        self.on_interrupt()


def _signals() -> list[signal.Signals]:
    if _HANG_UP is None or signal.getsignal(_HANG_UP) is signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, _HANG_UP]
