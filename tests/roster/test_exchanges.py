"""Rejected updates whose value another record of the same plan has."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from lms_async.outcome import RowError
from lms_async.roster import Action, Change
from tests.roster.fake_target import Faults
from tests.roster.plans import school, write
from tests.virtual import run


def update(key: str, before: str, after: str, field: str = "email") -> Change:
    return Change(
        kind="people",
        action=Action.UPDATE,
        key=key,
        vendor_id=key,
        before={field: before},
        after={field: after},
    )


def errors(tmp_path: Path, changes: list[Change], rejected: set[str]) -> list[RowError | None]:
    target = school(Faults(rejected=frozenset(rejected)))
    target.entries += [
        attrs.evolve(target.entries[0], key=key, vendor_id=key) for key in ("p2", "p3")
    ]
    made = write(tmp_path / "a.plan", changes=changes)
    report = run(made.apply(target, journal=tmp_path / "journals", check_state=False))
    return [outcome.error for outcome in report.not_done()]


@pytest.mark.parametrize("field", ["email", "username"])
def test_people_who_exchange_a_value_are_named_by_their_changes(tmp_path: Path, field: str) -> None:
    swap = [
        update("p1", "ada@x.example", "eve@x.example", field),
        update("p2", "Eve@x.example", "joe@x.example", field),
        update("p3", "joe@x.example", "Ada@x.example", field),
    ]
    found = errors(tmp_path, swap, {"p1", "p2", "p3"})
    assert len(found) == 3
    for error in found:
        assert error is not None
        assert error.code == "value_in_use"
        assert f"changes 1, 2, 3 of this plan exchange their {field}" in error.message
        assert "x.example" not in error.fields[field]


def test_people_who_exchange_two_values_are_told_both(tmp_path: Path) -> None:
    one, other = (
        {"email": f"{name}@x.example", "username": name, "given_name": name}
        for name in ("ada", "eve")
    )
    swap = [
        attrs.evolve(update("p1", "", ""), before=one, after=other),
        attrs.evolve(update("p2", "", ""), before=other, after=one),
    ]
    for error in errors(tmp_path, swap, {"p1", "p2"}):
        assert error is not None
        assert "exchange their email and username" in error.message


def test_update_that_came_too_early_names_the_other_change(tmp_path: Path) -> None:
    chain = [update("p1", "ada@x.example", "eve@x.example"), update("p2", "eve@x.example", "")]
    (error,) = errors(tmp_path, chain, {"p1"})
    assert error is not None
    assert "change 2 of this plan had this email" in error.message


def test_update_that_is_rejected_for_another_reason_keeps_it(tmp_path: Path) -> None:
    (error,) = errors(tmp_path, [update("p1", "ada@x.example", "eve@x.example")], {"p1"})
    assert error is not None
    assert error.code != "value_in_use"
