"""The page in a real Chromium: what it shows, its filters and search, without any network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page, expect

from benchmarks.chromium import chromium, program
from lms_async.roster import write_page
from lms_async.roster.page.data import LISTED
from tests.roster.page.example import CHANGES, HOSTILE, LEFT_ALONE, MANY, write_plan

#: Git ignores this folder. It keeps the screenshots of the last run.
OUTPUT = Path(__file__).parents[2] / "output"
TOTAL = len(CHANGES)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(program() is None, reason="there is no chromium on this machine"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write_plan(folder / "a.plan")
    write_page(folder / "a.plan", folder / "a.html")
    return folder / "a.html"


async def load(page: Page, path: Path) -> None:
    await page.goto(path.as_uri())
    await page.wait_for_selector("#left-alone > table[aria-busy='false']", state="attached")


class Watched:
    """A page, with everything that it requests and that the browser complains about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requested: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(browser: Browser, path: Path) -> Watched:
    watched = Watched(await browser.new_page())
    watched.page.set_default_timeout(20_000)
    await load(watched.page, path)
    return watched


@pytest_asyncio.fixture(loop_scope="module")
async def page(watched: Watched, path: Path) -> AsyncIterator[Page]:
    """The page, without filters. The test fails if the browser requests anything else, or
    complains."""
    await watched.page.set_viewport_size({"width": 1280, "height": 900})
    await watched.page.evaluate("changes.reset({}), leftAlone.reset({}), scrollTo(0, 0)")
    yield watched.page
    assert watched.requested == [path.as_uri()]
    assert watched.complaints == []


async def rows(page: Page, of: str = "#changes") -> list[str]:
    """Return the text of each row that is shown."""
    texts = await page.locator(f"{of} > table > tbody > tr").all_inner_texts()
    return [" ".join(text.split()) for text in texts]


async def search(page: Page, text: str, of: str = "#changes") -> list[str]:
    await page.locator(of).get_by_label("Search").fill(text)
    # Playwright's own wait_for_function needs "eval", which the policy does not allow.
    await page.evaluate(
        """async () => {
        while (changes.waiting ?? leftAlone.waiting) await pause();
        }"""
    )
    return await rows(page, of)


async def test_guard_that_stops_the_plan_comes_first(page: Page) -> None:
    assert await page.title() == "Roster plan for acme, 2026-09-01"
    about = await page.locator("#about").inner_text()
    assert about.split("\n") == [
        *("Target", "acme", "Account", "acme:7"),
        *("For the day", "2026-09-01", "Made at", "2026-08-01 06:30 UTC"),
    ]
    await expect(page.locator(".private")).to_contain_text("names")
    assert (await page.locator("main h2").all_inner_texts())[0] == "Guard"
    stops, warns = await page.locator(".verdict").all_inner_texts()
    assert stops.startswith("The guard refuses this plan. Do not apply it.")
    assert "<b>Read the plan.</b>" in stops
    assert warns.split("\n\n") == ["The guard leaves out removals.", "No sections are removed."]


async def test_totals_by_kind_and_school_show_the_rows_they_count(page: Page) -> None:
    by_kind, by_school = await page.locator("#totals table").all_inner_texts()
    assert [
        line.split() for line in by_kind.splitlines() if line.startswith(("People", "All"))
    ] == [
        ["People", "3", "1", "0", "1", "2"],
        ["All", "4", "1", f"{MANY + 1:,}", "1", f"{2 + LISTED + 4:,}"],
    ]
    assert "north\t3\t0\t1,011\t0\t0\n" in by_school
    await page.get_by_role("button", name="People, Create: 3. Show.").click()
    assert [row.split()[:2] for row in await rows(page)] == [["create", "people"]] * 3
    await page.get_by_role("button", name="south, Left alone: 2. Show.").click()
    assert len(await rows(page, "#left-alone")) == 2


async def test_records_that_are_left_alone_are_counted_without_fields(page: Page) -> None:
    await page.get_by_role("button", name="People, Left alone: 2. Show.").click()
    assert len(await rows(page, "#left-alone")) == 2
    fields = page.get_by_role("table", name="Fields by reason")
    await fields.get_by_role("button", name="1,204").click()
    assert len(await rows(page, "#left-alone")) == 1


