"""The sandbox's term reports, and the signed addresses of their files."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from manabac_async.sandbox import ManageBacSandbox, School

from .raw import RawClient

PATH = "school/programs/diploma/reports"
PDF = b"%PDF-1.4 test"


@pytest.fixture(autouse=True)
def report(sandbox: ManageBacSandbox, school: School) -> None:
    sandbox.clock.stop(datetime(2026, 1, 2, tzinfo=UTC).timestamp())
    term = school.add_term(date(2025, 8, 20), date(2025, 12, 19), name="Fall")
    released = date(2025, 12, 20)
    school.academics.add_report(
        "Fall report", term.id, id=7, files={"pdf": PDF}, released_on=released
    )
    school.academics.add_report("Midterm", term.id, id=8, type="interim")


async def test_report_links_only_existing_files(call: RawClient, school: School) -> None:
    term_id = next(iter(school.terms))
    got = (await call("GET", f"{PATH}/7")).json["term_report"]
    assert got == {
        "id": 7,
        "title": "Fall report",
        "type": "final",
        "program": "diploma",
        "academic_term_id": term_id,
        "academic_term_name": "Fall",
        "next_gen": True,
        "pdf_url": "/v2/school/programs/diploma/reports/7/download/pdf",
        "created_at": "2021-06-28T12:39:52.000Z",
        "updated_at": "2021-06-28T12:39:52.000Z",
        "released_on": "2025-12-20",
    }
    listed = (await call("GET", PATH)).json
    assert listed["term_reports"][0] == got
    assert listed["meta"]["total_count"] == 2
    for query, expected in (
        ("type=interim", [8]),
        ("type=final", [7]),
        (f"academic_term_id={term_id}", [7, 8]),
        ("academic_term_id=404", []),
    ):
        rows = (await call("GET", f"{PATH}?{query}")).json["term_reports"]
        assert [row["id"] for row in rows] == expected


async def signed(call: RawClient) -> str:
    got = await call("GET", f"{PATH}/7/download/pdf")
    assert got.status == 302
    address: str = got.headers["Location"]
    return address


async def test_file_is_on_another_host_and_needs_no_token(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    address = await signed(call)
    assert address.startswith(f"http://localhost:{sandbox.port}/storage/")
    assert not address.startswith(sandbox.origin)
    got = await call.send("GET", address)
    assert (got.status, got.text.encode()) == (200, PDF)
    assert got.headers["Content-Type"] == "application/pdf"
    assert sandbox.storage.served == 1


async def test_storage_rejects_a_request_with_credentials(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    address = await signed(call)
    for headers in (
        call.headers,
        {"Authorization": "Bearer x"},
        {"auth_token": "x"},
        {"Cookie": "session=x"},
    ):
        assert (await call.send("GET", address, headers=headers)).status == 403
    assert (await call.send("GET", f"{address}&auth_token=x")).status == 403
    assert (sandbox.storage.leaks, sandbox.storage.served) == (5, 0)


async def test_file_url_needs_a_signature_and_expires(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    address = await signed(call)
    bare, _, _ = address.partition("?")
    for wrong in (bare, f"{address}0", address.replace("/7/pdf", "/8/pdf")):
        assert (await call.send("GET", wrong)).status == 403
    assert (await call.send("POST", address)).status == 404
    assert (await call.send("GET", bare.replace("reports", "other"))).status == 404
    sandbox.clock.turn(299)
    assert (await call.send("GET", address)).status == 200
    sandbox.clock.turn(1)
    assert (await call.send("GET", address)).status == 403


@pytest.mark.parametrize("path", ["8/download/pdf", "7/download/term_grades", "404/download/pdf"])
async def test_missing_file_gives_404(call: RawClient, path: str) -> None:
    assert (await call("GET", f"{PATH}/{path}")).status == 404


@pytest.mark.sandbox(limit=(1, 3600.0))
async def test_storage_has_no_rate_limit(call: RawClient, sandbox: ManageBacSandbox) -> None:
    address = await signed(call)
    for _ in range(3):
        assert (await call.send("GET", address)).status == 200
    assert sandbox.refusals == 0
    assert (await call("GET", PATH)).status == 429
