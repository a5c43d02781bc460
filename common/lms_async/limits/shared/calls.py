"""Send the calls of ``window.lua`` of all windows, many of them in one round trip."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError

from .cancellation import finish, is_cancelled
from .client import BROKEN, PATIENCE
from .turns import AT_ONCE, fail, in_turns

_SCRIPT = Path(__file__).with_name("window.lua").read_text("utf-8")

# A Redis that can't serve any window begins its errors with a code, such as MISCONF.
_CODE = re.compile(r"(?!WRONGTYPE )[A-Z]+ ")


@attrs.frozen
class Answer:
    """What the script returned.

    ``received_at`` is the time on the loop's clock when the response came.
    """

    values: Any
    received_at: float


@attrs.frozen(eq=False)
class _Call:
    keys: Sequence[str]
    args: Sequence[str | int]
    answer: asyncio.Future[Answer]


class ScriptCalls:
    """Calls the script for all windows over one connection.

    Calls that are made during a round trip go together into the next one.

    :param broke: called with the error when Redis can't be reached or can't serve any window.
    """

    def __init__(self, redis: Redis, *, broke: Callable[[Exception], None]) -> None:
        self._redis = redis
        self._broke = broke
        # Redis knows the script by this hash.
        self._hash = str(redis.register_script(_SCRIPT).sha)
        self._waiting: deque[_Call] = deque()
        self._sending: asyncio.Task[None] | None = None
        #: Whether the script has ever run.
        self.has_run = False

    async def call(self, keys: Sequence[str], args: Sequence[str | int]) -> Answer:
        """Run the script once.

        :raises RedisError, OSError: the script may or may not have run.
        """
        loop = asyncio.get_running_loop()
        call = _Call(keys, args, loop.create_future())
        self._waiting.append(call)
        # A task that lives only as long as there are calls also works while asyncio.run() cancels
        # all tasks and the windows report for the last time.
        if self._sending is None or self._sending.done():
            self._sending = loop.create_task(self._send(), name="lms_async.RedisWindow.calls")
        return await call.answer

    async def fail_all(self, error: Exception) -> None:
        """Make the calls that wait fail, because the connection broke or is closed.

        Nothing uses the connection any more when this returns.
        """
        sending, self._sending = self._sending, None
        if sending is not None:
            sending.cancel()
            await finish(sending)
        waiting, self._waiting = self._waiting, deque()
        await in_turns((call.answer for call in waiting), partial(fail, error=error))

    async def _send(self) -> None:
        while self._waiting and not is_cancelled():
            calls = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            try:
                async with asyncio.timeout(PATIENCE):
                    replies = await self._run(calls)
                received_at = asyncio.get_running_loop().time()
                for call, reply in zip(calls, replies, strict=True):
                    self._answer(call, reply, received_at)
            except BROKEN as error:
                self._broke(error)
                for call in calls:
                    fail(call.answer, error)
            finally:
                for call in calls:
                    if not call.answer.done():  # this task was cancelled
                        fail(call.answer, ConnectionResetError())

    def _answer(self, call: _Call, reply: Any, received_at: float) -> None:
        if not isinstance(reply, Exception):
            self.has_run = True
            if not call.answer.done():
                call.answer.set_result(Answer(reply, received_at))
            return
        if type(reply) is not ResponseError or _CODE.match(str(reply)):
            self._broke(reply)
        fail(call.answer, reply)

    async def _run(self, calls: Sequence[_Call]) -> list[Any]:
        """Return the reply or the error of each of ``calls``."""
        replies = await self._run_loaded(calls)
        missing = [place for place, one in enumerate(replies) if isinstance(one, NoScriptError)]
        if missing:
            await self._redis.script_load(_SCRIPT)
            again = await self._run_loaded([calls[place] for place in missing])
            for place, reply in zip(missing, again, strict=True):
                replies[place] = reply
        return replies

    async def _run_loaded(self, calls: Sequence[_Call]) -> list[Any]:
        if len(calls) == 1:  # a pipeline takes longer
            try:
                return [await self._evaluate(self._redis, calls[0])]
            except ResponseError as error:
                return [error]
        async with self._redis.pipeline(transaction=False) as pipeline:
            for call in calls:
                self._evaluate(pipeline, call)
            replies: list[Any] = await pipeline.execute(raise_on_error=False)
        return replies

    def _evaluate(self, client: Redis, call: _Call) -> Any:
        return client.evalsha(self._hash, len(call.keys), *call.keys, *call.args)
