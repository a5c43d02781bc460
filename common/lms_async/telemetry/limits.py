"""Gauges of the slots of rate limits. They are read when metrics are collected, in any thread."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

from opentelemetry.metrics import Meter, Observation

from ..events import LimitInUse
from .attributes import ACCOUNT, LIMIT_PERIOD


class LimitGauges:
    """Observes the limits that requests waited for, for as long as these limits exist.

    :param meter: has the gauges. A meter must have only one object of this class.
    """

    def __init__(self, meter: Meter) -> None:
        self._accounts: WeakKeyDictionary[LimitInUse, set[str]] = WeakKeyDictionary()
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
        for limit in limits:
            if account not in self._accounts.get(limit, ()):
                with self._lock:
                    self._accounts.setdefault(limit, set()).add(account)

    def _observed(self, field: Literal["busy", "limit"]) -> Iterable[Observation]:
        """Return one value for each account and period. Accounts that share a limit have the same
        values."""
        with self._lock:
            accounts = [(limit, sorted(names)) for limit, names in self._accounts.items()]
        values: Counter[tuple[str, float]] = Counter()
        for limit, names in accounts:
            for slots in limit.slots_in_use():
                for name in names:
                    # An account has several limits of one period only on several event loops.
                    values[name, slots.per] += getattr(slots, field)
        for (name, per), value in values.items():
            yield Observation(value, {ACCOUNT: name, LIMIT_PERIOD: per})
