"""The responses of the benchmarks' vendor, made with as little work as possible.

The vendor finds the ``school_uid`` of each row with one regular expression and responds with one
result per row, in the format of Schoology's bulk create. Pages of a list are made once and kept. No
JSON is parsed and no signature checked.
"""

from __future__ import annotations

import itertools
import re
from functools import cache

import orjson

from . import long_lists
from .school import cells, filled

#: How many users the list has, and how many a page has.
LISTED, PAGE = 20_000, 200

_SCHOOL_UID = re.compile(rb'"school_uid": ?"([^"]*)"')
_START = re.compile(rb"[?&]start=(\d+)")
_RESULT = (
    b'{"response_code":200,"location":"http://localhost/v1/users/1%b","school_uid":"%b","id":"1%b"}'
)


def user(number: int) -> dict[str, object]:
    """Return a user like one in Schoology's list: 27 fields, with ids as text and as numbers."""
    person = filled(cells(number))
    return {
        "uid": str(10_000_000 + number),
        "id": 10_000_000 + number,
        "school_id": 2_908_525_646,
        "synced": 1,
        "school_uid": person["school_uid"],
        "building_id": 10_243_971,
        "additional_buildings": person.get("additional_buildings", ""),
        "name_title": "",
        "name_title_show": 0,
        "name_first": person["name_first"],
        "name_first_preferred": person.get("name_first_preferred", ""),
        "name_middle": person.get("name_middle", ""),
        "name_middle_show": 0,
        "name_last": person["name_last"],
        "name_display": f"{person['name_first']} {person['name_last']}",
        "username": person["username"],
        "primary_email": person["primary_email"],
        "picture_url": "https://asset-cdn.schoology.com/sites/all/themes/default_user.png",
        "gender": person["gender"],
        "position": None,
        "grad_year": person["grad_year"],
        "password": "",
        "role_id": 266_721,
        "tz_offset": -5,
        "tz_name": "America/New_York",
        "parents": None,
        "child_uids": None,
    }


def _v1_user() -> dict[str, object]:
    """Return a user like one of ManageBac's v1."""
    person = filled(cells(1))
    return {
        "id": 10_752_601,
        "type": "Students",
        "student_id": person["school_uid"],
        "first_name": person["name_first"],
        "last_name": person["name_last"],
        "nickname": None,
        "other_name": "",
        "email": person["primary_email"],
        "gender": "Female",
        "birthday": person["birthday_date"],
        "program": "ib",
        "class_year": 11,
        "parents_ids": [10_752_602, 10_752_603],
        "language": "en",
        "nationality1": "GB",
        "phone_number": None,
        "street_address": "1 School Lane",
        "city": "Springfield",
        "zipcode": "12345",
        "country": "US",
    }


ONE_USER = orjson.dumps(user(1) | {"send_message": 1})
_V1_USER = orjson.dumps({"status": "Success", "user": _v1_user()})
_ROW_OF_USER = long_lists.row_template({name: it for name, it in user(1).items() if name != "uid"})
_V1_CREATED = b'{"status":"Success","user_id":%d}'
#: Each user that v1 creates has an id of its own: two rows with one id would be one user.
_v1_ids = itertools.count(10_752_601)


def answer(head: bytes, body: bytes) -> tuple[int, bytes]:
    """Return status and body for a request, given its head and body."""
    path = head[: head.find(b"\r\n")].partition(b" ")[2]
    if b"/api/users" in path:
        return 200, _V1_USER if head.startswith(b"GET") else _V1_CREATED % next(_v1_ids)
    if head.startswith(b"GET"):
        if b"/memberships" in path:
            return 200, long_lists.memberships(path)
        if b"/people" in path:
            return 200, long_lists.people(path, _ROW_OF_USER)
        if b"/users/" in path:
            return 200, ONE_USER
        start = _START.search(path)
        return 200, page(int(start[1]) if start else 0)
    return 207, results(body)


def results(body: bytes) -> bytes:
    """Return the response to a bulk create, with each row done."""
    items = b",".join(_RESULT % (uid[1:], uid, uid[1:]) for uid in _SCHOOL_UID.findall(body))
    return b'{"user":[' + items + b"]}"


@cache
def page(start: int) -> bytes:
    """Return the page of the list that begins at ``start``."""
    end = min(start + PAGE, LISTED)
    links = {"self": f"http://localhost/v1/users?start={start}&limit={PAGE}"}
    if end < LISTED:
        links["next"] = f"/v1/users?start={end}&limit={PAGE}"
    rows = [user(number) for number in range(start, end)]
    return orjson.dumps({"user": rows, "total": LISTED, "links": links})
