"""What the last plan was made from is remembered for each account."""

from __future__ import annotations

import stat
from pathlib import Path

import attrs
import orjson
import pytest

from lms_async.errors import PlanFailed, PlanUnusable
from lms_async.outcome import Status
from lms_async.roster import Action, last_applied, remember_applied
from tests.roster.fake_target import FakeTarget
from tests.roster.test_plan_file import META
from tests.roster.test_planning import REMOVING, make

OURS = attrs.evolve(META, target=FakeTarget.name, account=FakeTarget.account)


def test_each_account_has_its_last_plan(tmp_path: Path) -> None:
    target = FakeTarget()
    assert last_applied(tmp_path, target) is None
    remember_applied(tmp_path, attrs.evolve(OURS, found_share=None))
    remember_applied(str(tmp_path), OURS)
    remember_applied(tmp_path, attrs.evolve(OURS, account="https://other/", found_share=0.1))
    assert last_applied(str(tmp_path), target) == OURS
    files = list(tmp_path.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_source_that_is_too_small_is_still_too_small_in_the_next_run(tmp_path: Path) -> None:
    made = await make(tmp_path / "a.plan", FakeTarget())
    count = made.meta.source_records["people"]
    last = attrs.evolve(made.meta, source_records={"people": 9 * count})
    for _ in range(2):
        made = await make(tmp_path / "a.plan", FakeTarget(), last=last)
        assert "max_source_shrink" in {refusal.rule for refusal in made.refusals()}
        last = made.meta
    guard = attrs.evolve(REMOVING.guard, max_source_shrink=1.0)
    allowed = attrs.evolve(REMOVING, guard=guard)
    made = await make(tmp_path / "a.plan", FakeTarget(), allowed, last=last)
    assert made.meta.source_records["people"] == count


async def test_records_that_were_not_created_do_not_count_as_the_vendors(tmp_path: Path) -> None:
    target = FakeTarget()
    made = await make(tmp_path / "a.plan", target)
    assert {kind: made.meta.vendor_records[kind] for kind in ("people", "sections")} == {
        "people": 1,
        "sections": 1,
    }
    counts = {
        ("people", Action.CREATE, Status.DONE): 1,
        ("sections", Action.CREATE, Status.REJECTED): 1,
        ("enrollments", Action.LINK, Status.SKIPPED): 1,
    }
    remember_applied(tmp_path, made.meta, counts)
    last = last_applied(tmp_path, target)
    assert last is not None
    assert (last.vendor_records["people"], last.vendor_records["sections"]) == (1, 0)
    assert last.not_created == {"sections": 1, "enrollments": 1}
    assert last.source_records == made.meta.source_records
    # So the next plan may create all of them, and a plan after one that created them may not.
    guard = attrs.evolve(REMOVING.guard, min_records=1)
    mapping = attrs.evolve(REMOVING, guard=guard)
    made = await make(tmp_path / "a.plan", target, mapping, last=last)
    refused = {one.kind for one in made.refusals() if one.rule == "max_created_share"}
    assert refused == {"people", "courses"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("found_share", "x"),
        ("source_records", []),
        ("source_records", {"people": "9"}),
        ("settings", {"a": 1}),
        ("target", None),
        ("made_at", 5),
    ],
)
def test_value_of_another_type_is_damage(tmp_path: Path, name: str, value: object) -> None:
    remember_applied(tmp_path, OURS)
    (file,) = tmp_path.iterdir()
    file.write_bytes(orjson.dumps({**orjson.loads(file.read_bytes()), name: value}))
    with pytest.raises(PlanUnusable, match="damaged.*delete it"):
        last_applied(tmp_path, FakeTarget())


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{}", b'{"made_at": "x", "as_of": "y"}'])
def test_damaged_file_is_not_a_first_run(tmp_path: Path, content: bytes) -> None:
    remember_applied(tmp_path, OURS)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    with pytest.raises(PlanUnusable, match="damaged"):
        last_applied(tmp_path, FakeTarget())
    file.unlink()
    file.mkdir()
    with pytest.raises(PlanUnusable, match="last plan"):
        last_applied(tmp_path, FakeTarget())
    with pytest.raises(PlanFailed, match="can't be written"):
        remember_applied(tmp_path, OURS)
    assert list(tmp_path.iterdir()) == [file]
