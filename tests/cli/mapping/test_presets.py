from __future__ import annotations

from typing import get_args

import pytest

from lms_async.cli.mapping.presets import Preset, presets, recognize
from lms_async.cli.meanings import Meaning
from lms_async.cli.target import find_target, target_names

PRESETS = list(presets())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_preset_uses_known_meanings_and_recognizes_its_own_columns(preset: Preset) -> None:
    assert {meaning for meaning in preset.meanings.values() if meaning} <= set(get_args(Meaning))
    assert all(preset.knows(sign) for sign in preset.signs)
    assert recognize([*preset.signs, *preset.meanings]) == preset


def test_kinds_say_what_their_own_fields_mean() -> None:
    for target in map(find_target, target_names()):
        for kind in target.kinds:
            assert set(kind.meanings) <= set(kind.fields)
            assert len(set(kind.meanings.values())) == len(kind.meanings)


@pytest.mark.parametrize(
    ("header", "name", "column", "meaning"),
    [
        ("School ID,Forename,Surname", "iSAMS pupils", "School ID", "person id"),
        ("STUDENT_NUMBER,First_Name,Last_Name", "PowerSchool students", "SchoolID", None),
        ("student.studentNumber,student.firstName,student.lastName", "Infinite Campus students",
         "student.lastName", "family name"),
        ("studentNumber,firstName,lastName", "Infinite Campus students", "personID", None),
        ("Other ID,First Name,Last Name", "Skyward students", "Other ID", "person id"),
    ],
)  # fmt: skip
def test_columns_of_a_preset(header: str, name: str, column: str, meaning: str | None) -> None:
    preset = recognize(header.split(","))
    assert preset is not None
    assert preset.name == name
    assert preset.meaning(column) == meaning
    assert preset.refuses(column) == (meaning is None)


def test_other_files_are_not_recognized() -> None:
    for header in ("School ID,First Name,Last Name", "Student Number,First Name,Last Name"):
        assert recognize(header.split(",")) is None
