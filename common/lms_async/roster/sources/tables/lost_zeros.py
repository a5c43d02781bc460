"""Find ids that lost the zeros at their start in a spreadsheet."""

from __future__ import annotations

from collections import Counter

#: If fewer ids than this share are shorter than the others, they may have lost zeros.
_FEW = 0.15


def is_number(of: str) -> bool:
    """Return whether an id has only digits."""
    return of.isascii() and of.isdigit()


class IdWidths:
    """Notices ids that may have lost zeros in a spreadsheet: a few are shorter than the rest."""

    def __init__(self) -> None:
        self._widths: Counter[int] = Counter()
        self._has_zeros = False

    def add(self, of: str) -> None:
        """Count an id."""
        if is_number(of):
            self._widths[len(of)] += 1
            self._has_zeros = self._has_zeros or of[0] == "0"

    def may_lack_zeros(self) -> bool:
        """Return whether some of the ids seem to have lost zeros."""
        if self._has_zeros or len(self._widths) < 2:
            return False
        common, number = self._widths.most_common(1)[0]
        shorter = self._widths.total() - number
        return common == max(self._widths) > 3 and shorter <= _FEW * self._widths.total()
