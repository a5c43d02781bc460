"""Vendors that trim, normalize, escape, cut or hide values, combined with lost responses.

Whatever a look-up shows, only people who existed before the import may be ``rejected``, and only
people who exist may be ``done``.
"""

from __future__ import annotations

import html
import itertools
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Journal, Status, Window
from manabac_async import ManageBacV1
from schoology_async import Schoology
from tests.conftest import QUICK

Record = dict[str, Any]
Change = Callable[[Record], Record]


def each_text(change: Callable[[str], str]) -> Change:
    return lambda record: {
        name: change(value) if isinstance(value, str) and name in NAMES else value
        for name, value in record.items()
    }


def without(*hidden: str) -> Change:
    return lambda record: {k: v for k, v in record.items() if k not in hidden}


NAMES = ("name_first", "name_last", "first_name", "last_name", "title")
KEYS = ("school_uid", "email", "student_id", "course_code")
CHANGES: dict[str, Change] = {
    "nothing": lambda record: record,
    "normalizes": each_text(lambda text: unicodedata.normalize("NFC", text)),
    "trims": each_text(str.strip),
    "collapses": each_text(lambda text: " ".join(text.split())),
    "escapes": each_text(html.escape),
    "cuts": each_text(lambda text: text[:4]),
    "changes case": each_text(str.title),
    "folds keys": lambda record: {
        name: value.strip().lower() if name in KEYS else value for name, value in record.items()
    },
    "hides the role": without("role_id", "type"),
    "hides names": without(*NAMES),
    "hides keys": without(*KEYS),
    "prints numbers": lambda record: {**record, "role_id": int(record.get("role_id", 0))},
}
#: The fault of each of the first writes: cut off before or after the vendor acted, or an error.
FAULTS = [["after"], ["before"], ["after", "after"], ["before", "after"], ["error"], ["after"] * 9]


@attrs.define
class Vendor:
    """Both vendors' API for creating people, as far as a bulk needs it."""

    change: Change
    faults: list[str]
    people: dict[str, Record] = attrs.field(factory=dict)
    before: set[str] = attrs.field(factory=set)
    creates: Counter[str] = attrs.field(factory=Counter)

    def was_there(self, *keys: str) -> None:
        for key in keys:
            self.before.add(key)
            record = {"school_uid": key, "name_first": "Some", "name_last": "Body", "role_id": "1"}
            email = {"email": f"{key}@b.example", "first_name": "Some", "last_name": "Body"}
            course = {"course_code": key, "title": "Some course"}
            self.keep(key, record | email | course)

    def keep(self, key: str, record: Record) -> bool:
        """Create a person. Return False if the key is taken."""
        if key.strip().lower() in self.people:
            return False
        number = str(len(self.people) + 1)
        shown = self.change(record)
        self.people[key.strip().lower()] = {**shown, "uid": number, "id": number}
        self.creates[key] += 1
        return True

    async def write(self, request: web.Request, act: Callable[[Any], Any]) -> web.Response:
        body = await request.json()
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "before":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        answer = act(body)
        if fault == "after":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=500) if fault == "error" else answer

    async def schoology_create(self, request: web.Request) -> web.Response:
        def act(body: Any) -> web.Response:
            items = []
            for row in body["users"]["user"]:
                key = str(row["school_uid"])
                made = self.keep(key, row)
                number = self.people[key.strip().lower()]["id"]
                items.append(
                    {"response_code": 200, "school_uid": key, "id": number}
                    if made
                    else {"response_code": 409, "school_uid": key, "message": "exists"}
                )
            return web.json_response({"user": items}, status=207)

        return await self.write(request, act)

    async def schoology_list(self, request: web.Request) -> web.Response:
        wanted = request.query["school_uids"].split(",")
        found = [self.people[k.lower()] for k in wanted if k.strip().lower() in self.people]
        return web.json_response({"user": found, "total": len(found), "links": {"self": ""}})

    async def course_create(self, request: web.Request) -> web.Response:
        def act(body: Any) -> web.Response:
            items = []
            for row in body["courses"]["course"]:
                key = str(row["course_code"])
                code = 200 if self.keep(key, row) else 409
                number = self.people[key.strip().lower()]["id"]
                items.append({"response_code": code, "course_code": key, "id": number})
            return web.json_response({"course": items}, status=207)

        return await self.write(request, act)

    async def course_list(self, _: web.Request) -> web.Response:
        return web.json_response({"course": list(self.people.values()), "links": {"self": ""}})

    async def v1_create(self, request: web.Request) -> web.Response:
        def act(body: Any) -> web.Response:
            user = body["user"]
            key = user["email"].partition("@")[0]
            if not self.keep(key, user):
                errors = ["Email has already been taken"]
                return web.json_response({"status": "Error", "errors": errors}, status=400)
            number = self.people[key.strip().lower()]["id"]
            return web.json_response({"status": "Success", "user_id": number})

        return await self.write(request, act)

    async def v1_list(self, _: web.Request) -> web.Response:
        return web.json_response({"users": list(self.people.values())})

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/v1/users", self.schoology_create)
        app.router.add_get("/v1/users", self.schoology_list)
        app.router.add_post("/v1/courses", self.course_create)
        app.router.add_get("/v1/courses", self.course_list)
        app.router.add_post("/api/users", self.v1_create)
        app.router.add_get("/api/users", self.v1_list)
        async with TestServer(app) as server:
            yield str(server.make_url("/"))


