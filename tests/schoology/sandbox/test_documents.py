"""The sandbox against the vendor's documents, with the documents' own samples.

The requests are raw ones, signed by oauthlib's client side: nothing of ours helps.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from schoology_async.sandbox import Account, Mail, Reactivation, SchoologySandbox

from .raw import FORM, JSON, Raw

# -- the documents' samples

HOWLETT: dict[str, Any] = {
    "uid": "48289",
    "id": 48289,
    "school_id": 344232,
    "synced": 0,
    "school_uid": "s1",
    "building_id": 344232,
    "additional_buildings": "123,789",
    "name_title": "",
    "name_title_show": 0,
    "name_first": "James",
    "name_first_preferred": "",
    "name_middle": "",
    "name_middle_show": 0,
    "name_last": "Howlett",
    "name_display": "James Howlett",
    "username": "jlogan",
    "primary_email": "",
    "picture_url": " ... URL .. ",
    "gender": None,
    "position": None,
    "grad_year": "",
    "password": "",
    "role_id": 1214,
    "tz_offset": -4,
    "tz_name": "America/New_York",
    "parents": None,
    "child_uids": None,
}
STRICKLAND = HOWLETT | {
    "uid": "45552",
    "id": 45552,
    "school_uid": "",
    "additional_buildings": "456,789",
    "name_first": "Mr.",
    "name_last": "Strickland",
    "name_display": "Mr. Strickland",
    "username": "mrstrickland",
    "primary_email": "asd@zz",
    "role_id": 1212,
}
FS1 = HOWLETT | {
    "uid": "1670713",
    "id": 1670713,
    "school_uid": "",
    "building_id": 5171921,
    "additional_buildings": "123",
    "name_first": "fs1",
    "name_last": "student",
    "name_display": "fs1 student",
    "username": "",
    "primary_email": "fs1@student.com",
    "tz_offset": 0,
    "tz_name": "Africa/Abidjan",
}
TEST123 = {
    "school_uid": "test123",
    "name_first": "John",
    "name_last": "Smith",
    "primary_email": "test123@myclass.com",
    "role_id": "2451",
    "additional_buildings": "456",
}
TEST456 = {
    "school_uid": "test456",
    "name_first": "Peter",
    "name_last": "Sound",
    "primary_email": "test456@myclass.com",
    "role_id": "2451",
    "additional_buildings": "456,789",
}
BULK = {"users": {"user": [TEST123, TEST456]}}
CREATED_ROW = {"response_code": int, "location": str, "school_uid": str, "id": str}
NOT_WRITABLE = ("uid", "id", "school_id", "name_display", "picture_url", "tz_offset", "password")


def put_in(sandbox: SchoologySandbox, sample: dict[str, Any]) -> Account:
    """Make an account as a sample shows it."""
    fields = {k: v for k, v in sample.items() if k not in NOT_WRITABLE}
    return sandbox.school.add(fields, uid=sample["uid"])


def sample_school(sandbox: SchoologySandbox) -> None:
    sandbox.school.remove("45552")
    for sample in (HOWLETT, STRICKLAND, FS1):
        put_in(sandbox, sample)


def like(answer: dict[str, Any], sample: dict[str, Any]) -> dict[str, Any]:
    """The sample with what it leaves out: its URLs."""
    return sample | {"picture_url": answer["picture_url"]}


# -- the sixteen operations


async def test_create(raw: Raw, sandbox: SchoologySandbox) -> None:
    got = await raw("POST", "users", TEST123)
    assert got.status == 201
    new = got.json
    uid = new["uid"]
    assert new == like(new, HOWLETT) | {
        "uid": uid,
        "id": int(uid),
        "school_uid": "test123",
        "additional_buildings": "456",
        "name_first": "John",
        "name_last": "Smith",
        "name_display": "John Smith",
        "username": "",
        "primary_email": "test123@myclass.com",
        "role_id": 2451,
        "send_message": 1,
        "links": {"self": f"{sandbox.base_url}users/{uid}"},
    }
    assert sandbox.school.creates == {"test123": 1}


async def test_bulk_create(raw: Raw, sandbox: SchoologySandbox) -> None:
    got = await raw("POST", "users", BULK)
    assert got.status == 207
    assert list(got.json) == ["user"]
    rows = got.json["user"]
    assert [{k: type(v) for k, v in row.items()} for row in rows] == [CREATED_ROW] * 2
    for row, sent in zip(rows, BULK["users"]["user"], strict=True):
        account = sandbox.school.by_school_uid(sent["school_uid"])
        assert account is not None
        assert row == {
            "response_code": 200,
            "location": f"{sandbox.base_url}users/{account.uid}",
            "school_uid": sent["school_uid"],
            "id": account.uid,
        }
        assert account.primary_email == sent["primary_email"]
    assert r"http:\/\/127.0.0.1" in got.text  # slashes as the samples have them


async def test_list(raw: Raw, sandbox: SchoologySandbox) -> None:
    sample_school(sandbox)
    got = await raw("GET", "users")
    assert got.status == 200
    body = got.json
    expected = [like(a, b) for a, b in zip(body["user"], (HOWLETT, STRICKLAND, FS1), strict=True)]
    assert body["user"] == expected
    assert body["total"] == "3"
    assert body["links"] == {"self": f"{sandbox.base_url}users?start=0&limit=20"}


async def test_list_inactive_and_view_inactive(raw: Raw, sandbox: SchoologySandbox) -> None:
    shaw = {"name_first": "Sebastian", "name_last": "Shaw", "school_uid": "zxsc234"}
    john = {"name_first": "John", "name_last": "Student", "school_uid": "john1", "synced": 1}
    for uid, fields, at in (("48490", shaw, 1359504792), ("248106", john, 1377293806)):
        sandbox.school.add(fields, uid=uid)
        sandbox.school.delete(uid, keep_enrollments=True, email=False, at=at)
    sample = {
        "total": 2,
        "links": {"self": f"{sandbox.base_url}users/inactive?start=0&limit=20"},
        "user": [
            {
                "uid": 48490,
                "name": "Sebastian Shaw",
                "school_uid": "zxsc234",
                "synced": 0,
                "inactive_timestamp": 1359504792,
                "modified_by_uid": 45552,
            },
            {
                "uid": 248106,
                "name": "John Student",
                "school_uid": "john1",
                "synced": 1,
                "inactive_timestamp": 1377293806,
                "modified_by_uid": 45552,
            },
        ],
    }
    assert (await raw("GET", "users/inactive")).json == sample
    assert (await raw("GET", "users/inactive/48490")).json == sample["user"][0]  # type: ignore[index]
    assert (await raw("GET", "users/inactive/45552")).status == 404
    assert (await raw("GET", "users/48490")).status == 404
    page = (await raw("GET", "users/inactive", start=1, limit=1)).json
    assert [row["uid"] for row in page["user"]] == [248106]
    assert "next" not in page["links"]


async def test_view(raw: Raw, sandbox: SchoologySandbox) -> None:
    sample_school(sandbox)
    got = await raw("GET", "users/45552")
    assert got.status == 200
    assert got.json == like(got.json, STRICKLAND) | {"send_message": 1}


async def test_update(raw: Raw, sandbox: SchoologySandbox) -> None:
    uid = sandbox.school.add(TEST123, gender="F").uid
    got = await raw("PUT", f"users/{uid}", {"name_first": "Ana", "password": ""})
    assert (got.status, got.text, got.headers["Content-Type"]) == (204, "", "text/xml")
    account = sandbox.school.users[uid]
    assert (account.name_first, account.gender) == ("Ana", "F")
    assert not account.has_password
    assert sandbox.school.updates == {uid: 1}


async def test_bulk_update(raw: Raw, sandbox: SchoologySandbox) -> None:
    for uid, school_uid in (("23546", "a"), ("65843", "b")):
        sandbox.school.add(uid=uid, school_uid=school_uid, username=school_uid)
    rows = [TEST123 | {"id": "23546"}, TEST456 | {"id": "65843"}]
    got = await raw("PUT", "users", {"users": {"user": rows}})
    assert got.status == 207
    assert got.json == {
        "user": [
            {
                "response_code": 200,
                "location": f"{sandbox.base_url}users/{uid}",
                "id": uid,
                "school_uid": school_uid,
            }
            for uid, school_uid in (("23546", "test123"), ("65843", "test456"))
        ]
    }
    assert sandbox.school.users["65843"].name_first == "Peter"


async def test_a_bulk_update_takes_partial_rows_and_fails_by_row(
    raw: Raw, sandbox: SchoologySandbox
) -> None:
    sandbox.school.add(TEST123, uid="23546")
    rows = [
        {"id": 23546, "birthday_date": "2011-12-13"},
        {"id": "1", "gender": "F"},
        {"gender": "F"},
        {"id": "23546", "gender": "?"},
    ]
    got = await raw("PUT", "users", {"users": {"user": rows}})
    assert [row["response_code"] for row in got.json["user"]] == [200, 404, 400, 400]
    assert got.json["user"][1] == {
        "response_code": 404,
        "id": "1",
        "message": "There is no user 1.",
    }
    assert sandbox.school.users["23546"].birthday_date == "2011-12-13"
    assert sandbox.school.users["23546"].gender is None
    assert sandbox.school.updates == {"23546": 1}


async def test_reactivate(raw: Raw, sandbox: SchoologySandbox) -> None:
    for uid in ("6546816", "546468"):
        sandbox.school.add(uid=uid)
        sandbox.school.delete(uid, keep_enrollments=True, email=False)
    sample = {
        "user": [
            {"uid": "6546816", "option_reenroll": "1"},
            {"uid": "546468", "option_reenroll": "0"},
        ]
    }
    got = await raw("PUT", "users/reactivate", sample)
    assert got.status == 207
    assert got.json == {
        "user": [
            {
                "response_code": 200,
                "location": f"{sandbox.base_url}users/{uid}",
                "message": "You have successfully re-actived this user.",
            }
            for uid in ("6546816", "546468")
        ]
    }
    assert sandbox.school.reactivations == [
        Reactivation("6546816", reenrolled=True),
        Reactivation("546468", reenrolled=False),
    ]
    again = await raw("PUT", "users/reactivate", {"user": sample["user"][0]})
    assert again.json["user"][0]["response_code"] == 400
    wrapped = await raw("PUT", "users/reactivate", {"users": sample})
    assert wrapped.status == 400


async def test_delete_by_default(raw: Raw, sandbox: SchoologySandbox) -> None:
    uid = sandbox.school.add(TEST123).uid
    got = await raw("DELETE", f"users/{uid}")
    assert (got.status, got.text, got.headers["Content-Type"]) == (204, "", "text/xml")
    assert not sandbox.school.inactive[uid].account.has_history
    assert sandbox.school.mails == [Mail(uid, "made inactive")]
    again = await raw("DELETE", f"users/{uid}")
    assert (again.status, again.text) == (404, "")


@pytest.mark.parametrize(("notify", "mails"), [("0", 0), ("1", 1)])
async def test_delete_with_everything_said(
    raw: Raw, sandbox: SchoologySandbox, notify: str, mails: int
) -> None:
    uid = sandbox.school.add(TEST123).uid
    await raw(
        "DELETE",
        f"users/{uid}",
        option_keep_enrollments="1",
        email_notification=notify,
        option_comment="moved away, to Łódź",
    )
    assert sandbox.school.inactive[uid].account.has_history
    assert len(sandbox.school.mails) == mails
    (delete,) = sandbox.school.deletes
    assert (delete.keep_enrollments, delete.emailed, delete.comment) == (
        True,
        notify == "1",
        "moved away, to Łódź",
    )


async def test_bulk_delete(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.school.add(uid="11")
    sandbox.school.add(uid="12")
    got = await raw("DELETE", "users", uids="11,99,12", option_keep_enrollments=1)
    assert got.status == 207
    assert [(row["response_code"], row["id"]) for row in got.json["user"]] == [
        (200, "11"),
        (404, "99"),
        (200, "12"),
    ]
    assert list(sandbox.school.inactive) == ["11", "12"]
    assert all(entry.account.has_history for entry in sandbox.school.inactive.values())
    sandbox.quirks.bulk_delete_rows = False  # what the documents say instead
    sandbox.school.add(uid="13")
    got = await raw("DELETE", "users", uids="13")
    assert (got.status, got.text) == (204, "")
    assert "13" in sandbox.school.inactive
    assert (await raw("DELETE", "users")).status == 400
    assert "45552" in sandbox.school.users


@pytest.mark.parametrize("kind", ["advisor", "parent"])
async def test_import_associations(raw: Raw, sandbox: SchoologySandbox, kind: str) -> None:
    school = sandbox.school
    student, other, leaver, tied = (
        school.add(school_uid=uid).uid for uid in ("23546", "ABCDE", "78910", "FGHI")
    )
    ties = school.advisors if kind == "advisor" else school.parents
    ties.tie(leaver, tied)
    rows = [
        {"student_school_uid": "23546", f"{kind}_school_uid": "ABCDE"},
        {"student_school_uid": "78910", f"{kind}_school_uid": "FGHI", "delete": "1"},
        {"student_school_uid": "78910", f"{kind}_school_uid": "nobody"},
    ]
    path = f"users/import/associations/{kind}s"
    got = await raw("POST", path, {"associations": {"association": rows}})
    assert got.status == 207
    done, _, failed = got.json["association"]
    assert done == {
        "response_code": 200,
        "student_school_uid": "23546",
        "student_uid": student,
        f"{kind}_school_uid": "ABCDE",
        "advisor_uid": other,  # for a parent too: the documents' own quirk
    }
    assert failed["response_code"] == 404
    assert (student, other) in ties
    assert (leaver, tied) not in ties
    assert len(ties) == 1
    sandbox.quirks.parent_uid_key = "parent_uid"
    got = await raw("POST", path, {"associations": {"association": rows[:1]}})
    assert got.json["association"][0][f"{kind}_uid"] == other


async def test_me_and_ext_redirect(raw: Raw, sandbox: SchoologySandbox) -> None:
    uid = sandbox.school.add(school_uid="a/b ü#").uid
    for path, to in (("users/me", "45552"), ("users/ext/a%2Fb%20%C3%BC%23", uid)):
        got = await raw("GET", path)
        assert (got.status, got.text) == (303, "")
        assert got.headers["Location"] == f"{sandbox.base_url}users/{to}"
    sandbox.quirks.relative_location = True
    assert (await raw("GET", "users/me")).headers["Location"] == "/v1/users/45552"
    assert (await raw("GET", "users/ext/nobody")).status == 404


async def test_app_user_info(raw: Raw, sandbox: SchoologySandbox) -> None:
    info = (await raw("GET", "app-user-info")).json
    assert info.keys() == {"web_session_timestamp", "api_uid"}
    assert info["api_uid"] == 45552
    assert abs(info["web_session_timestamp"] - sandbox.clock.time()) < 5


async def test_languages(raw: Raw) -> None:
    languages = (await raw("GET", "users/languages")).json["language"]
    assert languages[0] == {"language_code": "en", "language_name": "English"}
    codes = ["en", "en-GB", "ar", "zh-hans", "fr-corp", "de", "ms", "es"]
    assert [row["language_code"] for row in languages] == codes


# -- the parameters of the bulk create


async def test_update_existing(raw: Raw, sandbox: SchoologySandbox) -> None:
    uid = sandbox.school.add(TEST123, gender="F").uid
    refused = await raw("POST", "users", BULK)
    assert [row["response_code"] for row in refused.json["user"]] == [409, 200]
    assert refused.json["user"][0].keys() == {"response_code", "school_uid", "message"}
    changed = TEST123 | {"name_first": "Ana"}
    got = await raw("POST", "users", {"users": {"user": [changed]}}, update_existing=1)
    assert got.json["user"][0]["response_code"] == 200
    assert got.json["user"][0]["id"] == uid
    account = sandbox.school.users[uid]
    assert (account.name_first, account.gender) == ("Ana", "F")
    assert sandbox.school.creates == {"test456": 1}
    assert sandbox.school.updates == {uid: 1}


@pytest.mark.parametrize(
    ("query", "code", "mail", "username"),
    [
        ({}, 409, "", ""),
        ({"ignore_email_conflicts": "1"}, 200, "", "test123"),
        ({"email_conflict_resolution": "1"}, 200, "", "john"),
        ({"email_conflict_resolution": "2"}, 200, "john@myclass.example", ""),
    ],
)
async def test_email_conflicts(
    raw: Raw, sandbox: SchoologySandbox, query: dict[str, str], code: int, mail: str, username: str
) -> None:
    sandbox.school.elsewhere["john@myclass.example"] = "Other School"
    row = TEST123 | {"primary_email": "john@myclass.example"}
    got = await raw("POST", "users", {"users": {"user": [row]}}, **query)
    assert got.json["user"][0]["response_code"] == code
    account = sandbox.school.by_school_uid("test123")
    assert (account is not None) is (code == 200)
    if account is not None:
        assert (account.primary_email, account.username) == (mail, username)


@pytest.mark.parametrize("key", ["message", "error", "errors"])
async def test_a_failed_row_says_why(raw: Raw, sandbox: SchoologySandbox, key: Any) -> None:
    sandbox.quirks.error_key = key
    rows = [TEST123, {"school_uid": "x"}, {}]
    got = await raw("POST", "users", {"users": {"user": rows}})
    assert got.status == 207
    assert got.json["user"][1:] == [
        {"response_code": 400, "school_uid": "x", key: "name_first is required."},
        {"response_code": 400, key: "school_uid is required."},
    ]
    assert len(sandbox.school.users) == 2


async def test_more_than_fifty_are_refused(raw: Raw, sandbox: SchoologySandbox) -> None:
    rows = [TEST123 | {"school_uid": f"s{n}", "primary_email": f"{n}@a.b"} for n in range(51)]
    assert (await raw("POST", "users", {"users": {"user": rows}})).status == 400
    assert not sandbox.school.creates
    assert (await raw("POST", "users", {"users": {"user": rows[:50]}})).status == 207
    assert len(sandbox.school.creates) == 50
    uids = ",".join(list(sandbox.school.users)[:51])
    assert (await raw("DELETE", "users", uids=uids)).status == 400
    assert (await raw("GET", "users", school_uids=uids)).status == 400


# -- lists


@pytest.mark.sandbox(page_cap=7, default_page=5)
async def test_pages(raw: Raw, sandbox: SchoologySandbox) -> None:
    for number in range(17):
        sandbox.school.add(school_uid=f"s{number}")
    first = (await raw("GET", "users")).json
    assert len(first["user"]) == 5
    assert first["total"] == "18"
    assert first["links"]["next"] == f"{sandbox.base_url}users?start=5&limit=5"
    uids, url = [], f"{sandbox.base_url}users?limit=200&role_ids=1214"
    while url:
        path, _, query = url.removeprefix(sandbox.base_url).partition("?")
        page = (await raw("GET", f"{path}?{query}")).json
        assert len(page["user"]) <= 7  # clamped, without a word
        assert page["total"] == "17"
        uids += [row["uid"] for row in page["user"]]
        url = page["links"].get("next")
    assert uids == list(sandbox.school.users)[1:]
    beyond = (await raw("GET", "users", start=400)).json
    assert beyond["user"] == []
    assert "next" not in beyond["links"]


@pytest.mark.sandbox(totals=False)
async def test_totals_can_be_missing(raw: Raw) -> None:
    for path in ("users", "users/inactive"):
        assert (await raw("GET", path)).json.keys() == {"user", "links"}


async def test_filters(raw: Raw, sandbox: SchoologySandbox) -> None:
    for number, role in enumerate((1213, 1214, 1215)):
        sandbox.school.add(school_uid=f"s{number}", role_id=role, building_id=number + 1)

    async def found(**query: Any) -> list[str]:
        return [row["school_uid"] for row in (await raw("GET", "users", **query)).json["user"]]

    assert await found(role_ids="1215,1213") == ["s0", "s2"]
    assert await found(building_id="2") == ["s1"]
    assert await found(school_uids="s2,nobody,s0,s2") == ["s0", "s2"]
    assert await found(uids="1", school_uid="s1") == ["", "s0", "s1", "s2"]  # unknown: ignored
    rows = (await raw("GET", "users", parent_access_codes="1")).json["user"]
    assert all(isinstance(row["parent_access_code"], str) for row in rows)


async def test_a_list_of_one_may_come_as_an_object(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.quirks.single_as_object = True
    assert (await raw("GET", "users")).json["user"]["uid"] == "45552"
    got = await raw("POST", "users", {"users": {"user": TEST123}})  # and may be sent as one
    assert got.json["user"]["response_code"] == 200
    assert len((await raw("GET", "users")).json["user"]) == 2
    assert (await raw("GET", "users/inactive")).json["user"] == []


async def test_parents_and_children_are_shown(raw: Raw, sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    child, sister, parent = (school.add(school_uid=uid).uid for uid in ("S1", "S2", "P1"))
    for student in (child, sister):
        school.parents.tie(student, parent)
    assert (await raw("GET", f"users/{parent}")).json["child_uids"] == f"{child},{sister}"
    shown = (await raw("GET", f"users/{child}")).json["parents"]
    assert [row["uid"] for row in shown["parent"]] == [parent]
    sandbox.quirks.single_as_object = True
    assert (await raw("GET", f"users/{child}")).json["parents"]["parent"]["uid"] == parent


# -- statuses and formats


async def test_xml_is_the_default(raw: Raw, sandbox: SchoologySandbox) -> None:
    sample_school(sandbox)
    for accept in (None, "text/xml"):
        got = await raw("GET", "users", accept=accept)
        assert got.headers["Content-Type"].startswith("text/xml")
        root = ET.fromstring(got.text)  # noqa: S314 - the sandbox's own
        assert root.tag == "result"
        assert [user.findtext("uid") for user in root.findall("user")] == [
            "48289",
            "45552",
            "1670713",
        ]
        assert root.findtext("total") == "3"
        assert "<gender />" in got.text


@pytest.mark.parametrize("accept", ["*/*", "application/json, text/plain, */*"])
async def test_clients_that_accept_anything_get_json(raw: Raw, accept: str) -> None:
    assert (await raw("GET", "users", accept=accept)).json["user"][0]["uid"] == "45552"


async def test_xml_is_read(raw: Raw, sandbox: SchoologySandbox) -> None:
    user = "".join(f"<{key}>{value}</{key}>" for key, value in TEST123.items())
    got = await raw("POST", "users", f"<body>{user}</body>", kind="text/xml")
    assert got.status == 201
    rows = f"<user>{user}</user><user><id>1</id></user>"
    got = await raw("PUT", "users", f"<body><users>{rows}</users></body>", kind="application/xml")
    assert [row["response_code"] for row in got.json["user"]] == [400, 404]
    assert (await raw("PUT", "users", "<body>", kind="text/xml")).status == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("POST", "users", "name_first=John", FORM, 415),
        ("POST", "users", "{}", "text/plain", 415),
        ("POST", "users", "{", JSON, 400),
        ("POST", "users", "[]", JSON, 400),
        ("POST", "users", "{}", JSON, 400),
        ("POST", "users", '{"users": {}}', JSON, 400),
        ("POST", "users", '{"users": {"user": ["x"]}}', JSON, 400),
        ("PUT", "users", "{}", JSON, 400),
        ("PUT", "users/45552", '{"gender": "?"}', JSON, 400),
        ("PUT", "users/1", "{}", JSON, 404),
        ("GET", "users/1", None, JSON, 404),
        ("GET", "users/45552/friends", None, JSON, 404),
        ("GET", "nothing/here", None, JSON, 404),
        ("POST", "users/45552", "{}", JSON, 405),
        ("DELETE", "users/45552", None, JSON, 403),
    ],
)
async def test_errors_are_bare(
    raw: Raw,
    sandbox: SchoologySandbox,
    method: str,
    path: str,
    body: str | None,
    kind: str,
    status: int,
) -> None:
    before = dict(sandbox.school.users)
    got = await raw(method, path, body, kind=kind)
    assert got.status == status
    assert got.headers["X-Schoology"] == "API"
    assert not got.text.startswith(("{", "["))
    if status in {403, 404}:
        assert got.text == ""
    assert sandbox.school.users == before


async def test_a_unique_id_that_exists_fails_a_single_create(
    raw: Raw, sandbox: SchoologySandbox
) -> None:
    sandbox.school.add(TEST123)
    assert (await raw("POST", "users", TEST123)).status == 400


async def test_a_personal_key_reads_its_owner_only(raw: Raw, sandbox: SchoologySandbox) -> None:
    other = sandbox.school.add(school_uid="S1").uid
    sandbox.personal_key = True
    for path in ("users", f"users/{other}", "users/ext/S1", "users/inactive"):
        got = await raw("GET", path)
        assert (got.status, got.text) == (401, "")
    for path, status in (("users/me", 303), ("users/45552", 200), ("app-user-info", 200)):
        assert (await raw("GET", path)).status == status


async def test_a_missing_permission(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.forbidden = {"users/inactive"}
    got = await raw("GET", "users/inactive")
    assert (got.status, got.text) == (403, "")
    assert (await raw("GET", "users")).status == 200


async def test_a_password_is_never_read(raw: Raw, sandbox: SchoologySandbox) -> None:
    secret = "correct horse"
    got = await raw("POST", "users", TEST123 | {"password": secret})
    assert got.json["password"] == ""
    (account,) = [a for a in sandbox.school.users.values() if a.has_password]
    assert secret not in repr(vars(sandbox.school)) + repr(account) + repr(sandbox.log)
    page = (await raw("GET", "users")).json
    assert {row["password"] for row in page["user"]} == {""}


async def test_details_are_shown_when_asked_for(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.school.add(TEST123, uid="7", bio="Plays chess")
    assert "bio" not in (await raw("GET", "users/7")).json
    assert (await raw("GET", "users/7", extended=1)).json["bio"] == "Plays chess"


async def test_the_school_can_change_between_pages(raw: Raw, sandbox: SchoologySandbox) -> None:
    def arrive(seen: Any) -> None:
        if seen.query.get("start") == "1":
            sandbox.school.insert_first(school_uid="new")

    sandbox.school.add(school_uid="S1")
    sandbox.before_each = arrive
    pages = [(await raw("GET", "users", start=n, limit=1)).json["user"] for n in (0, 1)]
    assert [page[0]["uid"] for page in pages] == ["45552", "45552"]
    assert [(seen.path, seen.query["start"]) for seen in sandbox.log] == [
        ("users", "0"),
        ("users", "1"),
    ]
