"""The settings of the web application and of its workers, from environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from attrs import field, frozen
from psycopg_pool import AsyncConnectionPool

from lms_async.jobs import Stores
from lms_async.journal.postgres import PostgresStore


class MissingSetting(Exception):
    """An environment variable is missing or can't be used. The message does not show its value."""


@frozen
class Settings:
    """What the web application and its workers need.

    :param url: the URL of the web application as browsers see it, without a path.
    :param database: the connection string of PostgreSQL.
    :param uploads: a private folder for uploaded files, which the web application and the workers
        share.
    :param journal_key: the key of the journals' hashes, 32 bytes.
    :param max_bytes: the size of the largest upload, in bytes.
    :param max_rows: the largest number of people in an upload.
    :param max_open: how many imports of a school may be kept at once.
    :param keep_hours: after how many hours an import is deleted with all its files.
    """

    url: str
    database: str = field(repr=False)
    uploads: Path
    journal_key: bytes = field(repr=False)
    max_bytes: int = 10_000_000
    max_rows: int = 50_000
    max_open: int = 50
    keep_hours: float = 24.0

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that begin with ``SERVICE_``, and create the folder of uploads.

        :raises MissingSetting: a variable is missing or can't be used.
        """
        url = urlsplit(required(environment, "SERVICE_URL"))
        if url.scheme not in {"http", "https"} or not url.netloc or url.path.strip("/"):
            raise MissingSetting("SERVICE_URL must be like https://imports.example.com")
        try:
            key = bytes.fromhex(required(environment, "SERVICE_JOURNAL_KEY"))
        except ValueError:
            key = b""
        if len(key) != 32:
            raise MissingSetting("SERVICE_JOURNAL_KEY must have 64 hexadecimal digits")
        uploads = Path(required(environment, "SERVICE_UPLOADS"))
        uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            url=f"{url.scheme}://{url.netloc}",
            database=required(environment, "SERVICE_DATABASE"),
            uploads=uploads,
            journal_key=key,
        )

    def stores(self, pool: AsyncConnectionPool[Any]) -> Stores:
        """Return the function that gives the store of a journal by its name."""
        return lambda name: PostgresStore(pool, name, key=self.journal_key)


def required(environment: Mapping[str, str], name: str) -> str:
    """Return the value of a variable.

    :raises MissingSetting: it is not set.
    """
    value = environment.get(name, "")
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set; see docs/service.md")
    return value


def credentials(school: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables of one school without its name, for ``Schoology.from_env``.

    ``NORTH_SCHOOLOGY_KEY`` is the key of the school ``north``.
    """
    prefix = f"{school.upper()}_"
    return {
        name.removeprefix(prefix): value
        for name, value in environment.items()
        if name.startswith(prefix)
    }
