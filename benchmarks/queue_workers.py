"""Workers of a task queue, which run the recipes of docs/fleet.md and can be killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import attrs

ROOT = Path(__file__).parent.parent
_PAGE = ROOT / "docs" / "fleet.md"

Queue = Literal["celery", "taskiq"]

_COMMANDS: Mapping[Queue, list[str]] = {
    "celery": [
        *("-m", "celery", "--app=tasks", "worker", "--loglevel=WARNING", "--pool=prefork"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--concurrency={tasks}"),
    ],
    "taskiq": [
        *("-m", "taskiq", "worker", "tasks:broker", "--log-level=WARNING", "--workers=1"),
        "--max-async-tasks={tasks}",
    ],
}


@attrs.frozen
class Recipe:
    """The recipe of a queue, with other numbers than the page has.

    :param limits: the limits of the address and of a school, as the page writes them.
    :param timeout: of a request, in seconds.
    :param redelivered: the seconds after which the queue sends a task again that has no result.
    :param retried: the seconds after which a task that failed is tried again.
    """

    queue: Queue
    limits: tuple[str, str]
    timeout: int
    redelivered: int
    retried: int = 1

    def write(self, folder: Path, our_schools: str) -> None:
        """Write the modules of a worker."""
        address, school = self.limits
        fleet = _replace(
            code_of("What each worker opens"),
            {
                "50, per=1,": f"{address},",
                "13, per=5,": f"{school},",
                # This Redis is new.
                'os.environ["LIMITS_URL"], timeout=20': (
                    f'os.environ["LIMITS_URL"], timeout={self.timeout}, redis_is_new=True'
                ),
                "limiter=limits, timeout=20": f"limiter=limits, timeout={self.timeout}",
            },
        )
        if self.queue == "celery":
            numbers = {
                # Without the last two, Celery looks for such tasks every 100 seconds.
                '"visibility_timeout": 1800': f'"visibility_timeout": {self.redelivered}, '
                '"unacked_restore_interval": 1, "unacked_restore_throttle": 1',
                "retry_backoff=10": f"retry_backoff={self.retried}",
            }
            tasks = _replace(code_of("Celery"), numbers)
        else:
            numbers = {
                "idle_timeout=1_800_000": f"idle_timeout={self.redelivered * 1000}",
                "asyncio.sleep(10)": f"asyncio.sleep({self.retried})",
            }
            tasks = _replace(code_of("taskiq"), numbers)
        (folder / "fleet.py").write_text(fleet, "utf-8")
        (folder / "tasks.py").write_text(tasks, "utf-8")
        (folder / "our_schools.py").write_text(our_schools, "utf-8")


def sender_code(shards: int, redelivered: int) -> str:
    """Return the page's functions that plan a job and that send forgotten shards again.

    :param shards: of a job.
    :param redelivered: the seconds after which a shard is sent again.
    """
    return _replace(code_of("Jobs and shards"), {"shards=10": f"shards={shards}"}) + _replace(
        code_of("Send forgotten shards again"), {"1800": f"{redelivered}"}
    )


def code_of(chapter: str) -> str:
    """Return the first example of a chapter of docs/fleet.md."""
    page = _PAGE.read_text("utf-8")
    found = re.search(rf"^## {chapter}\n.*?```python\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    if found is None:
        raise LookupError(f"docs/fleet.md has no example in the chapter {chapter}")
    return found[1]


def _replace(code: str, numbers: Mapping[str, str]) -> str:
    for old, new in numbers.items():
        if code.count(old) != 1:
            raise LookupError(f"docs/fleet.md does not have {old!r} once")
        code = code.replace(old, new)
    return code


class QueueWorker:
    """A worker: a process that starts others, which run the tasks.

    :param folder: of the recipe's modules.
    :param tasks: how many tasks it runs at the same time.
    :param variables: of its environment.
    """

    def __init__(
        self, queue: Queue, folder: Path, tasks: int, variables: Mapping[str, str], log: Path
    ) -> None:
        self._command = [
            sys.executable,
            *(part.format(tasks=tasks) for part in _COMMANDS[queue]),
        ]
        self._folder = folder
        self._environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT / "common")}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def watch(self) -> None:
        """Start the worker again if it has ended, as a supervisor would."""
        if self._process is not None and self._process.poll() is not None:
            self.kill()
            self.start()

    def kill_child(self) -> bool:
        """Kill one of the processes that run tasks. The worker starts another one.

        :returns: whether there was one.
        """
        children = self._children()
        if children:
            os.kill(children[-1], signal.SIGKILL)
        return bool(children)

    def kill(self) -> None:
        """Kill all processes of the worker."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _children(self) -> list[int]:
        if self._process is None:
            return []
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            return sorted(map(int, listed.read_text("ascii").split()))
        except OSError:
            return []


@contextlib.contextmanager
def running(workers: list[QueueWorker]) -> Iterator[None]:
    """Start the workers, and kill them at the end."""
    try:
        for worker in workers:
            worker.start()
        yield
    finally:
        for worker in workers:
            worker.kill()
