"""The service in a real Chromium, while its processes are stopped and killed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, Page, expect

from benchmarks.chromium import chromium, program
from service.sample_files import sample_people, write_roster
from tests.examples.service.running import Service, Visitor

#: Git ignores this folder. It keeps the screenshots of the last run.
OUTPUT = Path(__file__).parents[2] / "output"
#: 38 requests, of which 13 may be sent in 5 seconds. So there is time to interrupt them.
PEOPLE = 1_900
REJECTED = 8
#: After a worker is killed, its requests count in the shared limit for 28 seconds. So only
#: "make chaos" kills it, and other runs stop it.
KILLS_WORKER = settings.get_current_profile_name() == "chaos"
#: Nothing is judged by its time. This is how long a slow machine may take, in milliseconds.
PATIENCE = 90_000

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(program() is None, reason="there is no chromium on this machine"),
    pytest.mark.timeout(300),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        expect.set_options(timeout=PATIENCE)
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, service: Service) -> AsyncIterator[Page]:
    """A page of the person who may use the school north."""
    page = await signed_in(browser, service, "north-office")
    yield page
    await page.close()


async def signed_in(browser: Browser, service: Service, name: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    await page.goto(service.url)
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(service.demo.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Schools")).to_be_visible()
    return page


async def upload(page: Page, text: str) -> None:
    await page.get_by_role("link", name="north").click()
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Upload and check").click()


async def number(page: Page, name: str) -> int:
    return int((await page.locator(f"#{name}").inner_text()).replace(",", ""))


async def screenshots(page: Page, name: str) -> None:
    """Take a picture at each width. Nothing may be wider than the window."""
    OUTPUT.mkdir(exist_ok=True)
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await page.screenshot(path=OUTPUT / f"service-{name}-{width}.png", full_page=True)


async def test_import_survives_restarts_of_everything(
    page: Page, service: Service, south: Visitor
) -> None:
    await screenshots(page, "schools")
    await upload(page, sample_people(PEOPLE))
    status = page.locator("#status")
    await expect(status).to_have_text("Checked. Nothing was sent yet.")
    assert await number(page, "remaining") == PEOPLE - REJECTED
    assert await number(page, "rejected") == REJECTED
    first = page.locator("#lines tr").first
    await expect(first).to_contain_text("primary_email: must be an email address")
    await screenshots(page, "checked")
    sandbox = service.sandboxes["north"]
    assert len(sandbox.log) == 0

    await page.get_by_role("button", name="Start the import").click()
    await expect(page.locator("#done")).not_to_have_text("0")
    await expect(page.locator("#details")).to_contain_text("Waiting for the rate limit")
    (service.kill if KILLS_WORKER else service.stop)("worker")
    await expect(status).to_have_text("Waiting for a worker.")
    done = await number(page, "done")
    assert 0 < done < PEOPLE - REJECTED
    await page.reload()
    assert await number(page, "done") >= done
    await screenshots(page, "interrupted")

    # The page finds the next server by itself, whether this one is stopped or killed.
    connection = page.locator("#connection")
    for end in (service.stop, service.kill):
        end("web")
        await expect(connection).to_contain_text("The connection to the server is lost.")
        service.start("web")
        await expect(connection).to_be_hidden()
    service.start("worker")
    await expect(status).to_have_text("Sending.")
    assert await number(page, "done") >= done

    await page.get_by_role("button", name="Stop").press("Enter")
    await expect(status).to_have_text("Stopped. You can resume it.")
    assert await page.evaluate("location.hash") == "#status"
    assert await number(page, "remaining") > 0
    url = page.url.partition("#")[0].removeprefix(service.url)
    assert south.get(url).status_code == 404
    assert south.press(f"{url}/start").status_code == 404
    await page.get_by_role("button", name="Resume").press("Enter")
    await expect(status).to_have_text("Finished.")
    await screenshots(page, "finished")

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").click()
    path = await (await downloading.value).path()
    table = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert [int(line["row"]) for line in table] == list(range(2, PEOPLE + 2))
    assert Counter(line["result"] for line in table) == {
        "done": PEOPLE - REJECTED,
        "rejected": REJECTED,
    }
    uids = [user.school_uid for user in sandbox.school.users.values() if user.school_uid]
    created = Counter(uid for uid in uids if uid.startswith("S0"))
    assert len(created) == created.total() == PEOPLE - REJECTED
    assert sandbox.refusals == 0
    # The file of a finished import is deleted. Only the results are kept.
    name = url.rpartition("/")[2]
    assert [one.suffix for one in service.files if one.stem == name] == [".results"]


async def test_page_can_be_used_by_keyboard_and_screen_reader(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await upload(page, "school_uid,name_first\n1,Ada\n")
    await expect(page.get_by_role("alert")).to_contain_text("Missing: name_last, role_id")
    file = page.get_by_label("CSV file")
    assert "problem" in (await file.get_attribute("aria-describedby") or "")
    await page.get_by_role("link", name="Schools").click()
    await upload(page, sample_people(150).replace("S0", "T0").replace("pupil", "other"))
    assert await page.locator("html").get_attribute("lang") == "en"
    without_label = (
        "fields => fields.filter(one => one.type != 'hidden' && !one.labels.length).length"
    )
    assert await page.locator("input, progress").evaluate_all(without_label) == 0
    for name in ("Checked. Nothing was sent yet.", "Rows with problems"):
        await expect(page.get_by_role("region", name=name).first).to_be_visible()
    live = page.locator("#announcement")
    await expect(live).to_have_attribute("aria-live", "polite")
    # If a button disappears, its focus goes to the status.
    await page.get_by_role("button", name="Start the import").focus()
    await page.evaluate("showActions(['stop'])")
    assert await page.evaluate("document.activeElement.id") == "status"
    await page.evaluate("showActions(['start', 'delete'])")
    await page.get_by_role("button", name="Start the import").press("Enter")
    await expect(page.locator("#status")).to_have_text("Finished.")
    await expect(live).to_have_text("Finished. 149 of 150 done, 1 rejected.")
    await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    await page.get_by_role("button", name="Delete this import").press("Enter")
    await expect(page.get_by_role("heading", name="Imports of north")).to_be_visible()
    # Chromium notes the 422 of the wrong file.
    assert [text for text in complaints if "422" not in text] == []


async def test_plan_that_could_not_be_made_is_tried_again(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.zip"
    write_roster(roster, students=10, sections=1, prefix="T")
    page = await signed_in(browser, service, "west-office")
    await page.get_by_role("link", name="west").click()
    await page.get_by_label("CSV file or zip file").set_input_files(roster)
    sandbox = service.sandboxes["west"]
    sandbox.forbidden.add("users")
    try:
        await page.get_by_role("button", name="Upload and check").click()
        status = page.locator("#status")
        await expect(status).to_have_text("The plan could not be made. You can try again.")
    finally:
        sandbox.forbidden.clear()
    await expect(page.locator("#details")).to_contain_text("403")
    await expect(page.get_by_role("button", name="Start the import")).to_be_hidden()
    await expect(page.get_by_role("link", name="Download")).to_have_count(0)
    await screenshots(page, "not-planned")
    await page.get_by_role("button", name="Try again").press("Enter")
    changes = page.get_by_role("region", name="Changes by kind").first
    await expect(changes).to_contain_text("create")
    await expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    await page.get_by_role("button", name="Delete this import").click()
    await expect(page.get_by_role("heading", name="Imports of west")).to_be_visible()
    await page.close()


async def test_plan_appears_when_it_is_made_and_can_be_read(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.zip"
    write_roster(roster, students=10, sections=1, prefix="R")
    page = await signed_in(browser, service, "west-office")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.get_by_role("link", name="west").click()
    await page.get_by_label("CSV file or zip file").set_input_files(roster)
    await page.get_by_role("button", name="Upload and check").click()
    changes = page.get_by_role("region", name="Changes by kind").first
    await expect(changes).to_contain_text("create")
    await expect(page.get_by_role("heading", name="Left alone")).to_be_visible()
    await screenshots(page, "plan")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download the plan").click()
    saved = tmp_path / "plan.html"
    await (await downloading.value).save_as(saved)
    await page.goto(saved.as_uri())
    await expect(page.get_by_text("Example-R7").first).to_be_visible()
    assert complaints == []
    await page.close()
