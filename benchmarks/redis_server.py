"""A Redis of one's own, for benchmarks and tests: real, and one that can be stopped or hang."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


class RedisServer:
    """A Redis of one's own that keeps nothing on disk.

    :param folder: where it may write; one that will go away.
    """

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str | None:
        """The server's program, if there is one on this machine."""
        return shutil.which("redis-server") or shutil.which("valkey-server")

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        program = self.program()
        if program is None:
            raise FileNotFoundError("there is no redis-server on this machine")
        options = ["--bind", "127.0.0.1", "--port", f"{self.port}", "--save", "", "--dir", "."]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
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
        """Let it stand still, with all connections open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End what :meth:`hang` began."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once: it forgets everything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
