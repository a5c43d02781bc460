"""The interface between the ``lms`` command and a vendor package.

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
from ..environment import Variable as Variable
from ..events import Listener
from ..journal.journal import Journal
from ..limits.limiter import Limiter
from .exit_codes import CommandError
from .wording import listed, nearest, quoted

if TYPE_CHECKING:
    from ..sandbox import StandIn

GROUP = "lms_async.targets"

Row = Mapping[str, str]


@attrs.frozen
class RunningSandbox:
    """A running sandbox, and the environment variables that point a client to it."""

    server: StandIn
    environment: Mapping[str, str]


class Demo(Protocol):
    """What ``lms demo`` needs of a target."""

    #: A plural noun for the rows, for example ``people``.
    noun: str
    #: The vendor's rate limit (requests, seconds), if the demo takes about ten seconds with it.
    #: Otherwise ``None``: the demo then uses a faster limit.
    limit: tuple[int, float] | None

    def valid_rows(self, count: int) -> Iterator[Row]:
        """Yield realistic rows that the vendor accepts."""

    def vendor_rejected_rows(self) -> Sequence[Row]:
        """Return rows that pass our check and that the vendor rejects."""

    def invalid_rows(self) -> Sequence[Row]:
        """Return rows that do not pass our check."""

    def prepare(self, server: StandIn, count: int) -> None:
        """Create in the sandbox what ``count`` :meth:`valid_rows` refer to."""

    def add_faults(self, server: StandIn) -> Sequence[str]:
        """Schedule the simulated failures, and return a short description of each."""

    def read_back(self, client: Any) -> AsyncIterator[Row]:
        """Yield everything the vendor has, in the file's columns."""


class Target(Protocol):
    """The destination of an import.

    Two more attributes are optional, each a ``Mapping[str, str]``. ``aliases`` maps common column
    names to fields: ``lms import`` suggests the field for such a column, and the user confirms it
    with ``--map``. ``code_explanations`` maps the vendor's error codes to sentences for the
    summary, without personal data.
    """

    #: The name for ``--to``.
    name: str
    #: The vendor's name, as people write it.
    vendor: str
    #: The columns that a file can have, and what each contains.
    fields: Mapping[str, str]
    #: Groups of columns. A file must have at least one column of each group.
    required: Sequence[Sequence[str]]
    #: The columns that identify a row. Two rows of a file must not have the same values in them.
    key: Sequence[str]
    #: The environment variables for :meth:`connect`.
    variables: Mapping[str, Variable]
    #: Whether ``--update-existing`` can be used.
    can_update: bool
    #: The rate limit without ``--limit``: requests, seconds.
    limit: tuple[int, float]
    #: For ``lms demo``; ``None`` if there is no demo.
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

    def check_row(self, row: Row) -> None:
        """Check a row without sending it.

        :raises InvalidInput: says what is wrong by field, without the values.
        """

    def count_requests(self, rows: Iterable[Row]) -> int:
        """Return how many requests these valid rows take if nothing fails."""

    def bulk(
        self, client: Any, rows: Iterable[Row], *, update_existing: bool, journal: Journal | None
    ) -> Bulk[Any]:
        """Return a bulk call, not yet started, that yields one outcome per row, in order."""

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


@runtime_checkable
class NormalizedKey(Protocol):
    """A target for which keys that are written differently can mean the same record."""

    def normalize_key(self, key: tuple[str, ...]) -> Hashable:
        """Return the key's cells without differences that the vendor ignores, such as case."""


def target_names() -> list[str]:
    """Return the names for ``--to``."""
    return sorted(entry.name for entry in entry_points(group=GROUP))


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


def other_targets_for(header: Sequence[str], *, but: Target) -> list[str]:
    """Return a line about the other targets whose required columns the ``header`` has, if any.

    :param but: the target that was given.
    """
    fit = []
    for name in target_names():
        with suppress(CommandError):  # a package that cannot be loaded
            other = find_target(name)
            if name != but.name and all(
                set(group).intersection(header) for group in other.required
            ):
                fit.append(name)
    return (
        [f"This file has the columns for --to {listed(fit, 'or')}. Is --to wrong?"] if fit else []
    )
