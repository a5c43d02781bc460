"""The data of the page, as JSON for its scripts.

The summary comes first. The rows follow in chunks, so that neither Python nor the browser has to
handle all of them at once. To keep the file small, a row is a list, and refers to kinds, actions,
reasons and schools by their place in the lists of the summary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import orjson

from ..changes import REMOVALS, Action, Change, LeftAlone, Reason
from ..entries import KEY_PARTS, SEPARATOR, split
from ..model import KINDS
from ..plan_files.plan_file import PlanFile
from ..problem_groups import ProblemGroup, grouped

#: How many records of one kind that are left alone for one reason are listed. All are counted.
LISTED = 2_000
#: Rows of a chunk. A browser reads a chunk of this size within some milliseconds.
_CHUNK = 2_000
_ORDER = [kind.plural for kind in KINDS]

_Row = TypeVar("_Row")
_Text = TypeVar("_Text", bound=str)
_Word = TypeVar("_Word", bound=StrEnum)


class PageData:
    """The data of one plan.

    :param plan: the open plan.
    :raises PlanUnusable: the plan is damaged. The methods raise it too.
    """

    def __init__(self, plan: PlanFile) -> None:
        self._plan = plan
        self._changes = plan.counts()
        self._left_alone = plan.counts_by_school()
        places = [*self._changes, *(of[:3] for of in self._left_alone)]
        self._kinds = _places(sorted({kind for kind, _, _ in places}, key=_kind_order))
        self._orgs = _places(sorted({org for _, _, org in places}, key=_org_order))
        self._actions = _used(Action, {action for _, action, _ in self._changes})
        self._reasons = _used(Reason, {reason for _, reason, _, _ in self._left_alone})

    def summary(self) -> bytes:
        """Return everything except the rows."""
        meta = self._plan.meta
        return _json(
            {
                "target": meta.target,
                "account": meta.account,
                "as_of": meta.as_of.isoformat(),
                "made_at": f"{meta.made_at:%Y-%m-%d %H:%M %Z}",
                "refusals": [
                    {"stops": refusal.stops, "text": refusal.text}
                    for refusal in self._plan.refusals()
                ],
                "kinds": [*self._kinds],
                "orgs": [*self._orgs],
                "problems": [_problems(group) for group in grouped(self._plan.problems())],
                "actions": [*self._actions],
                "removals": [action in REMOVALS for action in self._actions],
                "reasons": [*self._reasons],
                "key_parts": dict(KEY_PARTS),
                "changes": [
                    [self._kinds[kind], self._actions[action], self._orgs[org], count]
                    for (kind, action, org), count in self._changes.items()
                ],
                "left_alone": [
                    [self._kinds[kind], self._reasons[reason], self._orgs[org], is_field, count]
                    for (kind, reason, org, is_field), count in self._left_alone.items()
                ],
                "listed": LISTED,
            }
        )

    def changes(self) -> Iterator[bytes]:
        """Yield chunks of the changes."""
        return _chunks(self._plan.changes(), self._change)

    def left_alone(self) -> Iterator[bytes]:
        """Yield chunks of what is left alone. Rows that stand for several records are all listed,
        and of the others the first of each kind and reason."""
        return _chunks(self._listed(), self._left)

    def _change(self, change: Change, fields: dict[str, int]) -> list[Any]:
        return [
            self._kinds[change.kind],
            self._actions[change.action],
            self._orgs[change.org],
            _key(change.kind, change.key),
            _values(change.before, fields),
            _values(change.after, fields),
        ]

    def _left(self, left: LeftAlone, _: dict[str, int]) -> list[Any]:
        # The detail is a sentence why the record is locked, or else the name of a field.
        locked = left.reason is Reason.LOCKED
        return [
            self._kinds[left.kind],
            self._reasons[left.reason],
            self._orgs[left.org],
            _key(left.kind, left.key),
            left.vendor_id,
            left.detail,
            left.records,
            bool(left.detail) and not locked,
        ]

    def _listed(self) -> Iterator[LeftAlone]:
        seen: Counter[tuple[str, Reason]] = Counter()
        for left in self._plan.left_alone():
            if left.records == 1:
                seen[left.kind, left.reason] += 1
                if seen[left.kind, left.reason] > LISTED:
                    continue
            yield left


def _problems(group: ProblemGroup) -> dict[str, Any]:
    return {
        "heading": group.heading,
        "file": group.file,
        "name": group.name,
        "count": group.count,
        "first": [str(problem) for problem in group.first],
        "more": group.more,
    }


def _chunks(
    rows: Iterable[_Row], convert: Callable[[_Row, dict[str, int]], list[Any]]
) -> Iterator[bytes]:
    """Convert the rows, and yield them as JSON. Each chunk has the names of its fields."""
    remaining = iter(rows)
    while batch := list(islice(remaining, _CHUNK)):
        fields: dict[str, int] = {}
        converted = [convert(row, fields) for row in batch]
        yield _json({"fields": [*fields], "rows": converted})


def _key(kind: str, key: str) -> str | list[str]:
    """Return the key, or its parts if the page may know the names of the parts."""
    return split(key) if kind in KEY_PARTS else _plain(key)


def _values(values: Mapping[str, str], fields: dict[str, int]) -> list[int | str]:
    """Return the place of each field's name, followed by its value."""
    flat: list[int | str] = []
    for name, value in values.items():
        flat += (fields.setdefault(name, len(fields)), _plain(value))
    return flat


def _plain(text: str) -> str:
    """Return the parts of a text as a person would write them."""
    return text.replace(SEPARATOR, ", ")


def _used(words_of: type[_Word], used: set[_Word]) -> dict[_Word, int]:
    """Return the places of the words that are used, in the order of their definition."""
    return _places(word for word in words_of if word in used)


def _places(names: Iterable[_Text]) -> dict[_Text, int]:
    return {name: place for place, name in enumerate(names)}


def _org_order(org: str) -> tuple[bool, str]:
    """Records without a school come last."""
    return not org, org


def _kind_order(kind: str) -> tuple[int, str]:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind


def _json(value: Any) -> bytes:
    """Return JSON that can't end the script element that it is in."""
    return orjson.dumps(value).replace(b"<", rb"\u003c")
