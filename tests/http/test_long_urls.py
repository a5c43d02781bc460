"""Many or long ids are split over several requests: servers reject URLs over 8,190 bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async import Guard, InvalidInput, Status
from lms_async.http.urls import MOST_QUERY, encode_query, portions
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

LONG = "学生" * 15  # 30 letters, 270 bytes in a URL


def with_long_uids(count: int) -> list[dict[str, Any]]:
    return [{**row, "school_uid": f"{LONG}{n}"} for n, row in enumerate(people(count))]


async def test_long_school_uids_are_looked_up_after_a_lost_response(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.cut(after=True, times=1, method="POST"))
    report = await schoology.users.create_many(with_long_uids(50))
    assert report.counts == {Status.DONE: 50}
    asked = [seen for seen in schoology_sandbox.log if seen.method == "GET"]
    assert len(asked) == 4


async def test_list_splits_long_school_uids_over_several_requests(schoology: Schoology) -> None:
    rows = with_long_uids(50)
    await schoology.users.create_many(rows)
    wanted = [row["school_uid"] for row in rows]
    found = await schoology.users.list(school_uids=wanted)
    assert [user.school_uid for user in found] == wanted


async def test_delete_many_splits_long_uids_over_several_requests(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    uids = [f"{LONG}{n}" for n in range(50)]
    report = await schoology.users.delete_many(
        uids, keep_enrollments=True, notify=False, comment="c" * 1900, guard=Guard(50)
    )
    assert sum(report.counts.values()) == 50
    assert all(one.error is not None and one.error.code == "404" for one in report.rejected)
    sent = [seen.query["uids"].split(",") for seen in schoology_sandbox.log]
    assert [uid for some in sent for uid in some] == uids
    assert max(map(len, sent)) < 16


async def test_fifty_ordinary_uids_fit_one_request(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    uids = [str(1_000_000_000 + n) for n in range(50)]
    await schoology.users.delete_many(uids, keep_enrollments=True, notify=False)
    assert len(schoology_sandbox.log) == 1


async def test_comment_too_long_for_a_url_is_rejected(schoology: Schoology) -> None:
    for comment in ("x" * 2001, "学" * 300):
        with pytest.raises(InvalidInput, match="comment is longer"):
            await schoology.users.delete(1, keep_enrollments=True, notify=False, comment=comment)
        with pytest.raises(InvalidInput, match="comment is longer"):
            schoology.users.delete_many([1], keep_enrollments=True, notify=False, comment=comment)


async def test_memberships_list_splits_many_class_and_user_ids(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    everything = await managebac.memberships.list()
    managebac_sandbox.log.clear()
    some = await managebac.memberships.list(
        class_ids=sorted({row.class_id for row in everything if row.class_id})
        + list(range(10**9, 10**9 + 300)),
        user_ids=sorted({row.user_id for row in everything if row.user_id})
        + list(range(10**9, 10**9 + 300)),
    )
    assert sorted(row.id or "" for row in some) == sorted(row.id or "" for row in everything)
    assert len(managebac_sandbox.log) > 4


@given(st.lists(st.text(min_size=1)), st.integers(1, 60))
def test_portions_keep_every_id_and_fit_the_url(ids: list[str], at_most: int) -> None:
    ids = [id_.encode("utf-8", "replace").decode() for id_ in ids]
    cut = portions(ids, at_most=at_most)
    assert [id_ for some in cut for id_ in some] == ids
    for some in cut:
        assert 1 <= len(some) <= at_most
        encoded = encode_query((("x", ",".join(some)),))
        assert len(some) == 1 or len(encoded) <= MOST_QUERY + 2
