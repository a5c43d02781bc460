"""Find the problems that the sources of a roster report, by reading the package's code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROSTER = Path(__file__).parents[3] / "common" / "lms_async" / "roster"
#: What a function with this name reports, as `Severity` calls it.
_SEVERITIES = {
    "accept": "accepted",
    "warn": "warning",
    "reject": "rejected",
    "RowRejected": "rejected",
    "refuse": "refused",
}
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def reported() -> set[tuple[str, str]]:
    """Return each code with its severity. A code that is not written in the call is left out."""
    return {
        found
        for path in ROSTER.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for found in _of_call(call)
    }


def _of_call(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Yield the problem that a call reports. Its text is the last argument, after the code."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    severity = _SEVERITIES.get(name, "")
    if name == "add" and call.args and ast.unparse(call.args[0]).startswith("Severity."):
        severity = ast.unparse(call.args[0]).removeprefix("Severity.").lower()
    code = call.args[-2] if severity and len(call.args) >= 3 else None
    if isinstance(code, ast.Constant) and _CODE.fullmatch(str(code.value)):
        yield str(code.value), severity
