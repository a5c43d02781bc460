"""The tables of ``docs/roster.md`` that say what a vendor can do with each kind of record."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import manabac_async.roster.applying
import manabac_async.roster.capabilities
import schoology_async.roster.applying
import schoology_async.roster.capabilities
from lms_async.roster import Action, Capabilities
from lms_async.roster.changes import REMOVALS
from lms_async.roster.model import KINDS

#: What each vendor can do, and the pairs of kind and action that its target accepts.
VENDORS: dict[str, tuple[Capabilities, Collection[tuple[str, Action]]]] = {
    "Schoology": (
        schoology_async.roster.capabilities.capabilities(Action.EXPIRE),
        schoology_async.roster.applying._WAYS.keys(),
    ),
    "ManageBac": (
        manabac_async.roster.capabilities.capabilities(""),
        manabac_async.roster.applying._WAYS.keys(),
    ),
}
_REMOVED = {
    Action.EXPIRE: "expired, or deleted",
    Action.UNLINK: "removed",
    Action.DEACTIVATE: "deactivated",
    Action.ARCHIVE: "archived",
}
_HEAD = (
    "| kind | created | updated | removed | comes back | verified | cannot |",
    "| --- | --- | --- | --- | --- | --- | --- |",
)
_MARKED = "<!-- {} -->\n"


def with_tables(page: str) -> str:
    """Return the page with the tables as they are now."""
    for vendor in VENDORS:
        start = re.escape(_MARKED.format(vendor))
        page, count = re.subn(
            rf"({start}).*?(?=<!-- end -->)",
            lambda found, vendor=vendor: found[1] + table(vendor),  # type: ignore[misc]
            page,
            flags=re.DOTALL,
        )
        assert count == 1, vendor
    return page


def table(vendor: str) -> str:
    """Return the table of a vendor, with a row for each kind."""
    return "\n".join([*_HEAD, *(_row(vendor, kind.plural) for kind in KINDS)]) + "\n"


def _row(vendor: str, kind: str) -> str:
    capabilities, ways = VENDORS[vendor]
    able: Any = capabilities.kinds.get(kind)
    if able is None:
        return f"| {kind} | no | no | never | no | no | create them: {vendor} must have them |"
    actions = {action for of, action in ways if of == kind}
    changed = able.shows - able.fixed if Action.UPDATE in actions else ()
    removals = actions & REMOVALS
    assert (able.removal in removals) if able.removal else not removals, (vendor, kind)
    cells = (
        "yes" if actions & {Action.CREATE, Action.LINK} else "no",
        _listed(changed) or "no",
        _REMOVED[able.removal] if able.removal else "never",
        "yes" if Action.RETURN in actions else "as a new one" if removals else "no",
        "whether it is there" + (f", and {_shown(able)}" if able.holds else ""),
        _cannot(able),
    )
    return f"| {kind} | {' | '.join(cells)} |"


def _shown(able: Any) -> str:
    hidden = able.holds - able.shows
    return f"all fields but {_listed(hidden)}" if hidden else "all fields"


def _cannot(able: Any) -> str:
    parts = [
        f"change {_listed(able.fixed)} later" if able.fixed else "",
        f"show {_listed(able.holds - able.shows)}" if able.holds - able.shows else "",
    ]
    return "; ".join(filter(None, parts)) or "–"


def _listed(fields: Collection[str]) -> str:
    return ", ".join(f"`{field}`" for field in sorted(fields))
