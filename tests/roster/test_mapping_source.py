"""The part [source] of the settings of a roster, and what is wrong in one."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from lms_async import InvalidInput
from lms_async.roster import CsvFile, Org, SourceSettings, Term, read_mapping
from lms_async.roster.mapping import mapping_source

FILE = '[[source.files]]\nfile = "a.csv"\nkind = "courses"\ncolumns = { id = "A", title = "B" }\n'


def read(folder: Path, text: str) -> SourceSettings | None:
    path = folder / "roster.toml"
    path.write_text(text, "utf-8")
    return read_mapping(path).source


def test_the_example_of_the_docstring_is_read(tmp_path: Path) -> None:
    doc = mapping_source.read_source.__doc__ or ""
    example = doc[doc.index("        [source]") : doc.index("    :param")]
    found = read(tmp_path, textwrap.dedent(example))

    assert found is not None
    assert found.orgs == (Org(id="RHS", name="Riverside High School", type="school"),)
    assert found.terms == (
        Term(
            id="S1",
            title="S1",
            type="semester",
            starts=date(2026, 8, 17),
            ends=date(2027, 1, 15),
            school_year=2027,
        ),
    )
    assert [(file.file, file.kind) for file in found.files] == [
        ("students.csv", "people"),
        ("staff.csv", "people"),
        ("schedule.csv", "courses"),
        ("schedule.csv", "sections"),
        ("schedule.csv", "enrollments"),
        ("schedule.csv", "enrollments"),
    ]
    assert found.files[0] == CsvFile(
        file="students.csv",
        kind="people",
        columns={
            "id": "Student ID",
            "given_name": "First",
            "family_name": "Last",
            "email": "Email",
            "grades": "Grade",
            "birth_date": "DOB",
        },
        constants={"role": "student", "org_ids": "RHS"},
        where={"Status": ["Active"]},
        date_format="MM/DD/YYYY",
    )
    assert found.files[5].constants == {"role": "teacher", "primary": "true"}


def test_other_settings_of_a_source(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[source]\nencoding = "cp1252"\n'
        + FILE
        + 'date_format = "DD.MM.YYYY"\n[[source.terms]]\nid = "y"\ntitle = "Year"\n',
    )

    assert found is not None
    assert found.encoding == "cp1252"
    assert found.files[0].date_format == "DD.MM.YYYY"
    assert found.terms == (Term(id="y", title="Year", type="term"),)
    assert read(tmp_path, "") is None


def test_a_source_of_complete_bulk_files(tmp_path: Path) -> None:
    for value in (True, False):
        found = read(tmp_path, f"[source]\nbulk_files_are_complete = {str(value).lower()}\n")
        assert found is not None
        assert found.bulk_files_are_complete is value


def test_the_source_counts_for_the_hash(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    hashes = set()
    for text in (FILE, FILE.replace('"A"', '"C"'), FILE + "[[source.terms]]\ntitle = 'T'\n"):
        path.write_text(text, "utf-8")
        hashes.add(read_mapping(path).hash)
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("source = 1", ["source must be a table"]),
        ("[source]\nencodign = 'a'", ["line 2, [source] encodign", "did you mean encoding?"]),
        ("[source]\nencoding = 'cp9999'", ["line 2, [source] encoding", "encoding"]),
        ("[source]\nbulk_files_are_complete = 'yes'", ["line 2", "must be true or false"]),
        (
            "[source]\nbulk_files_are_complete = true\n" + FILE,
            ["line 2, [source] bulk_files_are_complete", "only OneRoster files"],
        ),
        ("[source]\nfiles = 1", ["line 2, [source] files must be tables", "[[source.files]]"]),
        ("[[source.files]]\nfile = 'a.csv'", ["line 1, [source.files] kind is missing"]),
        (FILE + "colums = 1", ["line 5, [source.files] colums", "did you mean columns?"]),
        (FILE.replace('"courses"', '"course"'), ["line 3", "kind must be", "mean courses?"]),
        (FILE.replace('"courses"', "1"), ["line 3", "kind must be text"]),
        (FILE.replace("a.csv", "x/a.csv"), ["line 2", "without folders"]),
        (FILE.replace("title", "tittle"), ["line 4", "no field tittle", "did you mean title?"]),
        (FILE.replace("title", "code"), ["line 4", "courses need title", "one value for all"]),
        (FILE.replace('"B"', '" "'), ["line 4", "title is blank"]),
        (FILE.replace('"B"', '"--"'), ["line 4", "title is blank"]),
        (FILE + "set = { title = 'x' }", ["line 5, [source.files.set] title", "remove one"]),
        (FILE + "set = { shape = 'x' }", ["line 5", "no field shape", "write id, title"]),
        (FILE + "[source.files.where]\n'C' = []", ["line 6, [source.files.where] C"]),
        (FILE + "where = { C = 'x' }", ["line 5", "must be a list of texts"]),
        (FILE + "where = 1", ["line 5", "where must be a table"]),
        (FILE + "date_format = '%m/%d/%Y'", ["line 5", "not a date format", "MM/DD/YYYY"]),
        # The second of two files has the mistake.
        (FILE + FILE.replace("title", "tittle"), ["line 8", "no field tittle"]),
        (FILE + "\n[source.files.set]\nidd = 'x'\n" + FILE, ["line 7", "no field idd"]),
        ("[source]\nfiles = [{ file = 'a.csv' }]", ["line 2", "kind is missing"]),
        (FILE.replace('id = "A", ', "") + "set.id = 'x'", ["line 1", "cannot be the same"]),
        (FILE + "[[source.orgs]]\nid = 'N'", ["line 5, [source.orgs] name is missing"]),
        (FILE + "[[source.orgs]]\nid = 'N'\nname = 1", ["line 7", "name must be text"]),
        ("[[source.orgs]]\nid = 'N'\nname = 'North'", ["no file is described"]),
        (FILE + "[[source.terms]]\ntitle='A'\n" * 2, ["line 5", "ids of terms"]),
        (FILE + "[[source.terms]]\ntitle='A'\nparent_id='B'", ["parent_id of terms"]),
        (FILE + "[[source.terms]]\ntitle='A'\nstarts='x'", ["line 7", "such as 2026-08-17"]),
        (FILE + "[[source.terms]]\ntitle='A'\nschool_year='x'", ["line 7", "whole number"]),
        (
            FILE + "[[source.terms]]\ntitle='A'\nstarts=2026-08-17\nends=2026-08-01",
            ["line 8", "is before starts"],
        ),
        (
            FILE.replace("courses", "terms") + "[[source.terms]]\ntitle='A'",
            ["line 5", "a file has them too", "remove one"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, parts: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path, text)
    for part in ("roster.toml", *parts):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("begins", "17.8.2026", "YYYY-MM-DD"),
        ("begins", "soon", "not a date"),
        ("primary", "perhaps", "neither true nor false"),
    ],
)
def test_a_value_for_all_rows_is_checked(field: str, value: str, told: str) -> None:
    columns = {"section_id": "A", "person_id": "B", "role": "C"}
    with pytest.raises(InvalidInput, match=told):
        CsvFile(file="a.csv", kind="enrollments", columns=columns, constants={field: value})
