"""Two lists of the benchmarks' vendor that are too long to keep their pages: rows differ by id."""

from __future__ import annotations

import re

import orjson

ROWS, PAGE = 100_000, 200

_START = re.compile(rb"[?&]start=(\d+)")
_NUMBER = re.compile(rb"[?&]page=(\d+)")
_ID = b"4294967295"


def row_template(row: dict[str, object]) -> bytes:
    """Return a row as JSON, with a mark in place of its id."""
    return orjson.dumps({name: int(_ID) if name == "id" else it for name, it in row.items()})


_MEMBERSHIP = row_template(
    {
        "id": 0,
        "user_id": 10_752_601,
        "class_id": 10_752_602,
        "role": "Student",
        "level": "HL",
        "updated_at": "2026-11-01T08:00:00.000Z",
    }
)


def people(path: bytes, template: bytes) -> bytes:
    """Return a page by offset, in Schoology's format."""
    found = _START.search(path)
    start = int(found[1]) if found else 0
    end = min(start + PAGE, ROWS)
    links = b'{"next":"?start=%d&limit=%d"}' % (end, PAGE) if end < ROWS else b"{}"
    return b'{"user":[%b],"total":"%d","links":%b}' % (
        _rows(template, start, end),
        ROWS,
        links,
    )


def memberships(path: bytes) -> bytes:
    """Return a page by its number, in ManageBac's format."""
    found = _NUMBER.search(path)
    number = int(found[1]) if found else 1
    last = -(-ROWS // PAGE)
    start = (number - 1) * PAGE
    meta = {"current_page": number, "total_pages": last, "total_count": ROWS, "per_page": PAGE}
    rows = _rows(_MEMBERSHIP, start, min(start + PAGE, ROWS))
    return b'{"memberships":[%b],"meta":%b}' % (rows, orjson.dumps(meta))


def _rows(template: bytes, start: int, end: int) -> bytes:
    return b",".join(template.replace(_ID, b"%d" % (1 + one)) for one in range(start, end))
