"""Read sample records of the vendor's documents and of the live API without losing a field."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from schoology_async.models import Section
from schoology_async.models.converter import converter, strict_converter
from tests.schoology.samples import SAMPLES

#: What is kept in ``extra``: links, what no document describes, and a field that is new.
UNTYPED = {"links", "content_index_visibility", "percent_complete", "pronouns"}
#: What stands for nothing, each in its own way.
NOTHING = (None, "", [""], [])


def lost(shown: dict[str, Any], record: Any) -> list[str]:
    """Return the fields of ``shown`` that ``record`` lacks."""
    missing = []
    for name, value in shown.items():
        known = getattr(record, name, None)
        if name in UNTYPED:
            if record.extra.get(name) != value:
                missing.append(name)
        elif attrs.has(type(known)):
            missing += [f"{name}.{inner}" for inner in lost(value, known)]
        elif known is None and value not in NOTHING:
            missing.append(name)
    return missing


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("read", [converter, strict_converter], ids=["lenient", "strict"])
def test_samples_are_read_without_losing_a_field(kind: str, read: Any) -> None:
    model, shown = SAMPLES[kind]
    record = read.structure(shown, model)
    assert lost(shown, record) == []
    assert record.extra.keys() <= UNTYPED
    (in_a_list,) = read.structure([shown], list[model])  # lists are decoded by column
    assert in_a_list == record


def test_ids_flags_and_numbers_have_one_type_for_all_forms() -> None:
    official = converter.structure(SAMPLES["section official"][1], Section)
    live = converter.structure(SAMPLES["section live"][1], Section)
    assert official.grading_periods == ("435", "13011")
    assert (official.synced, official.active) == (False, True)
    assert (official.subject_area, live.subject_area) == (0, 0)
    assert (official.meeting_days, live.meeting_days) == ((), ("1", "3"))
    assert official.options is not None
    assert (official.options.upload_documents, official.options.member_post) == (False, True)
    created = converter.structure(SAMPLES["section as it is created"][1], Section)
    assert created.options is not None
    assert created.options.upload_documents is None
    empty = converter.structure({"id": "1", "options": []}, Section)  # PHP's empty object
    assert (empty.options, empty.extra) == (None, {"options": []})
