from __future__ import annotations

from lms_async.bulk.one_record import OneRecordEach
from lms_async.outcome import Outcome, RowError, Status


def chunk(first: int, *ids: str | None) -> list[Outcome[str]]:
    return [Outcome(first + n, "row", Status.DONE, known) for n, known in enumerate(ids)]


def test_first_row_of_a_record_is_done_and_later_ones_are_unknown() -> None:
    records = OneRecordEach()
    first, second = chunk(0, "1", "2", "1", "1"), chunk(4, "3", "2")
    records.check(first)
    records.check(second)
    assert [one.status for one in first + second] == [
        "done",
        "done",
        "unknown",
        "unknown",
        "done",
        "unknown",
    ]
    for outcome, other in ((first[2], 0), (first[3], 0), (second[1], 1)):
        assert outcome.error is not None
        assert outcome.error.code == "same_record"
        assert outcome.error.other_index == other
        assert f"rows {other} and {outcome.index}" in outcome.error.message
        assert "overwritten the other" in outcome.error.message


def test_record_is_remembered_in_the_next_batch() -> None:
    records = OneRecordEach()
    records.check(chunk(0, "1", "2"))
    later = chunk(2, "3", "2")
    records.check(later)
    assert later[1].error is not None
    assert later[1].error.other_index == 1


def test_rows_without_id_or_not_done_claim_no_record() -> None:
    records = OneRecordEach()
    refused = Outcome(1, "row", Status.REJECTED, "1", RowError("409"))
    lost = Outcome(3, "row", Status.UNKNOWN, "2", RowError("lost"))
    mixed = [*chunk(0, "1"), refused, *chunk(2, "2"), lost, *chunk(4, None, None, "3", "3")]
    records.check(mixed)
    statuses = [str(one.status) for one in mixed]
    assert statuses == ["done", "rejected", "done", "unknown", "done", "done", "done", "unknown"]
    assert refused.error == RowError("409")
    assert lost.error == RowError("lost")
    later = chunk(8, None, "4")
    records.check(later)
    assert [one.status for one in later] == [Status.DONE] * 2


def test_rejected_row_does_not_claim_its_record() -> None:
    records = OneRecordEach()
    records.check([Outcome(0, "row", Status.REJECTED, "1", RowError("409"))])
    done = chunk(1, "1")
    records.check(done)
    assert done[0].status is Status.DONE


def test_records_of_an_earlier_run_count() -> None:
    records = OneRecordEach()
    assert records.note(0, "1") == 0
    assert records.note(1, "1") == 0
    assert records.note(2, None) == 2
    assert records.note(3, None) == 3
    later = chunk(4, "1")
    records.check(later)
    assert later[0].status is Status.UNKNOWN
