"""Acme as a target of a roster. The key of a pupil is the number, and the school is the house."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from lms_async.roster import Action, Capabilities, Change, Entry, KindCapabilities, Word
from lms_async.vendor_kit import Bulk, InvalidInput, Journal

from .client import Acme

#: Acme's name of each neutral field.
_FIELDS = {"given_name": "name", "family_name": "surname", "school": "house"}
#: Acme has one role. It is not written, but it is shown, so that a scope can name it.
_ROLE = "pupil"
_HOLDS = frozenset({*_FIELDS, "role"})
_PEOPLE = KindCapabilities(
    holds=_HOLDS, shows=_HOLDS, fixed=frozenset({"role"}), removal=Action.DEACTIVATE
)


class AcmeRoster:
    """An account of Acme that a roster is kept in; see :class:`lms_async.roster.Target`.

    :param client: the account.
    :param account: the name of the school, so that a plan is not applied to another one.
    """

    name = "acme"
    capabilities = Capabilities(kinds={"people": _PEOPLE})
    settings: Mapping[str, str] = {}

    def __init__(self, client: Acme, *, account: str) -> None:
        self._client = client
        self.account = account

    async def words(self) -> Mapping[str, Sequence[Word]]:
        """Return the words into which a mapping translates the school's."""
        return {"roles": [Word(_ROLE)]}

    async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        """Read all pupils, also those who have left."""
        async for pupil in self._client.pupils.list():
            fields = {field: getattr(pupil, name) or "" for field, name in _FIELDS.items()}
            yield Entry(
                kind="people",
                key=pupil.number or "",
                org=pupil.house or "",
                fields={**fields, "role": _ROLE},
                vendor_id=pupil.id or "",
                active=pupil.active is not False,
            )

    def apply(
        self,
        kind: str,
        action: Action,
        changes: AsyncIterable[Change] | Iterable[Change],
        *,
        as_of: date,
        journal: Journal | None,
    ) -> Bulk[Change]:
        """Make changes of pupils; see :meth:`lms_async.roster.Target.apply`."""
        rows: Any = changes  # `converting` turns each change into a row
        if action is Action.CREATE:
            creating: Bulk[Any] = self._client.pupils.create_many(rows, journal=journal)
            return creating.converting(lambda change: {"number": change.key, **_written(change)})
        changing: Bulk[Any] = self._client.pupils.update_many(rows, journal=journal)
        is_active = action is not Action.DEACTIVATE
        return changing.converting(
            lambda change: {"id": change.vendor_id, "active": is_active, **_written(change)}
        )


def _written(change: Change) -> dict[str, str]:
    if change.after.get("role", _ROLE) != _ROLE:
        raise InvalidInput("Acme has pupils only", fields={"role": f"must be {_ROLE}"})
    return {name: change.after[field] for field, name in _FIELDS.items() if field in change.after}
