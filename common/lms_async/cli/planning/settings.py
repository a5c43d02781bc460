"""Check the settings of a target, which are in ``[target]`` of the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...toml_lines import line_of
from ..exit_codes import CommandError
from ..roster_support import RosterSetting
from ..wording import listed, nearest, quoted


def complete_settings(
    given: Mapping[str, str], settings: Mapping[str, RosterSetting], vendor: str, path: Path
) -> dict[str, str]:
    """Return the settings of a target, with the default of each that is not given.

    :param given: the settings in the mapping.
    :param settings: those that the target has.
    :param path: the mapping file, for the message.
    :raises CommandError: a setting is unknown, or has another value than it may have. The error
        lists all of them.
    """
    faults = []
    for name, value in given.items():
        setting = settings.get(name)
        if setting is None:
            why = f"is not a setting of {vendor}. {_known(name, settings)}"
        elif setting.choices and value not in setting.choices:
            why = f"must be {listed(setting.choices, 'or')}, not {quoted(value)}."
        else:
            continue
        faults.append(f"{place(path, 'target', name)} {why}")
    if faults:
        raise CommandError(*faults)
    return {name: given.get(name, setting.default) for name, setting in settings.items()}


def place(path: Path, table: str, name: str) -> str:
    """Name a setting and its line, as in ``roster.toml, line 7, [roles] student:``."""
    try:
        line = line_of(path.read_text("utf-8-sig"), (table,), name)
    except OSError:  # it was deleted after it was read
        line = None
    return f"{path}{f', line {line}' if line else ''}, [{table}] {name}:"


def _known(name: str, settings: Mapping[str, RosterSetting]) -> str:
    near = nearest(name, settings)
    if near:
        return f"Did you mean {near}?"
    return f"It has: {listed(list(settings))}." if settings else "It has none."
