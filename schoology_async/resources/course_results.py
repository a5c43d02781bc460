"""Read the response to a bulk of courses, and the results of the sections inside them.

A course in the response may have ``sections.section``, with a ``response_code`` per section.
Schoology does not document this. Without it, the results of the sections are ``unknown``.
"""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.bulk.endpoint import Results
from lms_async.bulk.rows import Rows
from lms_async.bulk.status import UNMENTIONED, with_parts
from lms_async.outcome import RowError, RowResult, Status

from ..bulk_results import FieldReader, id_or_location, match_items, parse_item, parse_results
from ..models.converter import as_list
from .lookup_courses import sections_of
from .section_codes import section_key, section_reader

_COURSE_CODE = FieldReader("course_code")


def sections_in(rows: Rows[Any]) -> dict[int, list[dict[str, Any]]]:
    """Return the sections of each course that has any, by the course's position in ``rows``."""
    if b'"sections"' not in rows.json:
        return {}
    sent = enumerate(map(sections_of, orjson.loads(rows.json)))
    return {place: sections for place, sections in sent if sections}


def read_courses(items: list[Any], rows: Rows[Any]) -> Results:
    """Return one result per course, with the results of its sections."""
    sections = sections_in(rows)
    if not sections:
        return parse_results(items, rows, key=_COURSE_CODE, id=id_or_location)
    matched = match_items(items, rows.keys, _COURSE_CODE)
    results = [parse_item(item, id_or_location) for item in matched]
    for place, sent in sections.items():
        whole = results[place]
        if whole is not None:
            results[place] = with_parts(whole, _parts(matched[place], sent), field="sections")
    return results


def _parts(item: Any, sent: list[dict[str, Any]]) -> list[RowResult]:
    inside = item.get("sections")
    if isinstance(inside, dict):
        inside = inside.get("section", inside)
    keys = [section_key(section) for section in sent]
    matched = match_items(as_list(inside), keys, section_reader(keys))
    parts = [parse_item(one, id_or_location) or UNMENTIONED for one in matched]
    first: dict[str, int] = {}
    for place, part in enumerate(parts):
        # The vendor may treat two codes as equal. One section has then overwritten the other.
        if part.id is not None and (other := first.setdefault(part.id, place)) != place:
            why = f"the vendor changed the same section for sections[{other}]"
            parts[place] = RowResult(Status.UNKNOWN, None, RowError("same_record", why))
    return parts
