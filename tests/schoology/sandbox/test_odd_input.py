"""The sandbox answers any request. A crash must not look like the vendor's 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, MultiDict

from lms_async.sandbox import Request
from schoology_async.sandbox import SchoologySandbox

from .raw import JSON
from .rosters import sample_roster

IDS = st.sampled_from(["1407691", "4318461", "48289", 48289, "13011", "65371", "SI200", "CC106"])
SCALARS = IDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)
NAMES = st.sampled_from(
    [
        *("id", "uid", "title", "course_code", "section_code", "section_school_code", "admin"),
        *("status", "grading_periods", "sections", "school_uid", "realm", "section_id", "options"),
        *("credits", "synced", "meeting_days", "start_time", "delete", "subject_area", "start"),
        *("end", "building_id", "request_action", "invite", "access_code", "source_section_id"),
        *("course_id", "group_id", "privacy_level", "city", "section_title"),
    ]
)
FIELDS = st.dictionaries(NAMES, ANYTHING, max_size=8)
ROWS = ANYTHING | FIELDS | st.lists(FIELDS, max_size=3)
PATHS = {
    "courses": ("courses", "course"),
    "courses/1407691": (),
    "courses/1407691/sections": ("sections", "section"),
    "sections": ("sections", "section"),
    "sections/4318461": (),
    "sections/copy": ("sections", "section"),
    "sections/4318461/enrollments": ("enrollments", "enrollment"),
    "sections/4318461/accesscode": (),
    "enrollments": ("enrollments", "enrollment"),
    "enrollments/import/course": ("enrollments", "enrollment"),
    "enrollments/import/course/13011,435": ("enrollments", "enrollment"),
    "groups": (),
    "groups/65371": (),
    "schools": (),
    "schools/344232": (),
    "gradingperiods": (),
    "gradingperiods/13011": (),
    "users/48289/requests/friends/39095": (),
    "users/48289/invites/groups/55232611": (),
}
EXPECTED = {200, 201, 204, 207, 400, 403, 404, 405}


def sandbox() -> SchoologySandbox:
    made = SchoologySandbox(port=1)  # not started; the tests call it directly
    sample_roster(made)
    group = made.school.groups.add(id="65371", title="Chess")
    made.school.connections.ask("48289", "45552")
    made.school.connections.invite("48289", "group", group.id)
    made.school.enrollments.add("section", "4318461", "48289")
    return made


def request(method: str, path: str, body: bytes = b"", **query: str) -> Request:
    headers = CIMultiDict({"Accept": JSON, "Content-Type": JSON})
    return Request(method, path, "", MultiDict(query), headers, body)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(["POST", "PUT"]),
    path=st.sampled_from(sorted(PATHS)),
    rows=ROWS,
    wrapped=st.booleans(),
    update=st.booleans(),
)
def test_any_body(method: str, path: str, rows: Any, wrapped: bool, update: bool) -> None:
    body = rows
    if wrapped:
        for name in reversed(PATHS[path]):
            body = {name: body}
    made = sandbox()
    query = {"update_existing": "1"} if update else {}
    response = made.act(request(method, path, json.dumps(body).encode(), **query))
    assert response.status in EXPECTED
    # The written records can be read.
    for listed in ("courses", "courses/1407691/sections", "sections/4318461/enrollments"):
        assert made.act(request("GET", listed)).status in {200, 404}
    for whole in ("groups", "schools", "gradingperiods", "csvexport/group_enrollments"):
        assert made.act(request("GET", whole)).status == 200


@given(
    path=st.sampled_from(
        [
            *("courses", "groups", "sections", "gradingperiods", "schools", "roles", "search"),
            *("sections/4318461/enrollments", "sections/4318461/grades", "users/48289/sections"),
            *("sections/4318461/attendance", "users/48289/network", "users/48289/grades"),
            *("users/48289/requests/friends", "csvexport/users", "courses/1407691/sections"),
        ]
    ),
    query=st.dictionaries(
        st.sampled_from(
            [
                *("start", "limit", "page", "uid", "type", "enrollment_status", "include_past"),
                *("keywords", "fields", "title", "startswith", "created_offset", "timestamp"),
                *("section_school_codes", "grading_period_ids", "building_id", "end"),
            ]
        ),
        st.text(max_size=6) | st.just("9" * 5000) | st.just("9999-99-99") | st.just("@9"),
    ),
)
@settings(max_examples=200, deadline=None)
def test_any_query(path: str, query: dict[str, str]) -> None:
    response = sandbox().act(request("GET", path, **query))
    assert response.status in EXPECTED


@pytest.mark.parametrize(
    "path",
    [
        *("courses", "sections", "enrollments", "groups", "schools", "gradingperiods"),
        *("courses/1", "sections/1/x", "groups/1", "schools/1", "roles/1", "csvexport"),
        *("enrollments/import", "enrollments/import/course/1/2", "users/48289/invites"),
        *("", "sections/", "courses/1407691/sections/1", "sections/4318461/enrollments/1/2"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_any_method(method: str, path: str) -> None:
    assert sandbox().act(request(method, path, b"{}")).status in EXPECTED


def test_invalid_sections_of_one_course_do_not_reject_the_other_courses() -> None:
    made = sandbox()
    good: dict[str, Any] = {"title": "T", "course_code": "T"}
    rows = [good | {"sections": "none"}, good]
    body = json.dumps({"courses": {"course": rows}}).encode()
    response = made.act(request("POST", "courses", body))
    assert [row["response_code"] for row in json.loads(response.body)["course"]] == [400, 200]
    assert made.school.courses.creates == {"T": 1}
