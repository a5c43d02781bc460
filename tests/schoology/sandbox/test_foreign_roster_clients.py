"""Third-party clients read and write courses, sections and enrollments in the sandbox.

Two of them are used as they are: schoolopy, and requests-oauthlib, whose calls are those of the
Ed-Fi LMS Toolkit's extractor. That one follows ``links.next`` and expects 207 from each bulk call.
"""

from __future__ import annotations

from typing import Any

import pytest
import schoolopy
from requests_oauthlib import OAuth1Session

from schoology_async.sandbox import School, SchoologySandbox
from tests.schoology.sandbox.test_foreign_clients import in_thread, session


class Row(dict[str, Any]):
    """A record for schoolopy, whose own ``json()`` returns the text of a Python dict."""

    def json(self) -> dict[str, Any]:
        return self


def all_pages(client: OAuth1Session, sandbox: SchoologySandbox, path: str, key: str) -> list[Any]:
    """Read a list as the Ed-Fi extractor does: strip the base URL from each ``next``."""
    rows: list[Any] = []
    url: str | None = path
    while url:
        answer = client.get(sandbox.base_url + url)
        assert answer.status_code == 200
        body = answer.json()
        rows += body.get(key, [])
        url = body.get("links", {}).get("next", "").replace(sandbox.base_url, "")
    return rows


def bulk(client: OAuth1Session, method: str, url: str, *keys: str, body: Any = None) -> list[str]:
    """Send a bulk call as the Ed-Fi data generator does, and return the ids of its rows."""
    answer = client.request(method, url, json=body)
    assert answer.status_code == 207
    rows = answer.json()
    for key in keys:
        rows = rows[key]
    assert [row["response_code"] for row in rows] == [200] * len(rows)
    return [str(row["id"]) for row in rows]


async def test_requests_of_the_edfi_toolkit_create_read_and_delete_a_roster(
    schoology_sandbox: SchoologySandbox,
) -> None:
    sandbox = schoology_sandbox
    base = sandbox.base_url
    period = sandbox.school.grading_periods.add("Year", "2026-08-01", "2027-07-31").id
    people = [sandbox.school.add(school_uid=f"S{n}", username=f"s{n}") for n in range(3)]

    def work() -> None:
        with session(sandbox) as client:
            courses = [{"title": f"Course {n}", "course_code": f"C{n}"} for n in range(3)]
            body: Any = {"courses": {"course": courses}}
            course_ids = bulk(client, "POST", f"{base}courses", "course", body=body)
            sections = [
                {"title": f"Section {n}", "section_school_code": f"A{n}", "grading_periods": period}
                for n in range(2)
            ]
            body = {"sections": {"section": sections}}
            url = f"{base}courses/{course_ids[0]}/sections"
            section_ids = bulk(client, "POST", url, "section", body=body)
            rows = [{"uid": one.uid, "admin": 0, "status": 1} for one in people]
            url = f"{base}sections/{section_ids[0]}/enrollments"
            body = {"enrollments": {"enrollment": rows}}
            ids = bulk(client, "POST", url, "enrollments", "enrollment", body=body)

            listed = all_pages(client, sandbox, "courses?limit=2", "course")
            assert [str(row["id"]) for row in listed] == course_ids
            found = all_pages(client, sandbox, f"courses/{course_ids[0]}/sections", "section")
            assert [row["section_school_code"] for row in found] == ["A0", "A1"]
            path = f"sections/{section_ids[0]}/enrollments?limit=2"
            found = all_pages(client, sandbox, path, "enrollment")
            assert [row["school_uid"] for row in found] == ["S0", "S1", "S2"]

            url = f"{base}enrollments?enrollment_ids={','.join(ids)}"
            bulk(client, "DELETE", url, "enrollments", "enrollment")
            url = f"{base}sections?section_ids={','.join(section_ids)}"
            bulk(client, "DELETE", url, "section")
            for course_id in course_ids:
                assert client.delete(f"{base}courses/{course_id}").status_code == 204

    await in_thread(work)
    school = sandbox.school
    assert [*school.courses, *school.sections, *school.enrollments] == []


@pytest.mark.sandbox(school=School.seeded(60, courses=4, sections=8, enrollments=80))
async def test_schoolopy_reads_the_roster_and_enrolls(schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    section = next(iter(school.sections))
    free = next(
        uid for uid in school.users if not school.enrollments.between("section", section.id, uid)
    )
    before = len(list(school.enrollments.of_realm("section", section.id)))

    def work() -> tuple[Any, ...]:
        auth = schoolopy.Auth(schoology_sandbox.key, schoology_sandbox.secret)
        with auth.oauth:
            client = schoolopy.Schoology(auth, api_host=schoology_sandbox.base_url)
            client.limit = 200
            new = Row({"uid": free, "admin": 0, "status": 1})
            return (
                client.get_schools(),
                client.get_courses(),
                client.get_course_sections(section.course_id),
                client.get_section(section.id),
                client.create_section_enrollment(new, section.id),
                client.get_section_enrollments(section.id),
            )

    schools, courses, sections, one, enrolled, members = await in_thread(work)
    assert [row["id"] for row in schools] == [str(school.school_id)]
    assert [str(row["id"]) for row in courses] == [course.id for course in school.courses]
    assert section.id in [row["id"] for row in sections]
    assert one["section_title"] == section.title
    assert str(enrolled["uid"]) == free
    assert len(members) == before + 1
