"""Start everything on this machine, with two schools that are sandboxes: ``make service``.

It runs a private PostgreSQL and Redis, the web application and one worker, until Ctrl-C. Nothing is
kept afterwards.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.request import urlopen

from benchmarks.postgres_server import PostgresServer
from benchmarks.redis_server import RedisServer
from schoology_async.sandbox import SchoologySandbox

from . import sample_files

_EXAMPLES = Path(__file__).parents[1]


class Demo:
    """The processes of a demonstration, and their environment.

    :param folder: a private folder for uploads and for the settings of rosters.
    :param port: the port of the web application.
    :param schools: the sandboxes by the names of the schools.
    :param database: the connection string of PostgreSQL.
    :param redis: the URL of Redis.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        schools: dict[str, SchoologySandbox],
        *,
        database: str,
        redis: str,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.uploads = folder / "uploads"
        self.mappings = folder / "mappings"
        self.mappings.mkdir()
        self.password = secrets.token_urlsafe(9)
        #: One person for each school, and one for all of them.
        self.people = {**{f"{name}-office": [name] for name in schools}, "district": [*schools]}
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(_EXAMPLES),
            "SERVICE_URL": self.url,
            "SERVICE_PORT": str(port),
            "SERVICE_DATABASE": database,
            "SERVICE_REDIS": redis,
            "SERVICE_REDIS_IS_NEW": "1",
            "SERVICE_UPLOADS": str(self.uploads),
            "SERVICE_MAPPINGS": str(self.mappings),
            "SERVICE_JOURNAL_KEY": secrets.token_hex(32),
            "SERVICE_DEMO_USERS": json.dumps(
                {
                    name: {"password": self.password, "schools": allowed}
                    for name, allowed in self.people.items()
                }
            ),
        }
        for name, sandbox in schools.items():
            prefix = f"{name.upper()}_SCHOOLOGY"
            self.environment[f"{prefix}_KEY"] = sandbox.key
            self.environment[f"{prefix}_SECRET"] = sandbox.secret
            self.environment[f"{prefix}_BASE_URL"] = sandbox.base_url

    def start(self, module: str, log: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start a process: ``web`` or ``worker``.

        :param log: where it writes its log; by default on standard error.
        """
        command = [sys.executable, "-m", f"service.{module}"]
        return subprocess.Popen(  # noqa: S603 - our own arguments
            command, env=self.environment, stdout=log, stderr=log
        )

    def wait_for_web(self, web: subprocess.Popen[bytes]) -> None:
        """Wait until the web application responds.

        :raises ChildProcessError: it has ended, or does not respond in a minute.
        """
        end = time.monotonic() + 60
        while web.poll() is None and time.monotonic() < end:
            with suppress(OSError), urlopen(f"{self.url}/sign-in", timeout=5):  # noqa: S310 - our own
                return
            time.sleep(0.1)
        raise ChildProcessError("the web application does not start")


@contextmanager
def servers(folder: Path) -> Iterator[tuple[str, str]]:
    """Run a private PostgreSQL and Redis, and return their URLs.

    :param folder: an empty folder with a short path.
    """
    for name in ("pg", "redis"):
        (folder / name).mkdir()
    postgres, redis = PostgresServer(folder / "pg"), RedisServer(folder / "redis")
    postgres.make()
    try:
        postgres.start()
        redis.start()
        yield postgres.url, redis.url
    finally:
        redis.kill()
        postgres.stop()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process as an administrator would, and kill it if that takes too long."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main() -> None:
    """Run the demonstration until Ctrl-C or SIGTERM."""
    missing = [
        name
        for name, program in (
            ("PostgreSQL (Debian: postgresql)", PostgresServer.program()),
            ("Redis (Debian: redis-server)", RedisServer.program()),
        )
        if program is None
    ]
    if missing:
        sys.exit(f"Please install {' and '.join(missing)}, or use compose.yaml with docker.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lms")))
        folder.chmod(0o711)  # PostgreSQL may run as another user
        schools = {
            name: stack.enter_context(SchoologySandbox(limit=(15, 5), key=f"{name}-key"))
            for name in ("north", "south")
        }
        database, redis = stack.enter_context(servers(folder))
        port = int(os.environ.get("PORT", "8080"))
        demo = Demo(folder, port, schools, database=database, redis=redis)
        for module in ("web", "worker"):
            process = demo.start(module)
            stack.callback(stop, process)
            if module == "web":
                demo.wait_for_web(process)
        people, roster = folder / "people.csv", folder / "roster.zip"
        people.write_text(sample_files.sample_people(2_000), "utf-8")
        sample_files.write_roster(roster, students=200, sections=8)
        for name, sandbox in schools.items():
            sample_files.add_school(sandbox)
            demo.mappings.joinpath(f"{name}.toml").write_text(sample_files.ROSTER_SETTINGS)
        print(  # noqa: T201 - the user's screen
            f"\nOpen {demo.url}/ and sign in as {' or '.join(demo.people)}.\n"
            f"The password is {demo.password}\n"
            f"Files to upload, each for a school of its own: {people} and {roster}\n"
            "Press Ctrl-C to stop.\n",
            flush=True,
        )
        signal.pause()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
