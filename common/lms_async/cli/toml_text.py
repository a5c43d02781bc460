"""Write names and texts as TOML."""

from __future__ import annotations

import json

from .wording import can_be_seen


def toml_text(value: str) -> str:
    """Return a TOML string, with invisible characters as escapes."""
    # JSON has the same escapes of all other characters.
    text = json.dumps(value, ensure_ascii=False)
    return "".join(mark if can_be_seen(mark) else f"\\U{ord(mark):08x}" for mark in text)


def toml_key(name: str) -> str:
    """Return the name of a setting, in quotation marks if TOML needs them."""
    return name if name.replace("_", "").isalnum() and name.isascii() else toml_text(name)
