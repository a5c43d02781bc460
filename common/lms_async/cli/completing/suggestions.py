"""What Tab suggests for the names that a target defines.

The functions are called by typer with the options before the cursor. They suggest nothing if these
are wrong: an error message would end up in the command line.
"""

from __future__ import annotations

from collections.abc import Iterable

import typer

from ..exit_codes import CommandError
from ..kinds import Kind
from ..roster_targets import roster_target_names
from ..target import Target, find_kind, find_target, target_names
from .scripts import Shell

Suggestions = list[tuple[str, str]]


def suggest_shells(incomplete: str) -> list[str]:
    """Suggest the shells that have a script."""
    return [shell for shell in Shell if shell.startswith(incomplete)]


def suggest_targets(incomplete: str) -> list[str]:
    """Suggest names of targets."""
    return [name for name in target_names() if name.startswith(incomplete)]


def suggest_roster_targets(incomplete: str) -> list[str]:
    """Suggest names of targets that a roster can be kept in."""
    return [name for name in roster_target_names() if name.startswith(incomplete)]


def suggest_show(incomplete: str) -> list[str]:
    """Suggest the ``show`` of ``plan show``, where a file is expected after ``plan``.

    The shell completes names of files only if nothing is suggested, so one letter is not enough.
    """
    return ["show"] if len(incomplete) > 1 and "show".startswith(incomplete) else []


def suggest_kinds(context: typer.Context, incomplete: str) -> Suggestions:
    """Suggest the kinds of the given target, or of all targets if none is given yet."""
    kinds = [kind for target in _given_targets(context) for kind in target.kinds]
    return _beginning_with(incomplete, ((kind.name, kind.does) for kind in kinds))


def suggest_fields(context: typer.Context, incomplete: str) -> Suggestions:
    """Suggest ``FIELD=`` for the fields of the given kind."""
    fields = {field: text for kind in _given_kinds(context) for field, text in kind.fields.items()}
    return _beginning_with(incomplete, ((f"{field}=", text) for field, text in fields.items()))


def suggest_listings(context: typer.Context, incomplete: str) -> Suggestions:
    """Suggest what can be listed at the given target."""
    listings = [listing for target in _given_targets(context) for listing in target.listings]
    return _beginning_with(incomplete, ((listing.name, listing.does) for listing in listings))


def suggest_filters(context: typer.Context, incomplete: str) -> Suggestions:
    """Suggest ``NAME=`` for the filters of the given listing."""
    filters = {
        name: text
        for target in _given_targets(context)
        for listing in target.listings
        if context.params.get("kind") in (None, listing.name)
        for name, text in listing.filters.items()
    }
    return _beginning_with(incomplete, ((f"{name}=", text) for name, text in filters.items()))


def _given_targets(context: typer.Context) -> Iterable[Target]:
    given = next(filter(None, map(context.params.get, ("to", "from_", "name"))), None)
    for name in target_names() if given is None else [given]:
        try:
            yield find_target(name)
        except CommandError:
            continue


def _given_kinds(context: typer.Context) -> Iterable[Kind]:
    for target in _given_targets(context):
        try:
            yield find_kind(target, context.params.get("kind"))
        except CommandError:
            continue


def _beginning_with(incomplete: str, suggestions: Iterable[tuple[str, str]]) -> Suggestions:
    return list(dict(pair for pair in suggestions if pair[0].startswith(incomplete)).items())