async def test_problems_of_the_source_are_counted_with_their_first_places(page: Page) -> None:
    text = await page.locator("#problems").inner_text()
    assert text.startswith(
        "Problems of the source\nRejected records of the source (5 problems)\n5 users.csv: orphan\n"
    )
    # The problem follows from another file, so one example is enough.
    assert f"users.csv, line 2, column orgSourcedIds: no {HOSTILE}." in text
    assert "line 3" not in text
    assert "and 4 others" in text


async def test_change_shows_key_name_school_and_each_field(page: Page) -> None:
    shown = await rows(page)
    assert shown[0] == "create sections Art S1 north title after: Art"
    assert shown[1] == (
        "create people Zoë Okafor P1 north "
        "given_name after: Zoë family_name after: Okafor grades after: 09, 10"
    )
    assert shown[4] == (
        "update people P4 south email before: old@school.example → after: new@school.example "
        "phone before: empty → after: 555"
    )


async def test_records_of_two_others_show_the_names_that_the_plan_knows(page: Page) -> None:
    shown = await rows(page)
    assert (
        shown[5] == "link relationships Zoë Okafor / Bea Lind (guardian) P1 / P2 (guardian) north"
    )
    assert shown[6] == "link enrollments Art / Zoë Okafor S1 / P1 north"
    assert shown[7] == "link enrollments S2 / N0 north"


async def test_names_never_become_html(page: Page) -> None:
    assert len(await search(page, "onerror")) == 2
    assert HOSTILE in " ".join(await rows(page))
    assert len(await search(page, "onerror", "#left-alone")) == 1
    assert await page.locator("img").count() == 0
    assert await page.evaluate("window.attacked") is None


async def test_filters_are_combined_and_cleared(page: Page) -> None:
    controls = page.locator("#changes")
    await controls.get_by_role("combobox", name="Kind").select_option("people")
    assert len(await rows(page)) == 5
    await controls.get_by_role("combobox", name="School").select_option("north")
    assert len(await rows(page)) == 2
    await controls.get_by_role("combobox", name="Action").select_option("delete")
    await expect(page.locator("#changes .status")).to_have_text(
        f"Nothing found in {TOTAL:,} changes"
    )
    await controls.get_by_role("button", name="Clear filters").click()
    await expect(page.locator("#changes .status")).to_have_text(f"1–50 of {TOTAL:,} changes")


async def test_search_finds_rows_with_all_words(page: Page) -> None:
    for text, keys in (
        ("zoe OKAFOR", ["P1", "P1 / P2", "S1 / P1"]),  # also by the names of others' records
        ("old@school", ["P4"]),
        ("email", ["P4"]),
        ("s2 / n1000", ["S2 / N1000"]),
        ("quist south", []),
    ):
        await search(page, text)
        shown = await page.locator("#changes tbody .key").all_inner_texts()
        assert [key.removesuffix(" (guardian)") for key in shown] == keys


async def test_what_is_left_alone_is_counted_and_listed_up_to_a_bound(page: Page) -> None:
    section = page.locator("#left-alone")
    await expect(section).to_contain_text("of each kind and reason only the first 2,000 records")
    await expect(section).to_contain_text(f"Out of scope\t0\t{LISTED + 4:,}", use_inner_text=True)
    listed = len(LEFT_ALONE) - 1
    await expect(section.locator(".status")).to_have_text(f"1–50 of {listed:,} rows")
    assert (await rows(page, "#left-alone"))[:3] == [
        "Vendor cannot change this field people Zoë Okafor P1 north birth_date",
        "No id from the school at the vendor people vendor's id 77 south",
        f"Locked people P7 south {HOSTILE}",
    ]
    await section.get_by_role("combobox", name="Reason").select_option("vendor has no such field")
    assert await rows(page, "#left-alone") == [
        "Vendor has no such field people 1,204 records no school sms"
    ]


