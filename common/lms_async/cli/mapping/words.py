"""Count the words of a column, and decide whether they can be shown."""

from __future__ import annotations

from collections import Counter

from ..files.columns import folded

#: A column with more different words is not a column of codes.
MOST_WORDS = 20


class Words:
    """Counts the different words of one column, without case and blanks at the ends.

    A column of codes, such as roles or grades, has few words, and they repeat. Only such words are
    shown or written to a mapping file. A column of names that was mapped by mistake is not shown.
    """

    def __init__(self) -> None:
        #: How many cells are not empty.
        self.cells = 0
        self._spelled: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def add(self, cell: str) -> None:
        """Count a cell that is not empty."""
        self.cells += 1
        word = folded(cell)
        # One more than the limit shows that there are too many. The others need no memory.
        if word in self._counts or len(self._counts) <= MOST_WORDS:
            self._counts[word] += 1
            self._spelled.setdefault(word, cell.strip())

    def codes(self) -> list[str] | None:
        """Return the words as the file spells them, or ``None`` if they may be personal data."""
        if not self._counts or len(self._counts) > MOST_WORDS:
            return None
        if 2 * len(self._counts) > self.cells or any("@" in word for word in self._counts):
            return None
        return list(self._spelled.values())