@pytest.fixture(params=list(itertools.product(CHANGES, FAULTS)), ids=lambda p: f"{p[0]}-{p[1]}")
def vendor(request: pytest.FixtureRequest) -> Vendor:
    change, faults = request.param
    vendor = Vendor(CHANGES[change], list(faults))
    vendor.was_there("k1", "k4")
    return vendor


#: Zoë in decomposed form, as macOS writes it, and other characters that a vendor may change.
FIRST, LAST = "Zoe\u0308 ", "Du  Bois & O'Hara-McLongname"


def check(vendor: Vendor, outcomes: list[Any], key: Callable[[Any], str]) -> None:
    assert [outcome.index for outcome in outcomes] == list(range(8))
    for outcome in outcomes:
        if outcome.status is Status.REJECTED:
            assert key(outcome.item) in vendor.before
        if outcome.status is Status.DONE:
            assert key(outcome.item) in vendor.people
            assert outcome.id == vendor.people[key(outcome.item)]["id"]
    assert max(vendor.creates.values()) == 1


async def test_schoology_rejects_only_people_who_existed_before(
    vendor: Vendor, tmp_path: Any
) -> None:
    rows = [
        {"school_uid": f"k{n}", "name_first": FIRST, "name_last": LAST, "role_id": 5, "username": n}
        for n in range(8)
    ]
    journal = Journal(tmp_path / "import.db")
    async with vendor.serve() as url:
        options: dict[str, Any] = {"retry": QUICK, "limiter": Window(1000, per=0.01)}
        async with Schoology("key", "secret", base_url=f"{url}v1/", **options) as schoology:
            for _ in range(2):
                bulk = schoology.users.create_many(rows, journal=journal)
                check(vendor, [o async for o in bulk], lambda row: str(row["school_uid"]))


async def test_schoology_rejects_only_courses_that_existed_before(
    vendor: Vendor, tmp_path: Any
) -> None:
    rows: list[Any] = [{"course_code": f"k{n}", "title": FIRST + LAST} for n in range(8)]
    journal = Journal(tmp_path / "import.db")
    async with vendor.serve() as url:
        options: dict[str, Any] = {"retry": QUICK, "limiter": Window(1000, per=0.01)}
        async with Schoology("key", "secret", base_url=f"{url}v1/", **options) as schoology:
            for _ in range(2):
                bulk = schoology.courses.create_many(rows, journal=journal)
                check(vendor, [o async for o in bulk], lambda row: str(row["course_code"]))


async def test_v1_rejects_only_people_who_existed_before(vendor: Vendor, tmp_path: Any) -> None:
    rows = [
        {
            "type": "student",
            "student_id": f"k{n}",
            "email": f"k{n}@b.example",
            "first_name": FIRST,
            "last_name": LAST,
        }
        for n in range(8)
    ]
    journal = Journal(tmp_path / "import.db")
    async with vendor.serve() as url:
        options: dict[str, Any] = {"retry": QUICK, "limiter": Window(1000, per=0.01)}
        async with ManageBacV1("school", "token", base_url=f"{url}api/", **options) as managebac:
            for _ in range(2):
                bulk = managebac.users.create_many(rows, journal=journal)
                check(vendor, [o async for o in bulk], lambda row: str(row["student_id"]))