async def test_pages_are_turned_with_the_keyboard(page: Page) -> None:
    await page.get_by_role("link", name="Skip to the changes").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.locator("#changes").get_by_label("Search")).to_be_focused()
    pager = page.get_by_role("navigation", name="Pages of changes")
    status = page.locator("#changes").get_by_role("status")
    await pager.get_by_role("button", name="Next").focus()
    await page.keyboard.press("Enter")
    await expect(status).to_have_text(f"51–100 of {TOTAL:,} changes")
    await pager.get_by_role("button", name="Last").press("Enter")
    await expect(pager).to_contain_text("Page 21 of 21")
    # A button that can't be used keeps the focus.
    await expect(pager.get_by_role("button", name="Last")).to_be_focused()
    await expect(pager.get_by_role("button", name="Next")).to_have_attribute(
        "aria-disabled", "true"
    )
    await pager.get_by_role("button", name="First").press("Enter")
    await expect(status).to_have_text(f"1–50 of {TOTAL:,} changes")


async def test_search_shows_the_first_page_of_what_it_finds(page: Page) -> None:
    await page.locator("#changes .pager").get_by_role("button", name="Last").click()
    await search(page, "s2")
    await expect(page.locator("#changes .status")).to_have_text(
        f"1–50 of {MANY - 1:,} found, of {TOTAL:,} changes"
    )


async def test_screen_readers_find_labels_headings_and_tables(page: Page) -> None:
    assert await page.locator("html").get_attribute("lang") == "en"
    headings = await page.locator("h1, h2, h3").all_inner_texts()
    assert headings == [
        *("Roster plan", "Guard", "Problems of the source"),
        *("Rejected records of the source (5 problems)", "Totals", "Changes", "Left alone"),
    ]
    without_label = "fields => fields.filter(field => !field.labels.length).length"
    assert await page.locator("input, select").evaluate_all(without_label) == 0
    for name in ("Guard", "Totals", "Changes", "Left alone"):
        await expect(page.get_by_role("region", name=name)).to_be_visible()
    for name in ("By kind", "By school", "Records by reason", "Changes", "Rows"):
        await expect(page.get_by_role("table", name=name)).to_have_count(1)
    await page.set_viewport_size({"width": 360, "height": 800})
    table = page.get_by_role("table", name="Changes")
    await expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(5)


@pytest.mark.parametrize("width", [1280, 360])
async def test_page_fits_its_window(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 1400})
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    OUTPUT.mkdir(exist_ok=True)
    await page.screenshot(path=OUTPUT / f"plan-page-{width}.png")


async def test_found_rows_are_printed_up_to_a_bound(page: Page) -> None:
    await search(page, "s2 / n1")
    found = len([number for number in range(MANY - 1) if str(number).startswith("1")])
    shown = "document.querySelectorAll('#changes > table > tbody > tr').length"
    await page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {shown} }})")
    await page.locator("#left-alone").get_by_role("combobox", name="Kind").select_option("people")
    assert (await page.pdf()).startswith(b"%PDF")
    assert await page.evaluate("window.printed") == found
    printed = page.locator("#changes .print-only")
    assert await printed.text_content() == (
        f"Search: s2 / n1 Printed: {found} of {found} changes found."
    )
    assert len(await rows(page)) == 50
    await page.locator("#changes").get_by_role("button", name="Clear filters").click()
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert await page.evaluate("window.printed") == 1000
    assert await printed.text_content() == (
        f"Printed: 1,000 of {TOTAL:,} changes found. At most 1,000 rows are printed."
    )


async def test_policy_allows_nothing_but_the_page_itself(page: Page, watched: Watched) -> None:
    await page.evaluate(
        """() => {
        const script = document.createElement("script");
        script.textContent = "window.attacked = 1";
        document.body.append(script);
        }"""
    )
    assert await page.evaluate("window.attacked") is None
    with pytest.raises(Error, match="Failed to fetch"):
        await page.evaluate("fetch('http://127.0.0.1:9/')")
    assert "script-src" in watched.complaints[0]
    assert "connect-src" in watched.complaints[1]
    watched.complaints.clear()


async def test_plan_without_changes_is_allowed(browser: Browser, tmp_path: Path) -> None:
    write_plan(tmp_path / "a.plan", [], [], (), problems=0)
    write_page(tmp_path / "a.plan", tmp_path / "a.html")
    page = await browser.new_page()
    await load(page, tmp_path / "a.html")
    assert await page.locator(".verdict").all_inner_texts() == ["The guard allows this plan."]
    await expect(page.locator("#problems")).to_be_hidden()
    await expect(page.locator("#totals")).to_contain_text("There is nothing to change.")
    await expect(page.locator("#changes .status")).to_have_text("No changes")
    await page.close()
