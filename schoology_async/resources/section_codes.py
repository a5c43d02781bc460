"""Which section a row, an item of a response, or a record means.

A section is known by its ``section_school_code``, which is unique in the school; or by its
``section_code``, which is unique in its course and grading periods (vendor page: Course Sections,
"Fields").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from ..bulk_results import FieldReader, ItemReader

_SCHOOL_CODE, _CODE = FieldReader("section_school_code"), FieldReader("section_code")
#: Of two keys, the first has the ``section_school_code``, and the second has the rest.
_SCHOOL, _COURSE = "school", "course"


def section_key(section: Mapping[str, Any]) -> Hashable | None:
    """Return a section's key, from the fields that are sent or shown; ``None`` without a code."""
    school_code = _SCHOOL_CODE(section)
    return code_key(section) if school_code is None else (_SCHOOL, school_code)


def code_key(section: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the key of a section within its course; ``None`` without a ``section_code``."""
    code = _CODE(section)
    return None if code is None else (_COURSE, code, _periods(section))


def section_reader(keys: Iterable[Hashable | None]) -> ItemReader[Hashable]:
    """Return a function that reads from an item of a response which of ``keys`` it means.

    An item may have a code that its row does not have, or lack one that its row has.
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
    """The ids of the grading periods, in an order of their own: the vendor's differs."""
    given = section.get("grading_periods")
    if isinstance(given, str):
        given = given.split(",")
    return tuple(sorted(str(one) for one in given)) if isinstance(given, list | tuple) else ()
