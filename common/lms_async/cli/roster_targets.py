"""Find the targets that a roster can be kept in."""

from __future__ import annotations

from .exit_codes import CommandError
from .roster_support import RosterSupport
from .target import Target, find_target, target_names
from .wording import listed, quoted


def require_roster_target(name: str | None) -> tuple[Target, RosterSupport]:
    """Return the target ``name``, and how to reach its roster.

    :raises CommandError: no name was given, there is no such target, or no roster can be kept in
        it.
    """
    if name is None:
        raise CommandError(f"--to TARGET is missing. {_known()}")
    target = find_target(name)
    if target.roster is None:
        raise CommandError(f"lms cannot keep a roster in {quoted(name)}. {_known()}")
    return target, target.roster


def roster_target_names() -> list[str]:
    """Return the names of the targets that a roster can be kept in."""
    names = []
    for name in target_names():
        try:
            target = find_target(name)
        except CommandError:  # its package cannot be loaded
            continue
        if target.roster is not None:
            names.append(name)
    return names


def _known() -> str:
    return f"Rosters can be kept in: {listed(roster_target_names()) or 'no target'}."
