"""A limit that several processes and hosts share through Redis (extra ``redis``).

Start with ``window.py``, the limiter that users see, and ``window.lua``, the one script that runs
in Redis. Others use ``RedisWindow`` and its events only.
"""
