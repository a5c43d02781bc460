"""Verify a plan: read the vendor's records again, and check that they are as the plan wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import attrs
import orjson

from ..changes import REMOVALS, Change
from ..comparing.fields import is_same
from ..comparing.threads import in_thread
from ..comparing.working_set import WorkingSet
from ..database import writing
from ..entries import KEY_PARTS, split
from ..plan_files.plan_file import PlanFile
from ..targets.target import Target
from ..temporary import delete_abandoned
from .conditions import check_account, snapshot_of

#: How many changes whose effect the vendor does not show are kept in memory.
KEPT_DIFFERENT = 1000
_FIND = "SELECT active, compared FROM there WHERE kind = ? AND key = ?"
_INDEX = "CREATE INDEX IF NOT EXISTS there_vendor_id ON there (kind, vendor_id)"
_PARENT = "SELECT active, locked FROM there WHERE kind = ? AND key = ?"
_IN_USE = "SELECT 1 FROM there WHERE kind = ? AND vendor_id = ? AND active"


class Mismatch(StrEnum):
    """How the vendor's record differs from what the plan wants."""

    MISSING = "missing"
    NOT_IN_USE = "not in use"
    STILL_IN_USE = "still in use"
    DIFFERENT_FIELDS = "fields differ"
    #: Several records of the vendor have the key.
    SEVERAL = "several records"


@attrs.frozen(kw_only=True)
class StillDifferent:
    """A change whose effect the vendor does not show.

    :param change: the change.
    :param mismatch: how the vendor's record differs.
    :param there: the fields that differ, as they are there.
    """

    change: Change
    mismatch: Mismatch
    there: Mapping[str, str] = attrs.field(factory=dict, repr=False)


@attrs.frozen(kw_only=True)
class Verification:
    """What the vendor shows of a plan's changes.

    :param verified: the number of changes whose effect the vendor shows.
    :param different: the first 1,000 of the other changes, in the plan's order.
    :param counts_different: the number of all other changes, by kind and how they differ. Empty if
        the vendor shows the effect of every change.
    :param not_verifiable: the number of values that were set and can't be read back, by kind and
        field.
    :param not_shown: the number of changes that can't be verified, by kind. They are changes of
        enrollments and relationships whose section or person is not in use, for example because
        the section's term is over. The vendor does not show what such a section has.
    """

    verified: int
    different: list[StillDifferent] = attrs.field(repr=lambda different: f"<{len(different)}>")
    counts_different: Mapping[tuple[str, Mismatch], int]
    not_verifiable: Mapping[tuple[str, str], int]
    not_shown: Mapping[str, int] = attrs.field(factory=dict)


async def verify_plan(path: Path, plan: str, target: Target) -> Verification:
    """Verify the plan ``path``; see :meth:`lms_async.roster.Plan.verify`."""
    delete_abandoned(path)
    with PlanFile(path, plan) as file:
        meta = file.meta
    check_account(meta, target)
    async with snapshot_of(target, path, meta.as_of) as there:
        return await in_thread(there, lambda: _compare(path, meta.id, there))


def _compare(path: Path, plan: str, there: WorkingSet) -> Verification:
    verified = 0
    different: list[StillDifferent] = []
    counts_different: Counter[tuple[str, Mismatch]] = Counter()
    not_verifiable: Counter[tuple[str, str]] = Counter()
    not_shown: Counter[str] = Counter()
    there.make_indexes()
    with PlanFile(path, plan) as file, writing(there.path):
        file.check_content()
        for change in file.changes():
            at = (there.number_of(change.kind), change.key)
            rows = there.connection.execute(_FIND, at).fetchall()
            if not rows and _is_hidden(change, there):
                not_shown[change.kind] += 1
                continue
            shows = there.capabilities.kinds[change.kind].shows
            hidden = (name for name, value in change.after.items() if value and name not in shows)
            not_verifiable.update((change.kind, name) for name in hidden)
            found = _mismatch(change, rows, shows, there)
            if found is None:
                verified += 1
                continue
            counts_different[change.kind, found.mismatch] += 1
            if len(different) < KEPT_DIFFERENT:
                different.append(found)
    return Verification(
        verified=verified,
        different=different,
        counts_different=dict(counts_different),
        not_verifiable=dict(not_verifiable),
        not_shown=dict(not_shown),
    )


def _is_hidden(change: Change, there: WorkingSet) -> bool:
    """Return whether the vendor may have a record that is not there, and does not show it.

    It shows no enrollments of a section that is over. If the section was removed instead, its
    enrollments may have ended with it.
    """
    ending = there.capabilities.ending(change.kind)
    return any(
        not active and (locked or part not in ending)
        for part, key in zip(KEY_PARTS.get(change.kind, ()), split(change.key), strict=False)
        for active, locked in there.connection.execute(_PARENT, (there.number_of(part), key))
    )


def _mismatch(
    change: Change, rows: Sequence[tuple[bool, str]], shows: frozenset[str], there: WorkingSet
) -> StillDifferent | None:
    """Return how the vendor's record differs from what ``change`` wants, if it does.

    :param rows: whether each record with this key is in use, and its fields as JSON.
    """
    if change.action in REMOVALS:
        if any(active for active, _ in rows) or _has_other_key(change, there):
            return StillDifferent(change=change, mismatch=Mismatch.STILL_IN_USE)
        return None
    if len(rows) != 1:
        mismatch = Mismatch.SEVERAL if rows else Mismatch.MISSING
        return StillDifferent(change=change, mismatch=mismatch)
    ((active, compared),) = rows
    if not active:
        return StillDifferent(change=change, mismatch=Mismatch.NOT_IN_USE)
    values = orjson.loads(compared)
    now = {name: values.get(name, "") for name in change.after if name in shows}
    differ = {
        name: value for name, value in now.items() if not is_same(name, value, change.after[name])
    }
    if differ:
        return StillDifferent(change=change, mismatch=Mismatch.DIFFERENT_FIELDS, there=differ)
    return None


def _has_other_key(removal: Change, there: WorkingSet) -> bool:
    """Return whether the record to be removed is in use, with another key than in the plan."""
    if removal.kind in KEY_PARTS:  # these have no key of their own, and some have no vendor's id
        return False
    there.connection.execute(_INDEX)
    at = (there.number_of(removal.kind), removal.vendor_id)
    return there.connection.execute(_IN_USE, at).fetchone() is not None
