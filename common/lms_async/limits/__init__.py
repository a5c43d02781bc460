"""Rate limits: who may send a request, and when.

Start with ``window.py``. Others use ``Window`` and the protocols ``Limiter`` and ``Slot``;
``shared/`` holds ``RedisWindow``, for a limit that several processes share, and ``RedisWindows``,
for many such limits.
"""
