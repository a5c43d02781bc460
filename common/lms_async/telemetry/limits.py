"""Gauges of the slots of rate limits. They are read when metrics are collected, in any thread."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

from opentelemetry.metrics import Meter, Observation

from ..events import LimitInUse
from .attributes import ACCOUNT, LIMIT_NUMBER, LIMIT_PERIOD, Attributes

#: The name of an account, and which of the account's limits it is, counted from 1.
_User = tuple[str, int]


class LimitGauges:
    """Observes the limits that requests waited for, for as long as these limits exist.

    :param meter: has the gauges. A meter must have only one object of this class.
    """

    def __init__(self, meter: Meter) -> None:
        self._users: WeakKeyDictionary[LimitInUse, set[_User]] = WeakKeyDictionary()
        self._lock = threading.Lock()
        meter.create_observable_gauge(
            "lms.limit.slots.usage",
            [lambda _: self._observed("busy")],
            "{slot}",
            "Slots of the rate limit that are busy.",
        )
        meter.create_observable_gauge(
            "lms.limit.slots.limit",
            [lambda _: self._observed("limit")],
            "{slot}",
            "Slots that the rate limit has.",
        )

    def watch(self, limits: Sequence[LimitInUse], account: str) -> None:
        """Observe ``limits`` too, for ``account``."""
        for number, limit in enumerate(limits, start=1):
            user = account, number
            if user not in self._users.get(limit, ()):
                with self._lock:
                    self._users.setdefault(limit, set()).add(user)

    def _observed(self, field: Literal["busy", "limit"]) -> Iterable[Observation]:
        """Return one value for each limit and period of an account. Accounts that share a limit
        have the same values."""
        with self._lock:
            watched = [(limit, sorted(users)) for limit, users in self._users.items()]
        values: Counter[tuple[_User, float]] = Counter()
        for limit, users in watched:
            for slots in limit.slots_in_use():
                for user in users:
                    # There are several with one number and period only on several event loops.
                    values[user, slots.per] += getattr(slots, field)
        for ((account, number), per), value in values.items():
            attributes: Attributes = {ACCOUNT: account, LIMIT_NUMBER: number, LIMIT_PERIOD: per}
            yield Observation(value, attributes)
