"""``multiget`` merges reads that wait at the same time. Each read succeeds or fails alone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from lms_async import InvalidInput, LmsError, NotFound, Window
from lms_async.errors import (
    DeadlineExceeded,
    Forbidden,
    ServerError,
    TimedOut,
    Unauthorized,
    UnexpectedResponse,
)
from lms_async.events import Event, MergingRefused
from lms_async.sandbox import Fault, Request, Response
from schoology_async import Schoology, User
from schoology_async.merging import _as_response
from schoology_async.multiget import SubResponse
from schoology_async.sandbox import School, SchoologySandbox

from .scripted import Scripted

Connect = Callable[..., Schoology]


class Lists(SchoologySandbox):
    """A sandbox where every course has 45 sections, with at most ``cap`` per page."""

    cap = 200
    #: Whether lists have ``links``.
    links = True
    #: Whether ``multiget`` reverses its parts, or leaves the last one out.
    reverse = drop = False
    #: A body that ``multiget`` returns instead, with status 200.
    instead: bytes | None = None

    def act(self, request: Request) -> Response:
        if request.path == "multiget" and self.instead is not None:
            return Response(200, self.instead)
        if found := re.fullmatch(r"courses/(\d+)/sections", request.path):
            return self._sections(request, found[1])
        answer = super().act(request)
        if request.path == "multiget" and (self.reverse or self.drop):
            body = json.loads(answer.body)
            parts = body if isinstance(body, list) else body["response"]
            parts[:] = parts[::-1] if self.reverse else parts[:-1]
            return Response(200, json.dumps(body).encode(), answer.headers)
        return answer

    def _sections(self, request: Request, course: str) -> Response:
        query = request.query
        limit = min(int(query.get("limit", "20")), self.cap)
        start = int(query.get("start", "0"))
        past = "include_past" in query
        rows = [{"id": f"{course}{n:03}", "past": past} for n in range(45)][start : start + limit]
        url = f"{self.base_url}{request.path}?start="
        more = "&include_past=1" if past else ""
        body: dict[str, Any] = {"section": rows}
        if self.links:
            body["links"] = {"self": f"{url}{start}&limit={limit}{more}"}
            if start + limit < 45:
                body["links"]["next"] = f"{url}{start + limit}&limit={limit}{more}"
        return Response(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


@pytest_asyncio.fixture
async def schoology_sandbox() -> AsyncIterator[Lists]:
    async with Lists(school=School.seeded(130)) as sandbox:
        yield sandbox


@pytest.fixture
def view(schoology: Schoology) -> Schoology:
    return schoology.with_options(multiget=True)


def uids(sandbox: SchoologySandbox, count: int = 1000) -> list[str]:
    return list(sandbox.school.users)[:count]


async def settled(*reads: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*reads, return_exceptions=True)


def posts(sandbox: SchoologySandbox) -> int:
    return sandbox.log.count("POST", "multiget")


@pytest.mark.parametrize("form", ["json", "array"])
@pytest.mark.parametrize(("count", "requests"), [(2, 1), (50, 1), (51, 2), (120, 3)])
async def test_reads_that_wait_together_cost_one_request_per_fifty(
    view: Schoology, schoology_sandbox: Lists, form: Any, count: int, requests: int
) -> None:
    schoology_sandbox.quirks.multiget = form
    wanted = uids(schoology_sandbox, count)
    people = await asyncio.gather(*(view.users.get(uid) for uid in wanted))
    assert [person.uid for person in people] == wanted
    assert all(person.name_last for person in people)
    assert len(schoology_sandbox.log) == requests


async def test_without_the_option_each_read_is_a_request(
    schoology: Schoology, schoology_sandbox: Lists
) -> None:
    both = schoology.with_options(multiget=True).with_options(multiget=False)
    for client in (schoology, both):
        await asyncio.gather(*(client.users.get(uid) for uid in uids(schoology_sandbox, 5)))
    assert posts(schoology_sandbox) == 0
    assert len(schoology_sandbox.log) == 10


async def test_views_of_a_view_keep_the_option(view: Schoology, schoology_sandbox: Lists) -> None:
    quick = view.with_options(priority="interactive", deadline=3, run_as=uids(schoology_sandbox)[1])
    await asyncio.gather(*(quick.users.get(uid) for uid in uids(schoology_sandbox, 5)))
    assert len(schoology_sandbox.log) == 1


async def test_a_single_read_is_not_merged(view: Schoology, schoology_sandbox: Lists) -> None:
    (uid,) = uids(schoology_sandbox, 1)
    assert (await view.users.get(uid)).uid == uid
    assert schoology_sandbox.log.count("GET") == 1
    assert posts(schoology_sandbox) == 0


async def test_equal_reads_are_sent_once(view: Schoology, schoology_sandbox: Lists) -> None:
    first, second = uids(schoology_sandbox, 2)
    people = await asyncio.gather(*(view.users.get(uid) for uid in (first, second, first)))
    assert [person.uid for person in people] == [first, second, first]
    assert people[0] is not people[2]
    assert len(schoology_sandbox.log) == 1


async def test_reads_that_begin_one_loop_iteration_later_join(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    async def later(uid: str) -> User:
        await asyncio.sleep(0)
        return await view.users.get(uid)

    first, *rest = uids(schoology_sandbox, 10)
    await asyncio.gather(view.users.get(first), *(later(uid) for uid in rest))
    assert len(schoology_sandbox.log) == 1


async def test_reads_join_a_batch_that_waits_for_the_rate_limit(
    connect: Connect, schoology_sandbox: Lists
) -> None:
    view = connect(limiter=Window(1, per=0.3)).with_options(multiget=True)
    await view.app_user_info()  # uses the only slot
    reads = []
    for uid in uids(schoology_sandbox, 60):
        reads.append(asyncio.ensure_future(view.users.get(uid)))
        await asyncio.sleep(0.001)
    await asyncio.gather(*reads)
    assert posts(schoology_sandbox) == 2


async def test_unsupported_reads_and_writes_are_not_merged(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    uid, other = uids(schoology_sandbox, 2)
    await asyncio.gather(
        view.users.me(),
        view.users.languages(),
        view.users.list(),
        view.app_user_info(),
        view.request("GET", f"users/{uid}"),
        view.request("GET", f"users/{other}", query={"extended": 1}),
        view.users.update(uid, {"position": "Coach"}),
    )
    assert posts(schoology_sandbox) == 0


async def test_a_redirected_part_is_read_again_alone(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    people = [schoology_sandbox.school.users[uid] for uid in uids(schoology_sandbox, 4)[1:]]
    found = await asyncio.gather(
        *(view.users.get_by_school_uid(person.school_uid) for person in people)
    )
    assert [person.uid for person in found] == [person.uid for person in people]
    assert schoology_sandbox.log[0].path == "multiget"
    assert sum(seen.path.startswith("users/ext/") for seen in schoology_sandbox.log) == 3


@pytest.mark.parametrize("form", ["json", "array"])
async def test_a_failed_part_fails_only_its_own_read(
    view: Schoology, schoology_sandbox: Lists, form: Any
) -> None:
    schoology_sandbox.quirks.multiget = form
    one, two, three = uids(schoology_sandbox, 3)
    schoology_sandbox.forbidden.add(f"users/{three}")
    ended = await settled(*(view.users.get(uid) for uid in (one, "999999999", two, three)))
    assert [type(end) for end in ended] == [User, NotFound, User, Forbidden]
    assert "GET users/{uid}" in str(ended[1])
    assert posts(schoology_sandbox) == 1
    # The form `array` has no statuses, so the two failed reads are sent again.
    assert schoology_sandbox.log.count("GET") == (2 if form == "array" else 0)


@pytest.mark.parametrize("form", ["json", "array"])
@pytest.mark.parametrize("fault", ["reverse", "drop"])
async def test_a_part_is_never_returned_to_another_read(
    view: Schoology, schoology_sandbox: Lists, form: Any, fault: str
) -> None:
    schoology_sandbox.quirks.multiget = form
    setattr(schoology_sandbox, fault, True)
    wanted = uids(schoology_sandbox, 6)
    people = await asyncio.gather(*(view.users.get(uid) for uid in wanted))
    assert [person.uid for person in people] == wanted
    lists = [rows(view, course) for course in (1, 2)]
    found = await asyncio.gather(*lists)
    assert [{row["id"][0] for row in one} for one in found] == [{"1"}, {"2"}]


@pytest.mark.parametrize("links", [True, False])
async def test_a_list_that_may_belong_to_another_read_is_never_given(
    view: Schoology, schoology_sandbox: Lists, links: bool
) -> None:
    schoology_sandbox.links = links
    schoology_sandbox.reverse = True
    found = await asyncio.gather(rows(view, 1), rows(view, 2))
    assert [{row["id"][0] for row in one} for one in found] == [{"1"}, {"2"}]


async def test_a_list_with_a_filter_is_never_given_to_a_read_without_it(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    schoology_sandbox.reverse = True
    found = await asyncio.gather(rows(view, 1), rows(view, 1, include_past=1))
    assert [{row["past"] for row in one} for one in found] == [{False}, {True}]


@pytest.mark.parametrize("form", ["json", "array"])
async def test_a_part_is_parsed_once(
    view: Schoology, schoology_sandbox: Lists, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    schoology_sandbox.quirks.multiget = form
    parsed: list[Any] = []
    monkeypatch.setattr(
        "lms_async.http.responses.Response.parsed", lambda self: parsed.append(self)
    )
    one, two = uids(schoology_sandbox, 2)
    found = await asyncio.gather(view.users.get(one), view.users.get(two))
    assert ([user.uid for user in found], parsed, posts(schoology_sandbox)) == ([one, two], [], 1)


async def test_two_readers_of_one_record_share_nothing(scripted: Scripted) -> None:
    bodies = [{"uid": uid, "custom": ["a"]} for uid in ("1", "2")]
    parts = [{"response_code": 200, "body": body} for body in bodies]
    scripted.answers["POST multiget"] = {"response": parts}
    view = scripted.schoology.with_options(multiget=True)
    first, second, _ = await asyncio.gather(*(view.users.get(uid) for uid in ("1", "1", "2")))
    first.extra["custom"].append("b")
    assert second.extra["custom"] == ["a"]


def test_the_error_of_a_part_keeps_the_body_of_the_part() -> None:
    part = _as_response(SubResponse(200, {"id": "1"}))
    assert part is not None
    assert part.shortened().body == b'{"id":"1"}'


async def test_a_refusal_that_may_belong_to_another_read_is_never_raised(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    schoology_sandbox.reverse = True
    one, two, three = uids(schoology_sandbox, 3)
    ended = await settled(*(view.users.get(uid) for uid in (one, "999999999", two, three)))
    assert [type(end) for end in ended] == [User, NotFound, User, User]


async def test_records_that_do_not_show_their_code_are_read_singly(scripted: Scripted) -> None:
    """Nothing tells which of the two parts is whose."""
    sections = {code: {"id": code, "section_title": code} for code in ("1", "2")}
    parts = [{"response_code": 200, "body": sections[code]} for code in ("2", "1")]
    scripted.answers["POST multiget"] = {"response": parts}
    for code, section in sections.items():
        scripted.answers[f"GET sections/ext/{code}"] = section
    view = scripted.schoology.with_options(multiget=True)
    found = await asyncio.gather(*(view.sections.get_by_school_code(code) for code in sections))
    assert [section.section_title for section in found] == ["1", "2"]


async def test_gradebooks_are_read_singly(scripted: Scripted) -> None:
    """A gradebook does not show its section."""
    for section_id in (1, 2):
        grades = {"grades": {"grade": [{"enrollment_id": section_id}]}}
        scripted.answers[f"GET sections/{section_id}/grades"] = grades
    view = scripted.schoology.with_options(multiget=True)
    books = await asyncio.gather(*(view.sections.grades(section_id) for section_id in (1, 2)))
    assert [book.grades.grade[0].enrollment_id for book in books] == ["1", "2"]  # type: ignore[union-attr, index]
    assert [request.method for request in scripted.requests] == ["GET", "GET"]


async def test_later_pages_have_the_page_size_that_was_asked_for(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    """The first page may have 20 rows, and its link too, whatever the read asks for."""
    schoology_sandbox.quirks.multiget_queries = False
    lists = await asyncio.gather(*(rows(view, course, limit=200) for course in (1, 2)))
    assert [len(found) for found in lists] == [45, 45]
    assert len(schoology_sandbox.log) == 3


def rows(client: Schoology, course: int, **query: Any) -> Any:
    path = f"courses/{course}/sections"
    return client.pages("GET", path, key="section", model=dict, query=query)


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("honored", [True, False])
@pytest.mark.parametrize("cap", [7, 20, 45, 200])
async def test_lists_are_complete_with_any_size_of_the_first_page(
    view: Schoology, schoology_sandbox: Lists, links: bool, honored: bool, cap: int
) -> None:
    schoology_sandbox.links = links
    schoology_sandbox.cap = cap
    schoology_sandbox.quirks.multiget_queries = honored
    lists = await asyncio.gather(*(rows(view, course, limit=200) for course in range(1, 5)))
    for course, found in enumerate(lists, 1):
        assert [row["id"] for row in found] == [f"{course}{n:03}" for n in range(45)]
    assert posts(schoology_sandbox) == 1


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("honored", [True, False])
async def test_a_list_is_read_again_alone_unless_its_link_shows_the_filter(
    view: Schoology, schoology_sandbox: Lists, links: bool, honored: bool
) -> None:
    schoology_sandbox.links = links
    schoology_sandbox.quirks.multiget_queries = honored
    for _ in range(2):
        lists = await asyncio.gather(
            *(rows(view, course, limit=200, include_past=1) for course in range(1, 5))
        )
        assert all(row["past"] for found in lists for row in found)
    assert posts(schoology_sandbox) == (2 if links and honored else 1)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 415, 422, 501])
async def test_reads_are_not_merged_after_a_refusal(
    connect: Connect, schoology_sandbox: Lists, events: list[Event], status: int
) -> None:
    client = connect()
    view = client.with_options(multiget=True)
    schoology_sandbox.faults.add(Fault.error(status, path="multiget"))
    wanted = uids(schoology_sandbox, 60)
    people = await asyncio.gather(*(view.users.get(uid) for uid in wanted))
    assert [person.uid for person in people] == wanted
    refused = [event for event in events if isinstance(event, MergingRefused)]
    assert [(one.route, one.status) for one in refused] == [("POST multiget", status)]
    sent = posts(schoology_sandbox)
    again = client.with_options(multiget=True, deadline=5)
    await asyncio.gather(*(again.users.get(uid) for uid in wanted))
    assert posts(schoology_sandbox) == sent


async def test_a_vendor_without_multiget_costs_one_request(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    schoology_sandbox.quirks.multiget = "refused"
    for _ in range(3):
        await asyncio.gather(*(view.users.get(uid) for uid in uids(schoology_sandbox, 4)))
    assert posts(schoology_sandbox) == 1
    assert schoology_sandbox.log.count("GET") == 12


@pytest.mark.parametrize(
    "answer", [b"", b"<result><response/></result>", b'{"user":[]}', b'"no"', b"null", b"17"]
)
async def test_a_response_of_unknown_form_counts_as_a_refusal(
    view: Schoology, schoology_sandbox: Lists, events: list[Event], answer: bytes
) -> None:
    schoology_sandbox.instead = answer
    wanted = uids(schoology_sandbox, 3)
    people = await asyncio.gather(*(view.users.get(uid) for uid in wanted))
    assert [person.uid for person in people] == wanted
    (refused,) = [event for event in events if isinstance(event, MergingRefused)]
    assert (refused.route, refused.status) == ("POST multiget", 200)


@pytest.mark.parametrize("is_text", [True, False])
@pytest.mark.parametrize("code", [200, "200"])
async def test_bodies_and_codes_may_be_text(
    view: Schoology, schoology_sandbox: Lists, is_text: bool, code: int | str
) -> None:
    bodies: list[Any] = [{"uid": uid, "name_last": f"Part {uid}"} for uid in ("11", "12")]
    shown = [json.dumps(body) if is_text else body for body in bodies]
    parts = [{"response_code": code, "body": body} for body in shown]
    schoology_sandbox.instead = json.dumps({"response": parts}).encode()
    people = await asyncio.gather(*(view.users.get(uid) for uid in ("11", "12")))
    assert [person.name_last for person in people] == ["Part 11", "Part 12"]
    schoology_sandbox.instead = json.dumps(shown).encode()
    people = await asyncio.gather(*(view.users.get(uid) for uid in ("11", "12")))
    assert [person.name_last for person in people] == ["Part 11", "Part 12"]
    assert len(schoology_sandbox.log) == 2


@pytest.mark.parametrize(
    "part",
    [
        None,
        "",
        "not JSON",
        False,
        [],
        {},
        {"response_code": 200, "body": None},
        {"response_code": 303, "body": ""},
        {"response_code": 500, "body": ""},
        {"response_code": 429, "body": ""},
        {"response_code": "?", "body": {}},
        {"response_code": None, "body": {"uid": "1"}},
    ],
)
async def test_a_part_that_cannot_be_read_is_read_again_alone(
    view: Schoology, schoology_sandbox: Lists, part: Any
) -> None:
    wanted = uids(schoology_sandbox, 2)
    good = {"uid": wanted[0], "name_last": "Part"}
    schoology_sandbox.instead = json.dumps([good, part]).encode()
    view = view.with_options(deadline=2) if part == {"response_code": 429, "body": ""} else view
    first, second = await settled(*(view.users.get(uid) for uid in wanted))
    assert first.name_last == "Part"
    if isinstance(second, DeadlineExceeded):  # all calls pause for five seconds
        assert part == {"response_code": 429, "body": ""}
    else:
        assert second.uid == wanted[1]
        assert second.name_last
        assert schoology_sandbox.log.count("GET") == 1


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (500, ServerError)])
async def test_each_read_of_a_failed_batch_raises_its_own_error(
    view: Schoology, schoology_sandbox: Lists, events: list[Event], status: int, error: type
) -> None:
    schoology_sandbox.faults.add(Fault.error(status, path="multiget", times=10))
    ended: list[LmsError] = await settled(
        *(view.users.get(uid) for uid in uids(schoology_sandbox, 3))
    )
    assert {type(end) for end in ended} == {error}
    assert len({id(end) for end in ended}) == 3
    assert all(end.response is not None and end.response.status == status for end in ended)
    assert not any(isinstance(event, MergingRefused) for event in events)
    assert posts(schoology_sandbox) == (5 if status == 500 else 1)


async def test_a_batch_is_retried_after_a_lost_response(
    view: Schoology, schoology_sandbox: Lists
) -> None:
    schoology_sandbox.faults.add(
        Fault.refuse(retry_after=0.01, path="multiget"), Fault.cut(path="multiget")
    )
    wanted = uids(schoology_sandbox, 30)
    people = await asyncio.gather(*(view.users.get(uid) for uid in wanted))
    assert [person.uid for person in people] == wanted
    assert posts(schoology_sandbox) == 3


async def test_a_batch_without_a_response_times_out(
    connect: Connect, schoology_sandbox: Lists
) -> None:
    view = connect(timeout=0.05).with_options(multiget=True)
    schoology_sandbox.faults.add(Fault.hang(path="multiget", times=10))
    ended = await settled(*(view.users.get(uid) for uid in uids(schoology_sandbox, 3)))
    assert {type(end) for end in ended} == {TimedOut}


async def test_cancelled_reads_leave_the_batch(connect: Connect, schoology_sandbox: Lists) -> None:
    view = connect(limiter=Window(1, per=0.2)).with_options(multiget=True)
    await view.app_user_info()
    kept, dropped = uids(schoology_sandbox, 6)[:3], uids(schoology_sandbox, 6)[3:]
    reads = {uid: asyncio.ensure_future(view.users.get(uid)) for uid in (*kept, *dropped)}
    await asyncio.sleep(0.01)
    for uid in dropped:
        reads[uid].cancel()
    bodies: list[Any] = []
    act = schoology_sandbox.act
    schoology_sandbox.act = lambda request: bodies.append(request.body) or act(request)  # type: ignore[method-assign, func-returns-value]
    ended = await settled(*reads.values())
    assert [type(end) for end in ended] == [User] * 3 + [asyncio.CancelledError] * 3
    assert json.loads(bodies[0]) == {"request": [f"/v1/users/{uid}" for uid in kept]}


async def test_nothing_is_sent_if_all_reads_are_cancelled(
    connect: Connect, schoology_sandbox: Lists
) -> None:
    view = connect(limiter=Window(1, per=0.1)).with_options(multiget=True)
    await view.app_user_info()
    reads = [asyncio.ensure_future(view.users.get(uid)) for uid in uids(schoology_sandbox, 3)]
    await asyncio.sleep(0.01)
    for read in reads:
        read.cancel()
    await asyncio.wait(reads)
    await asyncio.sleep(0.3)
    assert posts(schoology_sandbox) == 0
    await asyncio.gather(*(view.users.get(uid) for uid in uids(schoology_sandbox, 3)))
    assert posts(schoology_sandbox) == 1


async def test_each_read_has_its_own_deadline(connect: Connect, schoology_sandbox: Lists) -> None:
    view = connect().with_options(multiget=True)
    schoology_sandbox.faults.add(Fault.hang(path="multiget"))
    ended = await settled(
        *(view.with_options(deadline=1).users.get(uid) for uid in uids(schoology_sandbox, 1)),
        *(view.users.get(uid) for uid in uids(schoology_sandbox, 1)),
    )
    assert [type(end) for end in ended] == [User, User]  # views do not share a batch
    quick = view.with_options(deadline=1)
    ended = await settled(*(quick.users.get(uid) for uid in uids(schoology_sandbox, 3)))
    assert {type(end) for end in ended} == {DeadlineExceeded}


async def test_multiget_returns_the_responses_of_any_number_of_paths(
    schoology: Schoology, schoology_sandbox: Lists
) -> None:
    wanted = uids(schoology_sandbox, 119)
    paths = [f"users/{uid}" for uid in wanted]
    found = await schoology.multiget([*paths, "users/999999999"])
    assert [part.response_code for part in found] == [200] * 119 + [404]
    assert [part.body["uid"] for part in found[:-1]] == wanted
    assert posts(schoology_sandbox) == 3
    assert wanted[0] not in repr(found[0])


async def test_multioptions_returns_the_responses(
    schoology: Schoology, schoology_sandbox: Lists
) -> None:
    found = await schoology.multioptions(["users", "users/1?picture_size=sm"])
    assert [part.response_code for part in found] == [200, 200]
    assert schoology_sandbox.log.count("POST", "multioptions") == 1


async def test_multiget_refuses_a_response_without_one_part_per_path(
    schoology: Schoology, schoology_sandbox: Lists
) -> None:
    schoology_sandbox.drop = True
    with pytest.raises(UnexpectedResponse, match="one part per path"):
        await schoology.multiget(["users/1", "users/2"])


@pytest.mark.parametrize(
    "path", ["", "/users/1", "https://x.example/", "users/a b", "users/1#2", "users/../1", "u?a b"]
)
async def test_multiget_refuses_an_invalid_path(
    schoology: Schoology, schoology_sandbox: Lists, path: str
) -> None:
    with pytest.raises(InvalidInput, match="relative to the base URL"):
        await schoology.multiget(["users/1", path])
    assert len(schoology_sandbox.log) == 0
