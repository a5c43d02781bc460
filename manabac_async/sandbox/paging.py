"""v2's pages, also the short ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Pager:
    """How this server cuts lists into pages."""

    default: int
    cap: int
    short: bool
    """Whether every other page, from the first on, has a third fewer rows than were asked for."""

    def cut(self, rows: Sequence[T], query: Mapping[str, str]) -> tuple[list[T], dict[str, int]]:
        """The page that was asked for, and its ``meta``.

        What is no number above zero counts as absent, and a page beyond the end is empty: choices
        (vendors.md, 5).
        """
        page = _number(query.get("page"), 1)
        # `per_page` in the answer is what counts, not what was asked for (vendors.md, 2.3).
        per_page = min(_number(query.get("per_page"), self.default), self.cap)
        starts = self._starts(len(rows), per_page)
        bounds = [*starts, len(rows)]
        shown = rows[bounds[page - 1] : bounds[page]] if page <= len(starts) else ()
        meta = {
            "current_page": page,
            # One page even of nothing: a choice.
            "total_pages": max(1, len(starts)),
            "total_count": len(rows),
            "per_page": per_page,
        }
        return list(shown), meta

    def _starts(self, total: int, per_page: int) -> Sequence[int]:
        if not self.short:
            return range(0, total, per_page)
        few = max(1, per_page - (per_page + 2) // 3)
        pairs = range(0, total, few + per_page)
        return [start for pair in pairs for start in (pair, pair + few) if start < total]


def _number(given: Any, otherwise: int) -> int:
    said = str(given or "")
    return int(said) or otherwise if said.isascii() and said.isdecimal() else otherwise
