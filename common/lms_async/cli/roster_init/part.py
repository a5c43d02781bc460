"""A part of the proposed file."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

import attrs

#: The longest line of a comment.
_WIDTH = 98
#: How many names a comment lists.
_MOST_NAMED = 30


@attrs.define
class Part:
    """Lines of the file, and what a person has to decide before the file is used.

    :param lines: the lines, without line breaks.
    :param checks: what to decide, one sentence each, without data of people.
    """

    lines: list[str] = attrs.field(factory=list)
    checks: list[str] = attrs.field(factory=list)

    def comment(self, text: str, indent: str = "") -> None:
        """Add a comment, in as many lines as it needs."""
        self.lines += wrap(
            text,
            _WIDTH,
            initial_indent=f"# {indent}",
            subsequent_indent=f"# {indent}",
            break_long_words=False,
            break_on_hyphens=False,
        )

    def check(self, text: str) -> None:
        """Add a comment that asks for a decision."""
        self.comment(f"check: {text}")
        self.checks.append(text)


def named(names: Iterable[str]) -> str:
    """Return some names, and how many more there are."""
    names = list(names)
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
