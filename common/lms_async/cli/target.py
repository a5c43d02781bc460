"""The interface between the ``lms`` command and a vendor package.

Nothing here has to be subclassed. Register an object of this shape in your package's metadata::

    [project.entry-points."lms_async.targets"]
    myvendor = "my_package.cli:target"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from ..environment import Variable as Variable
from ..events import Listener
from ..limits.limiter import Limiter
from .exit_codes import CommandError
from .kinds import Kind, Listing, every_row
from .kinds import Row as Row
from .roster_support import RosterSupport as RosterSupport
from .wording import counted, listed, nearest, quoted

if TYPE_CHECKING:
    from ..sandbox import SandboxServer

GROUP = "lms_async.targets"
#: How many kinds of a target are named in a list of targets.
_MOST_NAMED = 3


@attrs.frozen
class RunningSandbox:
    """A running sandbox, and the environment variables that point a client to it."""

    server: SandboxServer
    environment: Mapping[str, str]


@attrs.frozen(kw_only=True)
class DemoStep:
    """A file that ``lms demo`` imports.

    :param kind: the kind of record in the file.
    :param rows: realistic rows that the vendor accepts.
    :param rejected: rows that our own check or the vendor rejects.
    :param read_back: takes the client, and yields everything of this kind that the vendor has, in
        the file's columns.
    """

    kind: Kind
    rows: Sequence[Row]
    rejected: Sequence[Row]
    read_back: Callable[[Any], AsyncIterator[Row]]


class Demo(Protocol):
    """What ``lms demo`` needs of a target to import files."""

    #: The rate limit of the sandbox: requests, seconds.
    limit: tuple[int, float]

    def steps(self, count: int) -> Sequence[DemoStep]:
        """Return the files to import, in this order, with about ``count`` rows together."""

    def prepare(self, server: SandboxServer, count: int) -> None:
        """Create in the sandbox what the rows refer to and no step imports."""

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Schedule the simulated failures, and return a short description of each."""


class Target(Protocol):
    """A vendor that the command can read from and write to."""

    #: The name for ``--to`` and ``--from``.
    name: str
    #: The vendor's name, as people write it.
    vendor: str
    #: What can be imported. The first kind is taken without ``--kind``.
    kinds: Sequence[Kind]
    #: What can be listed and exported, in the order in which the files can be imported.
    listings: Sequence[Listing]
    #: The environment variables for :meth:`connect`.
    variables: Mapping[str, Variable]
    #: The rate limit without ``--limit``: requests, seconds.
    limit: tuple[int, float]
    #: For ``lms plan``; ``None`` if no roster can be kept in this target.
    roster: RosterSupport | None
    #: For ``lms demo``, if ``roster`` has no demo; ``None`` if no files are imported.
    demo: Demo | None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> AbstractAsyncContextManager[Any]:
        """Create a client from the variables.

        :raises InvalidInput: they are not valid, for example a base URL without a host.
        """

    async def verify(self, client: Any) -> None:
        """Send one cheap request that fails if the credentials are not accepted."""

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> AbstractAsyncContextManager[RunningSandbox]:
        """Run a server that imitates the vendor's API.

        :param people: how many people it has.
        :param limit: the rate limit: requests, seconds. ``None`` takes the vendor's.
        :param latency: mean and spread of the response time, in seconds.
        :param host: the address to listen on.
        :param port: 0 picks a free one.
        """


@cache  # typer evaluates the help texts of all options, which have these names, again and again
def target_names() -> tuple[str, ...]:
    """Return the names for ``--to``."""
    return tuple(sorted(entry.name for entry in entry_points(group=GROUP)))


def names_of_kinds(target: Target) -> list[str]:
    """Return the names of what can be imported into a target."""
    return [kind.name for kind in target.kinds]


def require_target(
    name: str | None, missing: str, offers: Callable[[Target], Sequence[str]] = names_of_kinds
) -> Target:
    """Return the target ``name``.

    :param missing: what the user did not give if ``name`` is ``None``, for example ``--to TARGET``.
    :param offers: returns the names of the kinds that the command can handle at a target. Targets
        without any are not suggested.
    :raises CommandError: no name was given, there is no such target, or its package cannot be
        loaded.
    """
    if name is None:
        raise CommandError(
            f"{missing} is missing. Choose one of these targets:", *_described(offers)
        )
    return find_target(name)


def _described(offers: Callable[[Target], Sequence[str]]) -> list[str]:
    """Return one line for each target: its name, vendor and first kinds."""
    names = target_names()
    width = max(map(len, names), default=0)
    lines = []
    for name in names:
        try:
            target = find_target(name)
        except CommandError as broken:
            lines.append(f"  {broken}")
            continue
        kinds = offers(target)
        if not kinds:
            continue
        more = len(kinds) - _MOST_NAMED
        others = f" and {counted(more, 'other kind')}" if more > 0 else ""
        lines.append(
            f"  {name:<{width}}  {target.vendor}: {', '.join(kinds[:_MOST_NAMED])}{others}"
        )
    return lines or ["  No target is installed."]


def find_target(name: str) -> Target:
    """Return the target ``name``.

    :raises CommandError: there is none, or its package cannot be loaded.
    """
    found = list(entry_points(group=GROUP, name=name))
    if not found:
        known = target_names()
        near = nearest(name, known)
        hint = f"Did you mean {near}?" if near else f"Known targets: {', '.join(known) or 'none'}"
        raise CommandError(f"There is no target {quoted(name)}. {hint}")
    try:
        target: Target = found[0].load()
    except Exception as broken:  # noqa: BLE001 - any package can provide a target
        why = type(broken).__name__
        raise CommandError(
            f"The target {quoted(name)} ({found[0].value}) could not be loaded: {why}"
        ) from None
    return target


def find_kind(target: Target, name: str | None) -> Kind:
    """Return the kind ``name`` of a target, or its first kind for ``None``.

    :raises CommandError: the target does not have this kind.
    """
    names = [kind.name for kind in target.kinds]
    if name is None:
        return target.kinds[0]
    if name in names:
        return target.kinds[names.index(name)]
    near = nearest(name, names)
    hint = f"Did you mean {near}? " if near else ""
    width = max(map(len, names))
    raise CommandError(
        f"{target.name} cannot import {quoted(name)}. {hint}It can import:",
        *(f"  {kind.name:<{width}}  {kind.does}" for kind in target.kinds),
    )


def other_kinds_for(header: Sequence[str], *, but: Kind) -> list[str]:
    """Return a line about the other kinds whose required columns the ``header`` has, if any.

    Kinds that remove records are never suggested. Neither are kinds without a field of the given
    kind that the header has: the file of new addresses of people has no people to reactivate. A
    kind that needs a single column is suggested only for the other columns of the file.

    :param but: the kind that was given. If the header has its required columns, no other kind is
        meant.
    """
    if _has_required(header, but):
        return []
    used = but.fields.keys() & set(header)
    fit = []
    for name in target_names():
        with suppress(CommandError):  # a package that cannot be loaded
            other = find_target(name)
            fit += [
                f"--to {name}" + (f" --kind {kind.name}" if kind is not other.kinds[0] else "")
                for kind in other.kinds
                if kind is not but
                and kind.removes is not every_row
                and used <= kind.fields.keys()
                and (len(kind.required) > 1 or used.difference(kind.required[0]))
                and _has_required(header, kind)
            ]
    return [f"This file has the columns for {listed(fit, 'or')}."] if fit else []


def _has_required(header: Sequence[str], kind: Kind) -> bool:
    return all(set(group).intersection(header) for group in kind.required)
