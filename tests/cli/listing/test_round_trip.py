"""``lms export``, ``lms import`` into an empty account, ``lms export``: equal."""

from __future__ import annotations

from pathlib import Path

from acme_async.cli import AcmeTarget
from acme_async.sandbox import AcmeSandbox
from lms_async.cli.target import find_target
from manabac_async.sandbox import ManageBacSandbox
from manabac_async.sandbox import School as ManageBacSchool
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import environment_of as schoology_environment
from tests.cli.listing.conftest import add_pupils, environment_of
from tests.cli.listing.round_trip import FAST, export_import_export
from tests.cli.test_managebac import environment_of as managebac_environment


async def test_acme(sandbox: AcmeSandbox, tmp_path: Path) -> None:
    add_pupils(sandbox, 150)
    async with AcmeSandbox(limit=(10_000, 1.0)) as empty:
        first, second = await export_import_export(
            AcmeTarget(), environment_of(sandbox), environment_of(empty), tmp_path
        )
    assert len(first["pupils"]) == 150
    assert first == second


async def test_schoology(tmp_path: Path) -> None:
    school = School.seeded(30, courses=2, sections=3, enrollments=40)
    async with (
        SchoologySandbox(school=school, limit=FAST) as full,
        SchoologySandbox(limit=FAST) as empty,
    ):
        first, second = await export_import_export(
            find_target("schoology"),
            schoology_environment(full),
            schoology_environment(empty),
            tmp_path,
        )
    assert {name: len(rows) for name, rows in first.items() if rows} == {
        "grading-periods": 4,
        "courses": 2,
        "people": 31,  # with the account's owner, whom both accounts have
        "sections": 3,
        "enrollments": 40,
        "parents": 13,
    }
    assert first == second


def _managebac_school() -> ManageBacSchool:
    school = ManageBacSchool.seeded(students=12, teachers=3, classes=3, parents=8, members=5)
    for number, one in enumerate(school.classes.values()):
        one.uniq_id = f"C{number}"  # a class without the school's own id cannot be imported
    return school


def _without_people_and_classes() -> ManageBacSchool:
    """A school with the same programs, terms, subjects and year groups, which no import creates."""
    school = _managebac_school()
    for class_id in list(school.classes):
        school.delete_class(class_id)
    for user_id in [*school.students, *school.parents, *school.teachers]:
        school.delete_person(user_id)
    return school


async def test_managebac(tmp_path: Path) -> None:
    async with (
        ManageBacSandbox(school=_managebac_school(), limit=FAST) as full,
        ManageBacSandbox(school=_without_people_and_classes(), limit=FAST) as empty,
    ):
        first, second = await export_import_export(
            find_target("managebac"),
            managebac_environment(full),
            managebac_environment(empty),
            tmp_path,
        )
    sizes = {name: len(rows) for name, rows in first.items()}
    assert (sizes["students"], sizes["teachers"], sizes["parents"]) == (12, 3, 8)
    assert (sizes["classes"], sizes["memberships"]) == (3, 15)
    assert sizes["children"]
    assert first == second
