"""The servers that workers of a queue use, in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from .postgres_server import PostgresServer
from .redis_server import RedisServer


@attrs.frozen
class QueueServers:
    """The Redis of the broker, the Redis of the limits, and the PostgreSQL of the journals."""

    broker: RedisServer
    limits: RedisServer
    database: PostgresServer


@contextmanager
def queue_servers(folder: Path) -> Iterator[QueueServers]:
    """Run the servers.

    :param folder: an empty temporary folder for their files.
    """
    names = ("broker", "limits", "db")
    for name in names:
        (folder / name).mkdir()
    servers = QueueServers(
        RedisServer(folder / "broker", durable=True),
        RedisServer(folder / "limits"),
        PostgresServer(folder / "db", durable=True),
    )
    folder.chmod(0o755)  # PostgreSQL may run as another user
    servers.database.make()
    try:
        servers.broker.start()
        servers.limits.start()
        servers.database.start()
        yield servers
    finally:
        servers.broker.kill()
        servers.limits.kill()
        servers.database.stop()
