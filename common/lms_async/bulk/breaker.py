"""Stop a bulk when the vendor no longer responds.

Without this, an import of 5,000 rows would send all of them during an outage, and a person would
have to check 5,000 rows.
"""

from __future__ import annotations

from ..errors import VendorUnavailable


class Breaker:
    """A circuit breaker: counts consecutive chunks that ended without a usable response.

    :param most: the number of such chunks that opens it. A chunk whose rows could be looked up
        counts half: the vendor responds, but not to writes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._halves = 0
        self._last = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing more may be sent. An open breaker stays open."""
        return self._halves >= 2 * self._most

    def record_success(self) -> None:
        """Record a chunk with at least one row that is done or rejected: the vendor responds."""
        if not self.is_open:
            self._halves = 0

    def record_failure(self, why: str, *, looked_up: bool) -> None:
        """Record a chunk in which no row is done or rejected.

        :param why: what happened instead of a usable response, for the error.
        :param looked_up: whether the vendor responded when the rows were looked up.
        """
        if not self.is_open:
            self._last = why
            self._halves += 1 if looked_up else 2

    def error(self) -> VendorUnavailable:
        """Return the error with which the bulk stops."""
        return VendorUnavailable(
            f"the vendor stopped responding: {self._most} or more chunks in a row got no usable "
            f"response; the last one: {self._last}",
            hint="the remaining rows were not sent; run it again later with the same journal",
        )
