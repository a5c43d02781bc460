"""What a window may learn from its vendor: the real limit, and how much of the wait is needless.

Pure: time comes in as an argument. Two things are learnt, from nothing but answers and refusals.

**The limit.** A refusal while the slots are kept as safely as can be means that the vendor allows
less. The limit goes down to 0.7 of itself, or to the last one that held; it goes up again half the
way to where it was refused, when it was used up for two periods without a refusal. So it settles
just below the smallest limit that was refused. It tries that one again later, and each time that it
is refused there, it waits twice as long before the next try.

**The guard.** A slot is safe from one period after the *answer*. The request arrived earlier than
that, but nobody can know when. Once the limit has settled, requests are taken to have arrived
``guard`` seconds after they departed; the guard shrinks while nothing is refused. At the first
refusal it is dropped, and it never again shrinks to near the value at which that happened.

That a small guard goes well is due to requests that leave together, as one bunch: how late the
first, the second and so on of a bunch arrive differs less from bunch to bunch than how late a
single request arrives. So when the guard begins, slots wait for each other once, at most for one
period and one answer, and come free together from then on.
"""

from __future__ import annotations

from math import inf

import attrs

#: What is left of a limit after a refusal, if no smaller one is known to hold.
_DOWN = 0.7
#: Periods that must be used up without a refusal before a limit is taken to hold.
_HOLDS = 2
#: Such periods before a limit that was refused is tried again; doubled each time.
_TRY_AGAIN = 50
#: What is left of the guard after each period that was used up without a refusal.
_SHRINKS = 0.6
#: The least guard, as a share of the mean time to an answer, and in seconds.
_LEAST_SHARE, _LEAST = 0.3, 0.005
#: The mean time to an answer, as a share of the period, from which the guard is worth its risk.
_WORTH = 0.03
#: How near the guard may come to one that was refused.
_KEPT_AWAY = 1.5


@attrs.frozen
class LearnedLimit:
    """What a window has learnt. Keep it as plain numbers with ``attrs.asdict``.

    :param limit: requests in a period that the vendor takes.
    :param refused: the smallest limit that it refused; ``None`` if it has refused none.
    :param guard: seconds after its departure at which a request is taken to have arrived;
        ``None``: at its answer, which is the safe end.
    :param refused_guard: the largest guard that was refused; 0 if none was.
    """

    limit: int
    refused: int | None = None
    guard: float | None = None
    refused_guard: float = 0.0


class Learning:
    """The learning of one limit.

    :param most: requests in a period that are never exceeded, whatever is learnt.
    :param per: the period, in seconds.
    :param known: what was learnt before.
    """

    def __init__(self, most: int, per: float, known: LearnedLimit | None = None) -> None:
        self._most = most
        self._per = per
        self.limit = most
        self._holds = 0  # the largest limit that held
        self._refused: int | None = None
        self._guard = inf
        self._first_guard: float | None = None
        self._refused_guard = 0.0
        if known is not None:
            self.limit = self._holds = max(1, min(most, known.limit))
            if known.refused is not None and known.refused > self.limit:
                self._refused = min(known.refused, most + 1)
            self._first_guard = known.guard
            self._refused_guard = known.refused_guard
        self._try_again = _TRY_AGAIN
        self._clean = 0  # periods in a row, used up and without a refusal
        self._since = -inf  # when the current period began
        self._full = False  # whether somebody had to wait in it
        self._deaf_until = -inf
        self.latency = 0.0  # mean time to an answer
        self.gathers = False  # whether the guard has just begun

    @property
    def learned_limit(self) -> LearnedLimit:
        """What is known by now."""
        guard = None if self._guard == inf else self._guard
        return LearnedLimit(self.limit, self._refused, guard, self._refused_guard)

    def mark_full(self) -> None:
        """To be called when somebody has to wait: only a limit that is used up is put to test."""
        self._full = True

    def answered(self, departed: float, now: float) -> float:
        """When a request that was answered ``now`` is taken to have arrived."""
        taken = now - departed
        if self.latency:  # one that timed out says little of the others
            self.latency += (min(taken, 4 * self.latency) - self.latency) / 16
        else:
            self.latency = taken
        if now - self._since >= self._per:
            if self._full and now >= self._deaf_until:
                self._clean += 1
                self._held()
            self._since, self._full = now, False
        if self._guard == inf:
            return now
        # An answer that took far longer than usual says that it was late, not where.
        return min(now, max(departed + self._guard, now - self.latency))

    def refused(self, now: float, until: float) -> None:
        """Take note of a refusal, after which nobody departs until ``until``.

        What else is refused before then, or within a period, had departed before: it is the same
        refusal.
        """
        if now < self._deaf_until:
            return
        self._deaf_until = max(until, now + self._per)
        self._clean, self._full = 0, False
        if self._guard != inf:
            self._refused_guard = max(self._refused_guard, self._guard)
            self._guard, self._first_guard = inf, None
            return
        if self.limit <= self._holds:
            self._holds = 0  # it held once, and holds no longer
        refused, self.limit = self.limit, self._holds or max(1, int(self.limit * _DOWN))
        self._refused = max(refused, self.limit + 1)

    def _held(self) -> None:
        """The limit was used up for ``_clean`` periods, and nothing was refused."""
        if self._clean < _HOLDS:
            return
        self._holds = max(self._holds, self.limit)
        if self._refused is None and self.limit < self._most:
            self._raise_to(min(self._most, self.limit + max(1, self.limit // 10)))
        elif self._refused is not None and self._refused > self.limit + 1:
            self._raise_to((self.limit + self._refused) // 2)
        elif self._refused is not None and self._clean >= self._try_again:
            self._try_again *= 2
            self._refused = None
            self._raise_to(self.limit + 1)
        else:
            self._shrink_guard()

    def _raise_to(self, limit: int) -> None:
        """Put a larger limit to test, with every other risk taken out."""
        self.limit = limit
        self._clean = 0
        if self._guard != inf:
            self._first_guard, self._guard = self._guard, inf

    def _shrink_guard(self) -> None:
        if self.latency < _WORTH * self._per:
            return
        began = self._first_guard or self.latency
        guard = began if self._guard == inf else self._guard * _SHRINKS
        least = max(_LEAST, _LEAST_SHARE * self.latency, _KEPT_AWAY * self._refused_guard)
        guard = max(guard, least)
        self.gathers = self._guard == inf and least < self.latency
        if least < self.latency and not 0.9 < guard / self._guard < 1.1:
            self._guard = guard
