"""The file of the page: private, complete or not there, and without HTML from data."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lms_async.errors import PlanFailed, PlanUnusable
from lms_async.roster import Change, PlanFile, write_page
from tests.roster.page.example import CHANGES, write_plan


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "a.plan"
    write_plan(path, CHANGES[:6])
    return path


def pages(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".plan"]


class Watched(PlanFile):
    """Notes the files beside the plan, and their modes, while the page is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.folder = path.parent
        self.seen: dict[str, int] = {}

    def changes(self, *numbers: int) -> Iterator[Change]:
        self.seen = {path.name: stat.S_IMODE(path.stat().st_mode) for path in pages(self.folder)}
        return super().changes(*numbers)


def test_page_is_private_from_its_creation_and_appears_when_it_is_complete(plan: Path) -> None:
    path = plan.with_name("a.html")
    old = os.umask(0)
    try:
        with Watched(plan) as watched:
            write_page(watched, path)
    finally:
        os.umask(old)
    ((name, mode),) = watched.seen.items()
    assert name != path.name
    assert mode == 0o600
    assert pages(plan.parent) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_page_of_a_path_replaces_an_older_one_that_others_can_read(plan: Path) -> None:
    path = plan.with_name("a.html")
    path.write_text("old")
    path.chmod(0o644)
    write_page(str(plan), str(path))
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_data_is_in_the_page_only_as_json_and_no_address_is(plan: Path) -> None:
    path = plan.with_name("a.html")
    write_page(plan, path)
    text = path.read_text("utf-8")
    assert re.findall(r"<img|<!--|<b>|\x1f|\\u001f|https?:|url\(", text) == []
    # Summary, scripts, changes, and two chunks of what is left alone.
    assert text.count("<script") == text.count("</script>") == 5
    assert "{{" not in text


def test_damaged_plan_leaves_the_older_page(plan: Path) -> None:
    path = plan.with_name("a.html")
    path.write_text("old")
    with closing(sqlite3.connect(plan)) as connection, connection:
        connection.execute("UPDATE changes SET after = 'x'")
    with pytest.raises(PlanUnusable, match="damaged"):
        write_page(plan, path)
    assert pages(plan.parent) == [path]
    assert path.read_text() == "old"


def test_page_that_cannot_be_written_leaves_nothing(plan: Path) -> None:
    with pytest.raises(PlanFailed, match="No such file"):
        write_page(plan, plan.parent / "missing" / "a.html")
    folder = plan.with_name("a.html")
    folder.mkdir()
    with pytest.raises(PlanFailed, match="can't be written"):
        write_page(plan, folder)
    assert pages(plan.parent) == [folder]
