r"""Write text into a cell of the results file, and read it back.

A spreadsheet must not run a cell as a formula, whichever of ``,``, ``;``, tab and ``|`` it uses as
separator. A terminal must not run a cell as a command. Two rules apply, in this order:

1. A backslash is written as ``\\``, and each control or invisible character as an escape of
   Python's: ``\n``, ``\x1b``, ``\u200b``, ``\U000e0041``.
2. Where ``=``, ``+``, ``-`` or ``@`` (or their full-width forms) begin the cell or follow one of
   the separators, perhaps after blanks and quotes, a ``'`` is put directly before them.

:func:`read_cell` undoes both exactly.
"""

from __future__ import annotations

import re

from ..wording import can_be_seen

_STARTS = r"(?:^|[,;|])[\s\"']*"
_FORMULA = re.compile(rf"({_STARTS})(?=[=+\-@＝＋－＠])")
_NEUTRAL = re.compile(rf"({_STARTS})'(?=[=+\-@＝＋－＠])")
_ESCAPE = re.compile(r"\\(?:[\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def write_cell(text: str) -> str:
    """Return ``text`` as it is written to the file."""
    if "\\" in text or not text.isprintable():
        text = "".join(map(_escaped, text))
    return _FORMULA.sub(r"\1'", text)


def read_cell(cell: str) -> str:
    """Return the text that was written."""
    return _ESCAPE.sub(_unescaped, _NEUTRAL.sub(r"\1", cell))


def _escaped(mark: str) -> str:
    if mark != "\\" and can_be_seen(mark):
        return mark
    return mark.encode("unicode_escape").decode()


def _unescaped(found: re.Match[str]) -> str:
    return found[0].encode().decode("unicode_escape")
