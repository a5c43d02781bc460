"""Stopping a bulk when the vendor no longer responds.

Without this, an import of 5,000 rows sends every one of them into an outage, and ends with 5,000
rows that a person has to check.
"""

from __future__ import annotations

from ..errors import VendorUnavailable


class Breaker:
    """Counts chunks in a row that ended without a usable response.

    :param most: how many it takes to open. A chunk whose look-up was answered counts half: the
        vendor is there, and only refuses to write.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._halves = 0
        self._last = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing more may be sent. An open breaker stays open."""
        return self._halves >= 2 * self._most

    def settled(self) -> None:
        """Take note of a chunk of which some row is done or rejected: the vendor responds."""
        if not self.is_open:
            self._halves = 0

    def unanswered(self, why: str, *, looked_up: bool) -> None:
        """Take note of a chunk none of whose rows could be settled.

        :param why: what came instead of a response, for the error.
        :param looked_up: whether the vendor answered when the rows were looked up.
        """
        if not self.is_open:
            self._last = why
            self._halves += 1 if looked_up else 2

    def error(self) -> VendorUnavailable:
        """What ends the bulk."""
        return VendorUnavailable(
            f"the vendor stopped responding: {self._most} or more chunks in a row got no usable "
            f"response; the last one: {self._last}",
            hint="nothing more was sent; run it again later with the same journal",
        )
