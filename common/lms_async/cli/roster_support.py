"""What the commands for rosters need of a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from ..roster import Target


@attrs.frozen(kw_only=True)
class RosterSetting:
    """A setting of a target, which stands in ``[target]`` of the mapping.

    :param does: what it decides.
    :param choices: the words that it may be; empty for any text.
    :param default: what it is if the mapping does not have it.
    """

    does: str
    choices: tuple[str, ...] = ()
    default: str = ""


@attrs.frozen(kw_only=True)
class RosterSupport:
    """How ``lms plan``, ``lms apply`` and ``lms verify`` reach a target's roster.

    :param settings: the target's settings by name.
    :param connect: takes the client and the settings, all of which are given, and returns the
        account as a target of the roster.
    """

    settings: Mapping[str, RosterSetting]
    connect: Callable[[Any, Mapping[str, str]], Target]
