"""What a package offers so that ``lms`` can move rows to its vendor.

Nothing here has to be subclassed. Register an object of this shape in your package's metadata::

    [project.entry-points."lms_async.targets"]
    myvendor = "my_package.cli:target"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import attrs

from ..bulk.bulk import Bulk
from ..events import Listener
from ..journal.journal import Journal
from ..limits.window import Limiter
from .exit_codes import CannotStart
from .wording import listed, nearest, quoted

if TYPE_CHECKING:
    from ..sandbox import StandIn

GROUP = "lms_async.targets"

Row = Mapping[str, str]


@attrs.frozen
class Variable:
    """An environment variable: what it holds, and whether there is no going on without it; others,
    all of which together do ``instead``."""

    what: str
    needed: bool = True
    instead: Sequence[str] = ()


@attrs.frozen
class Served:
    """A sandbox that is running, and the variables that point a client to it."""

    server: StandIn
    environment: Mapping[str, str]


class Demo(Protocol):
    """What ``lms demo`` needs beside: people, mishaps, and a way to see what came of them."""

    #: What a row is about, in the plural, e.g. ``people``.
    what: str
    #: The vendor's own limit, if the demonstration takes about ten seconds with it; ``None`` has
    #: the demonstration choose one.
    limit: tuple[int, float] | None

    def people(self, count: int) -> Iterator[Row]:
        """Believable rows, all of which the vendor takes."""

    def refused(self) -> Sequence[Row]:
        """Rows that pass our check and that the vendor will refuse."""

    def invalid(self) -> Sequence[Row]:
        """Rows that do not pass our check."""

    def prepare(self, server: StandIn, count: int) -> None:
        """Put into the sandbox what must be there before it takes ``count`` :meth:`people`."""

    def arm(self, server: StandIn) -> Sequence[str]:
        """Script the faults of the demonstration, and name them in a few words each."""

    def read_back(self, client: Any) -> AsyncIterator[Row]:
        """Everybody whom the vendor knows, in the file's columns."""


class Target(Protocol):
    """Where rows go.

    It may have two attributes beside, each a ``Mapping[str, str]``: ``aliases``, fields by other
    names that files have for them, which are proposed where a column is not known; and
    ``explained``, a sentence by the vendor's error code, for the summary, which names nobody.
    """

    #: As given to ``--to``.
    name: str
    #: The vendor's name, as people write it.
    vendor: str
    #: The columns that a file may have, and what each holds.
    fields: Mapping[str, str]
    #: Groups of columns: of each group, at least one column must be there.
    needed: Sequence[Sequence[str]]
    #: The columns that name a row: two rows of a file must not have the same ones.
    key: Sequence[str]
    #: The environment variables that :meth:`connect` reads.
    variables: Mapping[str, Variable]
    #: Whether ``--update-existing`` means something here.
    updates: bool
    #: The limit that the client keeps where ``--limit`` is not given: requests, seconds.
    limit: tuple[int, float]
    #: For ``lms demo``; ``None`` if there is no demonstration.
    demo: Demo | None

    def connect(
        self,
        environment: Mapping[str, str],
        *,
        limiter: Limiter | None,
        events: Sequence[Listener],
    ) -> AbstractAsyncContextManager[Any]:
        """A client, made from the variables.

        :raises InvalidInput: they can't be right, e.g. a base URL that is none.
        """

    async def verify(self, client: Any) -> None:
        """Make one cheap request that tells whether the credentials are accepted."""

    def check(self, row: Row) -> None:
        """Say what can be said of a row without sending it.

        :raises InvalidInput: names what is wrong, by field, without the values.
        """

    def calls(self, rows: Iterable[Row]) -> int:
        """How many requests these rows take, which passed :meth:`check`, if nothing goes wrong."""

    def bulk(
        self, client: Any, rows: Iterable[Row], *, update_existing: bool, journal: Journal | None
    ) -> Bulk[Any]:
        """The work on ``rows``, not yet begun; one outcome a row, in their order."""

    def sandbox(
        self,
        *,
        people: int = 0,
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        port: int = 0,
    ) -> AbstractAsyncContextManager[Served]:
        """A stand-in for the vendor on this machine, with so many people in it.

        :param limit: requests, seconds; the vendor's own where not given.
        :param latency: mean and spread, in seconds.
        :param port: 0 takes any that is free.
        """


@runtime_checkable
class LooseKey(Protocol):
    """What a target is beside, if it has more than one writing for the key of a row."""

    def same(self, key: tuple[str, ...]) -> Hashable:
        """The cells of :attr:`Target.key` without what makes no difference to the vendor, e.g. the
        case of a mail address."""


def target_names() -> list[str]:
    """The names that may be given to ``--to``."""
    return sorted(entry.name for entry in entry_points(group=GROUP))


def find_target(name: str) -> Target:
    """The target of this name.

    :raises CannotStart: there is none, or its package can't be loaded.
    """
    found = list(entry_points(group=GROUP, name=name))
    if not found:
        known = target_names()
        near = nearest(name, known)
        hint = f"Did you mean {near}?" if near else f"Known targets: {', '.join(known) or 'none'}"
        raise CannotStart(f"There is no target {quoted(name)}. {hint}")
    try:
        target: Target = found[0].load()
    except Exception as broken:  # noqa: BLE001 - somebody else's package; say which
        why = type(broken).__name__
        raise CannotStart(
            f"The target {quoted(name)} ({found[0].value}) could not be loaded: {why}"
        ) from None
    return target


def meant_for(header: Sequence[str], *, but: Target) -> list[str]:
    """A line on the targets, ``but`` this one, that a file with this ``header`` may have been meant
    for, if there are any."""
    fit = []
    for name in target_names():
        with suppress(CannotStart):  # somebody else's package that can't be loaded
            other = find_target(name)
            if name != but.name and all(set(group).intersection(header) for group in other.needed):
                fit.append(name)
    return (
        [f"This file has the columns for --to {listed(fit, 'or')}. Is --to wrong?"] if fit else []
    )
