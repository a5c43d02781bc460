"""A private PostgreSQL server for benchmarks and tests, on a Unix socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

#: Where Debian keeps the programs, which are not in its PATH.
_DEBIAN = "/usr/lib/postgresql"
_INITDB = "--username lms --auth trust --encoding UTF8 --locale C --no-sync".split()


class PostgresServer:
    """A private PostgreSQL server.

    :param folder: an empty temporary folder. Its path must be short, as for any Unix socket.
    :param durable: whether commits wait for the disk, as they do in production.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder = folder
        self._durable = durable
        self._user = None if os.geteuid() else pwd.getpwnam("postgres")  # it refuses to run as root
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"host={folder} port=5432 user=lms dbname=postgres"

    @staticmethod
    def program(name: str = "postgres") -> str | None:
        """Return the path of one of PostgreSQL's programs, or ``None`` if it is not installed."""
        debian = sorted(Path(_DEBIAN).glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
        return shutil.which(name) or (str(debian[-1]) if debian else None)

    def make(self) -> None:
        """Create the files of the server, with a superuser ``lms`` who needs no password."""
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        initdb = self.program("initdb")
        if initdb is None:
            raise FileNotFoundError("there is no PostgreSQL on this machine")
        subprocess.run(  # noqa: S603 - our own arguments
            [initdb, "--pgdata", f"{self._folder}/data", *_INITDB],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            user=None if self._user is None else self._user.pw_uid,
            group=None if self._user is None else self._user.pw_gid,
        )

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        program = self.program()
        if program is None:
            raise FileNotFoundError("there is no PostgreSQL on this machine")
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "max_connections": "200",
            "shared_buffers": "16MB",
            "fsync": "on" if self._durable else "off",
            # Otherwise the log would be on this process's standard error.
            "logging_collector": "on",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        end = time.monotonic() + 60
        while not self._is_ready():
            if time.monotonic() > end:
                self.kill()
                raise ChildProcessError("PostgreSQL does not start")
            # It does not start before all processes of a server that was killed have ended.
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                    [program, "-D", self._folder / "data", *settings],
                    stderr=subprocess.DEVNULL,
                    cwd=self._folder,
                    user=None if self._user is None else self._user.pw_uid,
                    group=None if self._user is None else self._user.pw_gid,
                )
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        # The last line of this file says what the server is doing.
        try:
            lines = (self._folder / "data/postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        is_ours = self._process is not None and lines[:1] == [str(self._process.pid)]
        return is_ours and lines[-1] == "ready"

    @property
    def pid(self) -> int:
        """The id of the server's main process."""
        if self._process is None:
            raise ChildProcessError("PostgreSQL does not run")
        return self._process.pid

    def kill(self) -> None:
        """Kill the server. It recovers from its log at the next start."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the server, and end its connections."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None
