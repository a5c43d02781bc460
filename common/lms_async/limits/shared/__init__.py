"""A limit that several processes and hosts share through Redis (extra ``redis``).

Start with ``window.py``, the limiter that users see, and ``window.lua``, the one script that runs
in Redis. ``windows.py`` makes many windows with the same connections. Others use ``RedisWindow``,
``RedisWindows`` and the events only.
"""

try:
    import redis.asyncio  # noqa: F401 - all modules of this package need it
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "a limit shared through Redis needs an extra: pip install 'lms-async[redis]'",
        name=missing.name,
    ) from None
