"""Count the words of a source, such as roles, and decide which of them can be shown."""

from __future__ import annotations

from collections import Counter

#: More different words than this are no codes. The others need no memory.
_MOST_WORDS = 200
#: A word that nearly every record has for itself may be a name.
_LEAST_REPEATED = 2


class SourceWords:
    """Counts the different words of one field.

    In a file whose columns are mixed up, the field of the roles can have names of people. So a word
    that is not a usual one is shown only if words repeat, as codes do.

    :param usual: the words that are never personal data.
    """

    def __init__(self, usual: frozenset[str] = frozenset()) -> None:
        self._usual = usual
        self._counts: Counter[str] = Counter()
        self._total = 0

    def add(self, word: str) -> None:
        """Count a word that is not empty."""
        self._total += 1
        if word in self._counts or len(self._counts) <= _MOST_WORDS:
            self._counts[word] += 1

    def shown(self) -> dict[str, int]:
        """Return how often each word occurs, the most frequent first, without hidden ones."""
        are_codes = self._are_codes()
        return {
            word: count
            for word, count in self._counts.most_common()
            if are_codes or word.casefold() in self._usual
        }

    @property
    def hidden(self) -> int:
        """The number of different words that may be personal data."""
        return len(self._counts) - len(self.shown())

    def _are_codes(self) -> bool:
        if len(self._counts) > _MOST_WORDS or any("@" in word for word in self._counts):
            return False
        others = [word for word in self._counts if word.casefold() not in self._usual]
        return _LEAST_REPEATED * len(others) <= sum(self._counts[word] for word in others)
