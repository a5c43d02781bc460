"""A file in which a spreadsheet replaced letters by ``?``."""

from __future__ import annotations

import pytest

from lms_async.cli.exit_codes import Exit
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import

FILE = "course_code,title\nA1,{title}\n"


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("title", ["?ód? Żak", "??d? ?ak"])
async def test_row_with_lost_letters_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox, title: str, dry_run: bool
) -> None:
    schoology_sandbox.school.courses.add(title="Łódź Żak", course_code="A1")
    ran = await lms_import(
        FILE.format(title=title), kind="courses", update_existing=True, dry_run=dry_run
    )
    assert ran.code == Exit.REJECTED
    assert "title: a spreadsheet replaced letters by ?" in ran.err
    assert "CSV UTF-8" in ran.err
    assert [one.title for one in schoology_sandbox.school.courses] == ["Łódź Żak"]


@pytest.mark.parametrize("title", ["Łódź?", "Why?", "Lódz Żak", "?ód? Zak"])
async def test_other_changes_are_sent(
    lms_import: Import, schoology_sandbox: SchoologySandbox, title: str
) -> None:
    schoology_sandbox.school.courses.add(title="Łódź Żak", course_code="A1")
    ran = await lms_import(FILE.format(title=title), kind="courses", update_existing=True)
    assert ran.code == Exit.DONE
    assert [one.title for one in schoology_sandbox.school.courses] == [title]
