"""Create a client of redis-py with the settings that shared limits need."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    RedisError,
)

from ...errors import InvalidInput

#: How long Redis may take to respond, in seconds.
PATIENCE = 2.0

#: Exceptions that mean that Redis can't be reached or can't run the script.
BROKEN = (RedisError, OSError)

#: Exceptions that mean that the settings are wrong. Redis does not accept them later either.
MISCONFIGURED = (AuthenticationError, AuthorizationError, NoPermissionError)

#: The settings that a client gives, besides those for TLS. They say where Redis is and who asks.
_TAKEN = frozenset(
    {"host", "port", "path", "db", "username", "password", "credential_provider", "client_name"}
)


def make_client(url_or_client: str | Redis) -> Redis:
    """Create a client with its own connections, for a URL or with the settings of another client.

    :raises InvalidInput: the URL can't be read, or the client is one for Sentinel or a cluster.
    """
    settings: dict[str, Any] = {
        "decode_responses": True,
        "encoding_errors": "replace",  # others may publish anything on our channels
        "protocol": 2,
        "socket_connect_timeout": PATIENCE,
        # The windows repeat failed attempts, since they must know about them. Without supported
        # errors, redis-py does not connect again before it raises an error: two tasks that use one
        # connection would do so at the same time, and nobody would close what the first one opened.
        "retry": Retry(NoBackoff(), 0, supported_errors=()),
    }
    if isinstance(url_or_client, str):
        return _from_url(url_or_client, settings)
    pool: Any = getattr(url_or_client, "connection_pool", None)
    if type(pool) not in {ConnectionPool, BlockingConnectionPool}:
        raise InvalidInput(
            "a shared limit needs a redis.asyncio.Redis that is connected to one server",
            hint="Sentinel and clusters are not supported",
        )
    given = {name: value for name, value in pool.connection_kwargs.items() if _is_taken(name)}
    return Redis.from_pool(ConnectionPool(pool.connection_class, **given, **settings))


def place_of(client: Redis) -> str:
    """Return host and port, or the path of the socket. The user and the password are left out."""
    settings = client.connection_pool.connection_kwargs
    if "path" in settings:
        return str(settings["path"])
    return f"{settings.get('host', 'localhost')}:{settings.get('port', 6379)}"


def _is_taken(setting: str) -> bool:
    return setting in _TAKEN or setting.startswith("ssl_")


def _from_url(url: str, settings: dict[str, Any]) -> Redis:
    try:
        parts = urlsplit(url)
        # The password has a "/", "?" or "#", so a part of it was read as the host or the port.
        is_cut = parts.scheme != "unix" and "@" in parts.path + parts.query + parts.fragment
        if not is_cut:
            return Redis.from_url(url, **settings)
    except ValueError:  # its text may quote the password
        pass
    raise InvalidInput(
        "a Redis URL is redis://, rediss:// or unix://, with host and port",
        hint="in a password, write / as %2F, ? as %3F, # as %23 and @ as %40",
    )
