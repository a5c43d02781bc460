"""What the pages of the service contain: headers, cookies, escaped text, and no secrets."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from service.web import make_demo
from tests.examples.service.running import Service, Visitor

HEADER = "school_uid,name_first,name_last,role_id,primary_email\n"
HOSTILE = "</script><img src=x onerror=alert(1)>"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "S;=1", 'S,"=1', "'=1"]


@pytest.fixture(scope="module")
def hostile(north: Visitor) -> str:
    """The URL of an import with rows that try to become HTML and formulas, and are rejected."""
    text = io.StringIO()
    table = csv.writer(text)
    for key in (HOSTILE, "a\nevent: gone\n\nb", *FORMULAS):
        table.writerow([key, "Ada", "Okafor", "not a number", "ada@school.example"])
    return north.uploaded("north", HEADER + text.getvalue(), name=f"{HOSTILE}.csv")


def test_every_response_has_the_security_headers(north: Visitor, hostile: str) -> None:
    responses = [
        north.get("/sign-in"),
        north.get("/people/"),
        north.get("/people/schools/north"),
        north.get(hostile),
        north.get(f"{hostile}/results.csv"),
        north.get("/people/static/service.js"),
        north.get("/people/schools/south"),
        north.get("/nothing"),
        north.put("/people/"),
        north.post("/people/schools/north/imports"),
        north.upload("north", "no csv"),
        north.get("/"),
    ]
    with north.stream("GET", f"{hostile}/events") as events:
        responses.append(events)
    assert [one.status_code for one in responses] == [
        *(200, 200, 200, 200, 200, 200, 404, 404, 405, 422, 422, 303, 200)
    ]
    for response in responses:
        policy = response.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert "unsafe" not in str(policy)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "aiohttp" not in response.headers["Server"]
        assert "Access-Control-Allow-Origin" not in response.headers


def test_text_of_a_file_never_becomes_html(north: Visitor, hostile: str) -> None:
    for url in (hostile, "/people/schools/north"):
        text = north.get(url).text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text
        assert "<img" not in text
        assert "<script>" not in text
        assert " style=" not in text


def test_text_of_a_file_never_becomes_an_event(north: Visitor, hostile: str) -> None:
    with north.stream("GET", f"{hostile}/events") as events:
        lines = events.iter_lines()
        data = next(line for line in lines if line.startswith("data: "))
        assert events.headers["Content-Type"] == "text/event-stream"
    view = json.loads(data.removeprefix("data: "))
    assert "a\nevent: gone\n\nb" in [line["school_uid"] for line in view["problems"]]
    assert view["rejected"] == len(FORMULAS) + 2


def test_cells_of_the_results_are_no_formulas(north: Visitor, hostile: str) -> None:
    response = north.get(f"{hostile}/results.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = 'attachment; filename="results.csv"'
    assert response.headers["Content-Disposition"] == name
    table = list(csv.reader(io.StringIO(response.text, newline="")))
    assert len(table) == len(FORMULAS) + 3
    assert [row[1] for row in table[3:]] == [
        *("'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t'=1", "' =1", "'＝1", "S;'=1", "S,'\"=1", "''=1")
    ]
    assert {row[2] for row in table[1:]} == {"rejected"}


def test_cookie_is_for_this_site_only(service: Service) -> None:
    with service.visitor(None) as visitor:
        form = {"name": "district", "password": service.demo.password}
        cookie = visitor.post("/sign-in", data=form).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


async def test_cookie_is_secure_with_https(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.demo.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SERVICE_URL", "https://imports.example")
    form = {"name": "district", "password": service.demo.password}
    async with TestClient(TestServer(await make_demo())) as client:
        response = await client.post(
            "/sign-in",
            data=form,
            headers={"Origin": "https://imports.example"},
            allow_redirects=False,
        )
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie.split("; ")
    assert "max-age" in response.headers["Strict-Transport-Security"]


async def test_code_of_the_documentation_adds_the_pages_to_an_application(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.demo.environment.items():
        monkeypatch.setenv(name, value)

    async def your_session(request: web.Request) -> dict[str, Any] | None:
        return {"name": "Ada", "schools": ["north"]} if "ada" in request.query else None

    text = (Path(__file__).parents[3] / "docs" / "service.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {"your_session": your_session}
    exec(code, names)  # noqa: S102 - our own page
    host = web.Application()
    await names["add_imports"](host)
    async with TestClient(TestServer(host)) as client:
        response = await client.get("/imports/schools/north?ada")
        text = await response.text()
        other = await client.get("/imports/schools/south?ada")
        stranger = await client.get("/imports/schools/north")
    assert 'action="/imports/schools/north/imports"' in text
    assert 'action="/logout"' in text
    assert (other.status, stranger.status) == (404, 401)


def test_log_has_no_secret_and_no_data_of_people(
    service: Service, north: Visitor, hostile: str
) -> None:
    north.get(hostile)
    secrets = [
        north.token,
        *north.cookies.values(),
        service.demo.password,
        service.url and "Okafor",
    ]
    secrets += [
        service.demo.environment[name] for name in ("SERVICE_JOURNAL_KEY", "NORTH_SCHOOLOGY_SECRET")
    ]
    log = service.log
    assert "Okafor" not in log
    assert hostile in log
    assert [one for one in secrets if one in log] == []
    text = north.get(hostile).text
    assert [one for one in secrets[1:] if one in text] == []
