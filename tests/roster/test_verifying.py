"""Verify a plan: what the vendor does not show of its changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.errors import PlanRefused
from lms_async.roster import Action, Change, Entry, Mismatch, Plan
from lms_async.roster.entries import join
from lms_async.roster.plan_files.plan_writer import PlanWriter
from tests.roster.plans import CHANGES, school, write
from tests.virtual import run


@pytest.mark.parametrize(
    ("there", "mismatch"),
    [
        ([], Mismatch.MISSING),
        ([{"active": False}], Mismatch.NOT_IN_USE),
        ([{"fields": {"title": "Music"}}], Mismatch.DIFFERENT_FIELDS),
        ([{"fields": {"title": "Art"}}, {"vendor_id": "9"}], Mismatch.SEVERAL),
    ],
)
def test_what_still_differs(
    tmp_path: Path, there: list[dict[str, Any]], mismatch: Mismatch
) -> None:
    made, target = write(tmp_path / "a.plan"), school()
    target.entries += [Entry(kind="sections", key="k1", **values) for values in there]
    found = run(made.verify(target)).different[0]
    assert (found.change, found.mismatch) == (CHANGES[0], mismatch)
    assert found.there == ({"title": "Music"} if mismatch is Mismatch.DIFFERENT_FIELDS else {})


def test_upper_and_lower_case_of_an_email_address_are_the_same(tmp_path: Path) -> None:
    after = {"email": "Ada@School.example", "given_name": "Ada"}
    change = Change(kind="people", action=Action.UPDATE, key="p1", vendor_id="1", after=after)
    made, target = write(tmp_path / "a.plan", changes=[change]), school()
    target.replace(target.entries[0], fields={**after, "email": "ada@school.example"})
    assert run(made.verify(target)).different == []
    target.replace(target.entries[0], fields={**after, "given_name": "ada"})
    (found,) = run(made.verify(target)).different
    assert found.there == {"given_name": "ada"}


def test_removed_record_that_is_still_in_use_differs(tmp_path: Path) -> None:
    target = school()
    with PlanWriter(tmp_path / "a.plan", write(tmp_path / "b.plan").meta) as writer:
        writer.add(Change(kind="people", action=Action.DEACTIVATE, key="p1", vendor_id="1"))
    (found,) = run(Plan(tmp_path / "a.plan").verify(target)).different
    assert found.mismatch is Mismatch.STILL_IN_USE


def test_removed_person_who_is_in_use_with_another_key_differs(tmp_path: Path) -> None:
    leaver = Change(kind="people", action=Action.DEACTIVATE, key="p1", vendor_id="1")
    made, target = write(tmp_path / "a.plan", changes=[leaver]), school()
    target.replace(target.entries[0], key="p1-old")
    (found,) = run(made.verify(target)).different
    assert found.mismatch is Mismatch.STILL_IN_USE


@pytest.mark.parametrize("change", [Action.EXPIRE, Action.LINK])
def test_enrollment_in_a_section_that_is_over_is_not_verified(
    tmp_path: Path, change: Action
) -> None:
    seat = Change(kind="enrollments", action=change, key=join("k1", "p1"))
    made, target = write(tmp_path / "a.plan", changes=[seat]), school()
    over = Entry(kind="sections", key="k1", active=False, locked="its terms are over")
    target.entries.append(over)
    verification = run(made.verify(target))
    assert (verification.verified, verification.different) == (0, [])
    assert verification.not_shown == {"enrollments": 1}
    # Enrollments of people end when the person is removed.
    target.replace(over, active=True, locked="")
    target.replace(target.entries[0], active=False)
    verification = run(made.verify(target))
    assert (verification.verified, verification.not_shown) == (change is Action.EXPIRE, {})


def test_values_that_the_vendor_does_not_show_are_counted(tmp_path: Path) -> None:
    made, target = write(tmp_path / "a.plan"), school()
    run(made.apply(target, journal=tmp_path / "journals"))
    sections = attrs.evolve(target.capabilities.kinds["sections"], shows=frozenset())
    kinds = {**target.capabilities.kinds, "sections": sections}
    target.capabilities = attrs.evolve(target.capabilities, kinds=kinds)
    target.entries = [
        attrs.evolve(entry, fields={}) if entry.kind == "sections" else entry
        for entry in target.entries
    ]
    verification = run(made.verify(target))
    assert (verification.different, verification.counts_different) == ([], {})
    assert verification.not_verifiable == {("sections", "title"): 1}


def test_many_differences_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    lost = [Change(kind="sections", action=Action.CREATE, key=f"k{n}") for n in range(1500)]
    kept = Change(kind="people", action=Action.DEACTIVATE, key="p1", vendor_id="1")
    verification = run(write(tmp_path / "a.plan", changes=[*lost, kept]).verify(school()))
    assert verification.counts_different == {
        ("sections", Mismatch.MISSING): 1500,
        ("people", Mismatch.STILL_IN_USE): 1,
    }
    assert [one.change.key for one in verification.different] == [f"k{n}" for n in range(1000)]


def test_vendor_of_another_plan_is_not_verified(tmp_path: Path) -> None:
    made = write(tmp_path / "a.plan", account="school 2")
    with pytest.raises(PlanRefused, match="school 2"):
        run(made.verify(school()))
