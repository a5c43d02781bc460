"""Explain rejected updates whose value another record of the same plan has.

No two people can have one email address. If two people exchange theirs, the vendor rejects both
updates, because each waits for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from ...outcome import Outcome, RowError, Status
from ..changes import Action, Change

#: The code of an update that another record's value prevents.
VALUE_IN_USE = "value_in_use"
#: The fields whose values no two people can have.
_UNIQUE = ("email", "username")


@attrs.define
class Exchanges:
    """The values that the updates of a step give up.

    :param read: reads the changes of the step with their numbers in the plan. It is called if an
        update is rejected.
    """

    _read: Callable[[], Iterable[tuple[int, Change]]]
    #: The number of the update that gives up a value, and the value that its record gets, by the
    #: field and the value.
    _given_up: dict[tuple[str, str], tuple[int, str]] | None = attrs.field(default=None, init=False)

    def explained(self, number: int, outcome: Outcome[Change]) -> Outcome[Change]:
        """Return ``outcome`` with the changes that the rejected update ``number`` waits for."""
        change, error = outcome.item, outcome.error
        may_be_unique = change.kind == "people" and change.action is Action.UPDATE
        if not may_be_unique or outcome.status is not Status.REJECTED or error is None:
            return outcome
        for field in _UNIQUE:
            if field not in change.after or (error.fields and field not in error.fields):
                continue
            holders = list(self._holders(field, change.after[field]))
            if holders:
                exchanged = [name for name in _UNIQUE if self._is_exchanged(number, change, name)]
                why = _reason(field, holders, exchanged if field in exchanged else [])
                said = error.message or error.fields.get(field) or error.code
                text = f"{why} The vendor said: {said}"
                return attrs.evolve(outcome, error=RowError(VALUE_IN_USE, text, {field: why}))
        return outcome

    def _is_exchanged(self, number: int, change: Change, field: str) -> bool:
        """Return whether the update ``number`` waits for itself, because of ``field``."""
        holders = list(self._holders(field, change.after.get(field, "")))
        return bool(holders) and holders[-1] == number

    def _holders(self, field: str, value: str) -> Iterator[int]:
        """Yield the update that gives up ``value``, the one for whose value it waits, and so on."""
        if self._given_up is None:
            self._given_up = {
                (name, change.before[name].casefold()): (number, change.after[name].casefold())
                for number, change in self._read()
                for name in _UNIQUE
                if change.before.get(name)
            }
        at, seen = (field, value.casefold()), set[int]()
        while at in self._given_up and self._given_up[at][0] not in seen:
            number, value = self._given_up[at]
            yield number
            seen.add(number)
            at = field, value


def _reason(field: str, holders: list[int], exchanged: list[str]) -> str:
    if exchanged:
        numbers = ", ".join(map(str, sorted(holders)))
        return (
            f"The changes {numbers} of this plan exchange their {' and '.join(exchanged)}, so each "
            f"waits for another one. Change the {' and '.join(exchanged)} of one of these people "
            "at the vendor, and make a new plan."
        )
    return (
        f"The record of change {holders[0]} of this plan had this {field}. Make a new plan when "
        "that change is done."
    )
