"""Say which kinds can't be planned if the account may not read some of the vendor's records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import Forbidden, KindUnreadable, Unauthorized
from ..entries import REFERS_TO


@contextmanager
def naming_kind(kind: str) -> Iterator[None]:
    """Name ``kind`` if the vendor refuses to show its records. For the snapshots of targets.

    :raises KindUnreadable: the vendor responded with 401 or 403. The credentials were accepted
        before, so a permission is missing.
    """
    try:
        yield
    except (Unauthorized, Forbidden) as error:
        others = ", ".join(_dependent_kinds(kind))
        also = f", and neither can {others}, which depend on them" if others else ""
        raise KindUnreadable(
            f"the account may not read {kind} ({error}). So {kind} can't be planned{also}",
            hint="ask the vendor's administrator for the permission to read them",
        ) from None


def _dependent_kinds(kind: str) -> list[str]:
    """Return the kinds whose records refer to ``kind``, directly or through others."""
    found = [kind]
    for one in found:
        found += [
            other for other, parts in REFERS_TO.items() if one in parts and other not in found
        ]
    return found[1:]
