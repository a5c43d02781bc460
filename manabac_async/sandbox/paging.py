"""Split lists of v2 into pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Pager:
    """Splits lists into pages."""

    default: int
    cap: int
    short: bool
    """Whether every other page, from the first on, has a third fewer rows than requested."""

    def cut(self, rows: Collection[T], query: Mapping[str, str]) -> tuple[list[T], dict[str, int]]:
        """Return the requested page and its ``meta``.

        Assumed: a value that is not a positive number is ignored, and a page after the last one is
        empty (vendors.md, 5).
        """
        page = _number(query.get("page"), 1)
        # The response's `per_page` may differ from the requested number (vendors.md, 2.3).
        per_page = min(_number(query.get("per_page"), self.default), self.cap)
        starts = self._starts(len(rows), per_page)
        bounds = [*starts, len(rows)]
        shown = islice(rows, *bounds[page - 1 : page + 1]) if page <= len(starts) else ()
        meta = {
            "current_page": page,
            # Assumed: an empty list has one page.
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


def _number(value: Any, default: int) -> int:
    text = str(value or "")
    return int(text) or default if text.isascii() and text.isdecimal() else default
