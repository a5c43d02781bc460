"""Connect to a vendor whose roster is planned, changed or verified."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from ...errors import LmsError, PlanUnusable
from ...events import Listener
from ...roster import Plan
from ...roster import Target as RosterTarget
from ..connecting import connected
from ..credentials import Environment, require_variables
from ..reporting.reporters import Reporter
from ..roster_support import RosterSupport
from ..target import Target
from ..wording import listed
from .errors import command_error


@attrs.frozen(kw_only=True)
class Account:
    """How to reach an account that keeps a roster.

    :param target: the target of the command.
    :param support: how its roster is reached.
    :param environment: has the credentials.
    :param limit: the rate limit: requests, seconds. ``None`` takes the target's.
    """

    target: Target
    support: RosterSupport
    environment: Environment | Mapping[str, str] = attrs.field(repr=False)
    limit: tuple[int, float] | None = None

    @property
    def vendor(self) -> str:
        """The vendor's name."""
        return self.target.vendor

    @asynccontextmanager
    async def connected(
        self, settings: Mapping[str, str], reporter: Reporter, events: Sequence[Listener] = ()
    ) -> AsyncIterator[RosterTarget]:
        """Connect, and test the credentials.

        :param settings: the settings of the target, all of them.
        :param events: called with each of the client's events.
        :raises CommandError: this is not possible, or an error of a roster ended the block.
        """
        variables = require_variables(self.environment, self.target)
        try:
            async with connected(
                self.target, variables, reporter, limit=self.limit, events=events
            ) as client:
                yield self.support.connect(client, settings)
        except LmsError as error:
            failure = command_error(error, self.vendor, listed(list(variables)))
        else:
            return
        raise failure


def target_of_plan(path: Path) -> str:
    """Return the name of the target for which the plan ``path`` was made.

    :raises CommandError: the file is not a plan.
    """
    try:
        return Plan(path).meta.target
    except PlanUnusable as error:
        unusable = error
    raise command_error(unusable)
