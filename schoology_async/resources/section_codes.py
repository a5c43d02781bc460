"""Identify sections by their codes, to match rows, items of responses and records.

A ``section_school_code`` is unique in the school. A ``section_code`` is unique in its course and
grading periods (vendor page: Course Sections, "Fields").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from ..bulk_results import FieldReader, ItemReader

_SCHOOL_CODE, _CODE = FieldReader("section_school_code"), FieldReader("section_code")
#: The first element of a key: a key by ``section_school_code``, or by ``section_code``.
_SCHOOL, _COURSE = "school", "course"


def section_key(section: Mapping[str, Any]) -> Hashable | None:
    """Return the key of a section that was sent or received; ``None`` if it has no code."""
    school_code = _SCHOOL_CODE(section)
    return code_key(section) if school_code is None else (_SCHOOL, school_code)


def code_key(section: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the key of a section in its course; ``None`` if it has no ``section_code``."""
    code = _CODE(section)
    return None if code is None else (_COURSE, code, _periods(section))


def section_reader(keys: Iterable[Hashable | None]) -> ItemReader[Hashable]:
    """Return a function that finds, for an item of a response, the key of its row in ``keys``.

    The codes of an item may differ from the codes of its row: an item may lack a code or have
    another one.
    """
    known = set(keys)
    times = Counter(key[:2] for key in known if isinstance(key, tuple))
    by_code = {key[:2]: key for key in known if isinstance(key, tuple) and times[key[:2]] == 1}

    def read(item: Any) -> Hashable | None:
        if not isinstance(item, dict):
            return None
        school_code, code = _SCHOOL_CODE(item), _CODE(item)
        if school_code is not None and (_SCHOOL, school_code) in known:
            return _SCHOOL, school_code
        if code is not None:
            key = _COURSE, code, _periods(item)
            return key if key in known else by_code.get((_COURSE, code), key)
        return None if school_code is None else (_SCHOOL, school_code)

    return read


def _periods(section: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the grading periods, sorted, since Schoology does not keep their order."""
    periods = section.get("grading_periods")
    if isinstance(periods, str):
        periods = periods.split(",")
    return tuple(sorted(map(str, periods))) if isinstance(periods, list | tuple) else ()
