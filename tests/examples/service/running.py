"""The service of the example with its servers, whose processes tests stop and kill."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx2 import Client, Response

from benchmarks.redis_server import RedisServer, free_port
from schoology_async.sandbox import SchoologySandbox
from service.demo import Demo, stop


class Service:
    """A demonstration, its processes, and what they have logged.

    :param sandboxes: the sandboxes by the names of the schools.
    """

    def __init__(
        self, folder: Path, sandboxes: dict[str, SchoologySandbox], *, database: str, redis: str
    ) -> None:
        self.demo = Demo(folder, free_port(), sandboxes, database=database, redis=redis)
        self.sandboxes = sandboxes
        self.url = self.demo.url
        self._log = folder / "log"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, module: str) -> None:
        with self._log.open("ab") as log:
            process = self._processes[module] = self.demo.start(module, log)
        if module == "web":
            self.demo.wait_for_web(process)

    def stop(self, module: str) -> None:
        stop(self._processes.pop(module))

    def kill(self, module: str) -> None:
        process = self._processes.pop(module)
        process.kill()
        process.wait()

    def close(self) -> None:
        for module in list(self._processes):
            self.stop(module)

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    @property
    def files(self) -> list[Path]:
        return sorted(self.demo.uploads.iterdir())

    @contextmanager
    def visitor(self, name: str | None) -> Iterator[Visitor]:
        """Sign in, and return a client with the session; ``None`` is a stranger."""
        with Visitor(self.url) as visitor:
            if name is not None:
                form = {"name": name, "password": self.demo.password}
                assert visitor.post("/sign-in", data=form).status_code == 303
                visitor.token = token_of(visitor.get("/people/"))
            yield visitor


class Visitor(Client):
    """A browser without a window, which sends forms as browsers do."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, headers={"Origin": url}, timeout=60)
        self.token = ""

    def upload(self, school: str, content: bytes | str, *, name: str = "people.csv") -> Response:
        parts = [("csrf_token", (None, self.token)), ("file", (name, content, "text/csv"))]
        return self.post(f"/people/schools/{school}/imports", files=parts)

    def uploaded(self, school: str, content: bytes | str, *, name: str = "people.csv") -> str:
        """Upload a file, and return the URL of its import."""
        response = self.upload(school, content, name=name)
        assert response.status_code == 303, response.text
        return response.headers["Location"].removesuffix("#status")

    def press(self, url: str) -> Response:
        """Send a form that has only the token."""
        return self.post(url, data={"csrf_token": self.token})


def token_of(response: Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
    assert found is not None, response.text
    return found[1]


@contextmanager
def running(database: str) -> Iterator[Service]:
    """Run the web application and a worker, with a sandbox for each school.

    :param database: the connection string of PostgreSQL.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lms")))
        redis = RedisServer(folder)
        redis.start()
        stack.callback(redis.kill)
        sandboxes = {
            name: stack.enter_context(SchoologySandbox(limit=(15, 5), key=f"{name}-key"))
            for name in ("north", "south")
        }
        service = Service(folder, sandboxes, database=database, redis=redis.url)
        stack.callback(service.close)
        service.start("worker")
        service.start("web")
        yield service
