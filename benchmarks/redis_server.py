"""A private Redis server for benchmarks and tests, which can be stopped and paused."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


def free_port() -> int:
    """Return a free port that the operating system gives to no other program.

    A server that is stopped and started again needs the same port. Systems choose ports for
    connections above 32767, so nothing takes it in the meantime.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as free:
            free.bind(("127.0.0.1", port))
            return port


class RedisServer:
    """A private Redis server.

    :param folder: a temporary folder for its files.
    :param durable: whether it stores each change on disk, and has its data after a restart.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str | None:
        """Return the path of redis-server, or ``None`` if it is not installed."""
        return shutil.which("redis-server") or shutil.which("valkey-server")

    def start(self) -> None:
        """Start the server, and wait until it responds. It is empty unless it is durable."""
        program = self.program()
        if program is None:
            raise FileNotFoundError("there is no redis-server on this machine")
        options = ["--bind", "127.0.0.1", "--port", f"{self.port}", "--save", "", "--dir", "."]
        if self._durable:
            options += ["--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            [program, *options], cwd=self._folder, stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > end or self._process.poll() is not None:
                raise ChildProcessError("redis-server does not start")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def hang(self) -> None:
        """Pause the server with its connections open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue after :meth:`hang`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill the server, which loses all its data unless it is durable."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
