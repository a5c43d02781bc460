"""What a check found, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

import attrs

from ..wording import visible


@attrs.frozen
class Finding:
    """The result of one check.

    :param text: what was found, without secrets and personal data.
    :param to_do: what the user should do; empty if there is no problem.
    """

    text: str
    to_do: Sequence[str] = ()


def print_finding(finding: Finding, out: TextIO) -> None:
    """Print one line for what was found, and one for each thing to do."""
    word = "problem" if finding.to_do else "ok"
    out.write(f"  {word:<7}  {visible(finding.text)}\n")
    for line in finding.to_do:
        out.write(f"           {visible(line)}\n")
    out.flush()
