"""Find ids that lost the zeros at their start in a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable

import attrs

from .row import Row

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


@attrs.frozen
class LostZeros:
    """The ids of people that other files have with another number of zeros at the start.

    :param here: the ids that have fewer zeros than elsewhere. They may be damaged.
    :param elsewhere: the ids that have more zeros than elsewhere.
    """

    here: Container[str] = frozenset()
    elsewhere: Container[str] = frozenset()

    def check(self, row: Row, field: str) -> None:
        """Check the row of a person. ``field`` is that of the id.

        :raises RowRejected: the id may be damaged. A person with this id would be a new one to the
            vendor, who has the right id.
        """
        if row[field] in self.here:
            text = (
                "another file has this id with more zeros at its start. A spreadsheet may have "
                "removed them here. Correct the id, or export the file again."
            )
            row.reject(field, "lost_zeros", text)
        if row[field] in self.elsewhere:
            text = (
                "another file has this id with fewer zeros at its start. A spreadsheet may have "
                "removed them there. Correct that file, or export it again."
            )
            row.warn(field, "lost_zeros", text)


def find_lost_zeros(ids: Iterable[str], references: Callable[[], Iterable[str]]) -> LostZeros:
    """Compare the ids of people with the ids by which other files refer to people.

    :param references: returns the references. It is called only if some ids are numbers.
    """
    numbers = set(filter(is_number, ids))
    if not numbers:
        return LostZeros()
    # A reference to a person who is there says nothing about other ids.
    unknown = {of for of in set(references()) - numbers if is_number(of)}
    lengths: dict[str, list[int]] = {}
    for of in unknown:
        lengths.setdefault(of.lstrip("0"), []).append(len(of))
    here = {of for of in numbers if max(lengths.get(of.lstrip("0"), [0])) > len(of)}
    elsewhere = {of for of in numbers if 0 < min(lengths.get(of.lstrip("0"), [0])) < len(of)}
    return LostZeros(here, elsewhere - here)
