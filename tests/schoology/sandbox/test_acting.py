"""Requests as another user, and requests inside ``multiget``."""

from __future__ import annotations

import json

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient, outer
from .rosters import sample_roster

HEADER = "X-Schoology-Run-As"


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)


async def test_acting_as_another_user(raw: RawClient, sandbox: SchoologySandbox) -> None:
    got = await raw("GET", "app-user-info", send={HEADER: "48289"})
    assert got.json["api_uid"] == 48289
    code = {"access_code": sandbox.school.sections["3719526"].access_code}
    got = await raw("POST", "sections/accesscode", code, send={HEADER: "48289"})
    assert got.json["uid"] == "48289"
    assert (await raw("GET", "app-user-info")).json[
        "api_uid"
    ] == 45552  # only that request was as another user


@pytest.mark.parametrize("uid", ["1", "s1", ""])
async def test_acting_as_an_unknown_user_is_refused(raw: RawClient, uid: str) -> None:
    got = await raw("GET", "app-user-info", send={HEADER: uid})
    assert (got.status, got.text) == (403, "")


async def test_acting_as_another_user_can_be_forbidden(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    sandbox.quirks.run_as_allowed = False
    got = await raw("GET", "app-user-info", send={HEADER: "48289"})
    assert (got.status, got.text) == (403, "")
    assert (await raw("GET", "app-user-info")).status == 200


async def test_requests_inside_a_multiget_request(sandbox: SchoologySandbox) -> None:
    whole = outer(sandbox)
    response = sandbox.dispatch("sections?section_school_codes=SI200&include_past=", whole)
    assert response.status == 200
    body = json.loads(response.body)
    assert [row["id"] for row in body["section"]] == ["4318461"]
    assert sandbox.dispatch("sections/ext/no%2Fthing", whole).status == 404
    sandbox.forbidden.add("courses/1407691")
    assert sandbox.dispatch("courses/1407691", whole).status == 403
    sandbox.personal_key = True
    assert sandbox.dispatch("sections/4318461", whole).status == 401
