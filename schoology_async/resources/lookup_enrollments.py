"""Look up enrollments whose response was lost, in the lists of their sections and groups.

Sending a missing enrollment again never enrolls a person twice, because a person is in a section or
group only once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.rows import Rows
from lms_async.errors import BadRequest, NotFound
from lms_async.http.call import get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import portions, query_params
from lms_async.outcome import RowResult, Status

from ..models import Enrollment, Section
from .lookup_sections import find_sections
from .realms import Realm

#: All statuses of an enrollment. Without this filter, Schoology may return active ones only.
_ALL = "1,2,3,4,5"
_ACTIVE = 1
#: Enrollments by ``uid``; ``None`` if they can't be read.
_People = dict[str, Enrollment] | None


async def look_up_created(
    transport: Transport, rows: Rows[Any], *, update_existing: bool
) -> list[Found]:
    """Look up enrollments by ``uid``, with one request per section or group.

    The keys of the rows are ``(kind of realm, id of realm, uid)``.

    :param update_existing: whether sending a row again updates the enrollment.
    :raises LmsError: the look-up failed.
    """
    uids: dict[Realm, list[str]] = {}
    for key in rows.keys:
        kind, id_, uid = _texts(key)
        uids.setdefault(Realm(kind, id_), []).append(uid)
    people = {realm: await _enrolled(transport, realm, wanted) for realm, wanted in uids.items()}
    found: list[Found] = []
    for key, body in zip(rows.keys, rows.bodies, strict=True):
        kind, id_, uid = _texts(key)
        known = people[Realm(kind, id_)]
        if known is None:
            found.append(None)
            continue
        enrollment = known.get(uid)
        sent = orjson.loads(body)
        if enrollment is None:
            found.append(ABSENT)
        elif enrollment.admin == bool(int(sent["admin"])) and enrollment.status == sent["status"]:
            found.append(RowResult(Status.DONE, enrollment.id))
        else:
            found.append(DIFFERENT if update_existing else Present(enrollment.id))
    return found


async def look_up_imported(transport: Transport, rows: Rows[Any]) -> list[Found]:
    """Look up enrollments by ``section_school_code`` and ``school_uid``.

    This sends one request per 50 sections, and then one per section for its people.

    The keys of the rows are ``(section_school_code, school_uid)``.

    :raises LmsError: the look-up failed.
    """
    codes = {_texts(key)[0] for key in rows.keys}
    sections = await find_sections(transport, codes)
    people: dict[str, list[Enrollment] | None] = {}
    for code, section in sections.items():
        people[code] = None
        if isinstance(section, Section) and section.id:
            people[code] = await _all(transport, Realm("section", section.id), ())
    return [
        _imported(people[_texts(key)[0]], _texts(key)[1], orjson.loads(body))
        for key, body in zip(rows.keys, rows.bodies, strict=True)
    ]


def _imported(people: list[Enrollment] | None, school_uid: str, sent: dict[str, Any]) -> Found:
    if people is None:
        return None
    enrollment = next((one for one in people if one.school_uid == school_uid), None)
    removes = str(sent.get("delete", 0)) == "1"
    if enrollment is None:
        if not removes:
            return ABSENT
        # Schoology may hide school_uids. Then a person without one may be the person of the row. It
        # may also treat ids as equal that differ in case or blanks.
        may_be_there = any(_plain(one.school_uid) in ("", _plain(school_uid)) for one in people)
        return DIFFERENT if may_be_there else RowResult(Status.DONE)
    admin = sent.get("admin")
    if removes or enrollment.status != _ACTIVE:
        return DIFFERENT
    if admin not in (None, "") and enrollment.admin != bool(int(admin)):
        return DIFFERENT
    return RowResult(Status.DONE, enrollment.id)


def _plain(school_uid: str | None) -> str:
    return (school_uid or "").strip().casefold()


async def _enrolled(transport: Transport, realm: Realm, uids: list[str]) -> _People:
    people: dict[str, Enrollment] = {}
    for portion in portions(uids, at_most=50):
        enrollments = await _all(transport, realm, portion)
        if enrollments is None:
            return None
        people.update((one.uid, one) for one in enrollments if one.uid)
    return people


async def _all(transport: Transport, realm: Realm, uids: Iterable[str]) -> list[Enrollment] | None:
    """Return the enrollments of a realm; ``None`` if the account can't see the realm."""
    call = get(
        realm.enrollments(),
        query=query_params(uid=list(uids) or None, enrollment_status=_ALL, limit=200),
        returns=list[Enrollment],
        envelope_key="enrollment",
    )
    try:
        return await Pages(transport, call, Enrollment)
    except (NotFound, BadRequest):
        return None


def _texts(key: Any) -> tuple[str, ...]:
    return tuple(map(str, key))
