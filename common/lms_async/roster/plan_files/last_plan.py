"""Remember what the last plan that was applied was made from, for each account.

The guard compares a source with the last one: see ``last`` of :func:`lms_async.roster.plan`. The
program chooses a folder that stays the same from one plan to the next, for example the folder of
the mapping::

    made = await plan(source, target, mapping, …, last=last_applied(folder, target))
    report = await made.apply(target, journal=…)
    if report.stop_reason is None:
        remember_applied(folder, made.meta, report.counts)

A plan of which the vendor rejected some changes counts as applied. Otherwise one bad record would
make every run a first run. The records that were not created are not counted as the vendor's, and
the next plan may create them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from secrets import token_hex

import attrs
import orjson

from ...errors import PlanFailed, PlanUnusable
from ...journal.key import make_private
from ...outcome import Status
from ..changes import ADDITIONS, Action
from ..targets.target import Target
from .plan_meta import PlanMeta, meta_of

_NO_CHANGES: Mapping[tuple[str, Action, Status], int] = {}


def last_applied(folder: str | PathLike[str], target: Target) -> PlanMeta | None:
    """Return what the last plan that was applied to an account was made from.

    :param folder: the folder that was given to :func:`remember_applied`.
    :param target: the account.
    :returns: ``None`` if no plan of the account is remembered, so that this is the first run.
    :raises PlanUnusable: the file in the folder can't be read. A guess could disable the guard.
    """
    path = _path(Path(folder), target.name, target.account)
    try:
        return meta_of(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        what = error.strerror or "it can't be read"
    except (LookupError, TypeError, ValueError):
        what = "it is damaged"
    raise PlanUnusable(
        f"{path} does not say what the last plan was made from: {what}",
        hint="restore the file, or delete it to check the next plan as in a first run",
    )


def remember_applied(
    folder: str | PathLike[str],
    meta: PlanMeta,
    counts: Mapping[tuple[str, Action, Status], int] = _NO_CHANGES,
) -> None:
    """Note that a plan was applied, in a file for its account. It has counts and no people's data.

    :param folder: a folder, which must exist.
    :param meta: what the plan was made from.
    :param counts: the number of its changes by kind, action and status, as an
        :class:`~lms_async.roster.ApplyReport` has it; empty for a plan without changes.
    :raises PlanFailed: the file can't be written. The old file is kept.
    """
    path = _path(Path(folder), meta.target, meta.account)
    missing = _not_created(counts)
    there = {kind: count - missing.get(kind, 0) for kind, count in meta.vendor_records.items()}
    meta = attrs.evolve(meta, vendor_records=there, not_created=missing)
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        make_private(part)
        part.write_bytes(orjson.dumps(attrs.asdict(meta), option=orjson.OPT_INDENT_2))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PlanFailed(f"{path} can't be written: {error.strerror}") from None


def _not_created(counts: Mapping[tuple[str, Action, Status], int]) -> dict[str, int]:
    """Return the numbers of records that were to be created and were not, by kind."""
    found: Counter[str] = Counter()
    for (kind, action, status), count in counts.items():
        if action in ADDITIONS and status is not Status.DONE:
            found[kind] += count
    return dict(found)


def _path(folder: Path, target: str, account: str) -> Path:
    # An account may have characters that the name of a file can't have.
    digest = blake2b(f"{target} {account}".encode(), digest_size=6).hexdigest()
    return folder / f"last-applied-{digest}.json"
