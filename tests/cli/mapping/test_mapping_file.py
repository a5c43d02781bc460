from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.mapping.mapping_file import MappingFile
from lms_async.cli.mapping.options import MappingOptions, choose
from schoology_async.cli.people import PEOPLE

GOOD = """\
target = "schoology"
kind = "people"
encoding = "cp1252"
date_format = "MM/DD/YYYY"
ignore_rest = true
ignore = ["Locker"]

[columns]
school_uid = "Student ID"
username = "Email"
primary_email = "Email"

[set]
role_id = 1214

[values.gender]
"Female" = "F"
" MALE " = "M"
"Unknown" = ""

[where]
"Status" = ["Active", ""]
"""


def saved(folder: Path, text: str | bytes) -> Path:
    path = folder / "people.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_all_settings_are_read(tmp_path: Path, before: bytes, line_end: bytes) -> None:
    file = MappingFile.read(saved(tmp_path, before + GOOD.encode().replace(b"\n", line_end)))
    mapping = file.mapping_for(PEOPLE)
    assert (file.target, file.kind) == ("schoology", "people")
    assert mapping.columns == {
        "school_uid": "Student ID",
        "username": "Email",
        "primary_email": "Email",
    }
    assert mapping.constants == {"role_id": "1214"}
    assert mapping.values == {"gender": {"female": "F", "male": "M", "unknown": ""}}
    assert mapping.where == {"Status": ["Active", ""]}
    assert (mapping.encoding, mapping.ignored, mapping.ignore_rest) == ("cp1252", ("Locker",), True)
    assert mapping.date_format is not None
    assert mapping.date_format.text == "MM/DD/YYYY"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("target = \n", ["not valid TOML", "line 1"]),
        ("a = [" * 5000, ["not valid TOML"]),
        ("\ntraget = 'x'\n", ["line 2", '"traget"', 'Did you mean "target"?']),
        ("[colums]\n", ["line 1", 'Did you mean "columns"?']),
        ("target = 5\n", ["line 1", '"target" must be text']),
        ("ignore_rest = 'yes'\n", ["line 1", "must be true or false"]),
        ("ignore = 'Locker'\n", ["line 1", "must be a list"]),
        ("columns = 5\n", ["line 1", '"columns" must be a table']),
        ("[columns]\n\nnam_first = 'A'\n", ["line 3", "[columns]", 'Did you mean "name_first"?']),
        ("[columns]\nusername = 5\n", ["line 2", "must be a column"]),
        ("[columns]\nignore = ['x']\n", ["line 2", "Move it above"]),
        ("[set]\nrole = '1'\n", ["line 2", "[set]", "no such field"]),
        ("[set]\nrole_id = 1.5\n", ["line 2", "must be text"]),
        ("[set]\nrole_id = ''\n", ["line 2", "has no value"]),
        ("[columns]\nrole_id = 'R'\n[set]\nrole_id = '1'\n", ["line 4", "also in [columns]"]),
        ("[values]\ngender = 'F'\n", ["line 2", "[values.gender]"]),
        ("[values.gendr]\nx = 'F'\n", ["line 1", 'Did you mean "gender"?']),
        ("[values.gender]\nx = 'F'\n\"X\" = 'M'\n", ["line 3", "twice"]),
        ("[values.gender]\nx = true\n", ["line 2", "must be text"]),
        ('[values.gender]\n"é\\"" = []\n', ["line 2", "must be text"]),
        ("[values.gender]\n'' = 'F'\n", ["the word is empty"]),
        ("[where]\nStatus = 'Active'\n", ["line 2", "must be a list"]),
        ("[where]\nStatus = []\n", ["line 2", "has no values"]),
        ("date_format = '%m'\n", ["line 1", "not a date format"]),
        ("encoding = 'utf-99'\n", ["no encoding"]),
        (b"target = '\xff'\n", ["not UTF-8"]),
        (b"#" * (1 << 20) + b"#", ["too large"]),
    ],
)
def test_wrong_files_are_explained(tmp_path: Path, text: str | bytes, told: list[str]) -> None:
    with pytest.raises(CommandError) as why:
        file = MappingFile.read(saved(tmp_path, text))
        assert file.target is None
        file.mapping_for(PEOPLE)
    said = "\n".join(why.value.lines)
    assert all(part in said for part in told), said


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(CommandError, match="could not be read"):
            MappingFile.read(path)


def test_constants_and_words_are_not_in_repr(tmp_path: Path) -> None:
    text = "[set]\npassword = 'hunter22'\n[values.gender]\nWilhelmina = 'F'\n"
    file = MappingFile.read(saved(tmp_path, text))
    shown = repr(file) + repr(file.mapping_for(PEOPLE))
    assert "hunter22" not in shown
    assert "wilhelmina" not in shown.casefold()


@pytest.mark.parametrize(
    ("to", "kind", "text", "told"),
    [
        (None, None, None, ["--to TARGET is missing", "schoology"]),
        (None, None, "kind = 'people'\n", ["--to TARGET is missing"]),
        ("managebac", None, GOOD, ['"target" is "schoology", but --to is "managebac"']),
        ("schoology", "courses", GOOD, ['"kind" is "people", but --kind is "courses"']),
        (None, None, "target = 'schology'\n", ["Did you mean schoology?"]),
    ],
)
def test_target_and_kind_must_agree(
    tmp_path: Path, to: str | None, kind: str | None, text: str | None, told: list[str]
) -> None:
    path = None if text is None else saved(tmp_path, text)
    with pytest.raises(CommandError) as why:
        choose(to, kind, path, MappingOptions())
    said = "\n".join(why.value.lines)
    assert all(part in said for part in told), said


def test_target_and_kind_can_be_in_the_file(tmp_path: Path) -> None:
    for to, kind in ((None, None), ("schoology", "people")):
        target, found, _ = choose(to, kind, saved(tmp_path, GOOD), MappingOptions())
        assert (target.name, found.name) == ("schoology", "people")


def test_examples_in_the_documentation_are_valid(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "mappings.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert len(examples) == 2
    mappings = [MappingFile.read(saved(tmp_path, text)).mapping_for(PEOPLE) for text in examples]
    assert mappings[0].columns["school_uid"] == "Other ID"
    assert mappings[1].values == {"gender": {"female": "F", "male": "M"}}
