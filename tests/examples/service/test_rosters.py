"""OneRoster zip files in the service: the plan, its start, its results, and refused files."""

from __future__ import annotations

import asyncio
import csv
import io
import time
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lms_async import Window
from lms_async.roster import OneRosterSource, plan, read_mapping
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from service.sample_files import write_roster
from tests.examples.service.running import Service, Visitor

STUDENTS, SECTIONS = 40, 2
PEOPLE, THERE = STUDENTS + SECTIONS, 4
pytestmark = pytest.mark.timeout(300)


def wait_for(text: str, visitor: Visitor, url: str) -> str:
    """Return the page of an import, when it contains ``text``."""
    end = time.monotonic() + 120
    while text not in (shown := visitor.get(url).text):
        assert time.monotonic() < end, shown
        assert "Interrupted" not in shown, shown
        time.sleep(0.2)
    return shown


def roster(folder: Path, *, prefix: str = "P") -> bytes:
    path = folder / "roster.zip"
    write_roster(path, students=STUDENTS, sections=SECTIONS, prefix=prefix)
    return path.read_bytes()


@pytest.fixture(scope="module")
def refused(service: Service, west: Visitor, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an import whose plan the guard refuses: the vendor has other people."""
    for number in range(20):
        fields = {"school_uid": f"old{number}", "name_first": "By", "name_last": "Hand"}
        service.sandboxes["west"].school.add(
            {**fields, "primary_email": f"old{number}@hill.example"}
        )
    content = roster(tmp_path_factory.mktemp("refused"), prefix="Q")
    return west.uploaded("west", content, name="roster.zip")


@pytest.mark.usefixtures("refused")  # its plan is made meanwhile
def test_roster_is_planned_started_interrupted_and_finished(
    service: Service, east: Visitor, north: Visitor, tmp_path: Path
) -> None:
    sandbox = service.sandboxes["east"]
    # The courses, sections and first people are there already, which saves time at the limit.
    write_roster(tmp_path / "roster.zip", students=THERE - SECTIONS, sections=SECTIONS)
    asyncio.run(planned(service, tmp_path, apply=True))
    url = east.uploaded("east", roster(tmp_path), name="roster.zip")
    shown = wait_for("Checked. Nothing was sent yet.", east, url)
    assert (len(sandbox.school.users), len(sandbox.school.enrollments)) == (1 + THERE, THERE)
    assert "<td>people</td><td>create</td><td>38</td>" in shown
    assert "the file has no such column" not in shown
    page = east.get(f"{url}/plan.html")
    assert page.headers["Content-Disposition"] == 'attachment; filename="plan.html"'
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Example-P7" in page.text
    assert "Example-P7" not in shown
    assert east.get(f"{url}/results.csv").status_code == 404
    for path in ("", "/plan.html", "/events", "/results.csv"):
        assert north.get(url + path).status_code == 404
        assert north.get(url.replace("east", "north") + path).status_code == 404
    assert north.press(f"{url}/start").status_code == 404

    east.press(f"{url}/start")
    end = time.monotonic() + 120
    while len(sandbox.school.users) <= 1 + THERE:
        assert time.monotonic() < end
        time.sleep(0.05)
    service.kill("worker")
    east.press(f"{url}/stop")
    wait_for("Stopped. You can resume it.", east, url)
    table = results_of(east, url)  # no worker has written them
    assert len(table) == 2 * (PEOPLE - THERE)
    assert {line["result"] for line in table} <= {"done", "unknown", "not sent", "not known"}
    assert {line["schoology_id"] for line in table} == {""}
    link = east.get(url).text.partition('<a id="results"')[2].partition(">")[0]
    assert "hidden" not in link
    east.press(f"{url}/start")
    service.start("worker")
    shown = wait_for("Finished.", east, url)
    assert "<td>people</td><td>create</td><td>38</td><td>38</td>" in shown

    table = results_of(east, url)
    assert {line["result"] for line in table} == {"done"}
    counts = Counter((line["kind"], line["action"]) for line in table)
    assert counts["people", "create"] == counts["enrollments", "link"] == PEOPLE - THERE
    assert "class0 / P8" in {line["key"] for line in table}
    assert len(sandbox.school.enrollments) == PEOPLE
    created = Counter(user.school_uid for user in sandbox.school.users.values())
    assert created.most_common(1)[0][1] == 1
    name = url.rpartition("/")[2]
    assert [one.suffix for one in service.files if name in one.name] == [".results"]
    assert east.get(f"{url}/plan.html").status_code == 404

    assert asyncio.run(planned(service, tmp_path)) == {}


def results_of(visitor: Visitor, url: str) -> list[dict[str, str]]:
    response = visitor.get(f"{url}/results.csv")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text)))


async def planned(service: Service, folder: Path, *, apply: bool = False) -> object:
    """Plan the file without the service and its limit, and return what it would change."""
    sandbox = service.sandboxes["east"]
    async with Schoology(
        sandbox.key, sandbox.secret, base_url=sandbox.base_url, limiter=Window(1_000, per=1)
    ) as client:
        target = SchoologyRoster(client)
        made = await plan(
            OneRosterSource(folder / "roster.zip"),
            target,
            read_mapping(service.demo.mappings / "east.toml"),
            as_of=date.today(),
            path=folder / "direct.plan",
        )
        if apply:
            await made.apply(target, journal=folder / "journal")
    return made.counts()


def test_plan_that_the_guard_refuses_can_not_be_started(
    service: Service, west: Visitor, refused: str
) -> None:
    sandbox, url = service.sandboxes["west"], refused
    shown = wait_for("Refused. Nothing was sent.", west, url)
    assert "Why the plan may not be started" in shown
    assert 'data-action="start" hidden' in shown
    requests = len(sandbox.log)
    west.press(f"{url}/start")
    assert "Refused. Nothing was sent." in west.get(url).text
    assert len(sandbox.log) == requests
    assert west.get(f"{url}/plan.html").status_code == 200
    assert west.press(f"{url}/delete").status_code == 303
    assert [one for one in service.files if url.rpartition("/")[2] in one.name] == []


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


def test_zip_file_that_can_not_be_used_is_refused_and_deleted(
    service: Service, north: Visitor, tmp_path: Path
) -> None:
    before = service.files
    for content, says in [
        (roster(tmp_path)[:-100], "damaged or cut off"),
        (zipped(pupils="id\n1\n"), "no OneRoster files"),
        (zipped(users="0" * 200_000_001), "200,000,000 bytes when it is unpacked"),
        (zipped(), "no OneRoster files"),
    ]:
        response = north.upload("north", content, name="roster.zip")
        assert response.status_code == 422
        assert says in response.text
        assert str(service.demo.uploads) not in response.text
    assert service.files == before


def test_zip_file_is_refused_without_the_settings_of_the_roster(
    service: Service, south: Visitor, tmp_path: Path
) -> None:
    before = service.files
    response = south.upload("south", roster(tmp_path), name="roster.zip")
    assert response.status_code == 422
    assert "south.toml" in response.text
    assert service.files == before


def test_source_that_the_worker_can_not_read_is_refused(service: Service, west: Visitor) -> None:
    url = west.uploaded("west", zipped(users="no,header\n1,2\n"), name="roster.zip")
    shown = wait_for("Refused. Nothing was sent.", west, url)
    assert str(service.demo.uploads) not in shown
    west.press(f"{url}/delete")
