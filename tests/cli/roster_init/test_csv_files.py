"""``lms roster init`` with CSV files that are not OneRoster files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lms_async.roster import CsvFile, read_mapping
from tests.cli.roster_init.conftest import Init
from tests.roster.bundles import unindented

FILES = {
    "students.csv": """
        Student_Number,First_Name,Last_Name,DOB,Enroll_Status,Grade_Level
        1001,Wilhelmina,Quagmire,04/17/2010,0,9
        1002,Wilhelmina,Quagmire,05/06/2010,0,9
        1003,Wilhelmina,Quagmire,05/07/2010,2,9
    """,
    "staff.csv": """
        Staff ID,First,Last,Email,Shoe size
        t1,Wilhelmina,Quagmire,w@secret.example,44
    """,
    "schedule.csv": """
        Section,Course,Course Name,Student,Teacher
        k1,c1,Algebra,1001,t1
        k1,c1,Algebra,1002,t1
    """,
    "lunch.csv": """
        Day,Dish
        Monday,Soup
    """,
}


def write(folder: Path, files: Mapping[str, str] = FILES, **changed: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        text = changed.get(name.removesuffix(".csv"), text)
        (folder / name).write_text(unindented(text), "utf-8")
    return folder


async def test_columns_are_proposed_and_the_files_are_read(init: Init, tmp_path: Path) -> None:
    written = await init(write(tmp_path / "export"))
    source = written.mapping.source
    assert source is not None
    assert {(one.file, one.kind, one.constants.get("role")) for one in source.files} == {
        ("students.csv", "people", "student"),
        ("staff.csv", "people", "teacher"),
        ("schedule.csv", "courses", None),
        ("schedule.csv", "sections", None),
        ("schedule.csv", "enrollments", "student"),
        ("schedule.csv", "enrollments", "teacher"),
    }
    students = next(one for one in source.files if one.file == "students.csv")
    assert students == CsvFile(
        file="students.csv",
        kind="people",
        columns={
            "id": "Student_Number",
            "given_name": "First_Name",
            "family_name": "Last_Name",
            "birth_date": "DOB",
            "grades": "Grade_Level",
        },
        constants={"role": "student"},
        where={"Enroll_Status": ["0"]},
        date_format="MM/DD/YYYY",
    )
    assert written.mapping.roles == {"student": "Student", "teacher": "Teacher"}
    assert "The source has 3 people, 1 course, 1 section and 3 enrollments." in written.comments()
    assert "lms does not recognize the columns of lunch.csv." in written.out
    assert "Its columns: Day, Dish." in written.comments()
    assert "No file lists the orgs." in written.out
    assert "Columns that are not read: Shoe size." in written.comments()
    assert "Quagmire" not in written.text + written.out


async def test_file_without_a_required_field_is_written_as_a_comment(
    init: Init, tmp_path: Path
) -> None:
    people = """
        Person ID,First,Last
        p1,Wilhelmina,Quagmire
    """
    folder = write(tmp_path / "export")
    (folder / "more.csv").write_text(unindented(people), "utf-8")
    written = await init(folder)
    assert "more.csv may have people, but no column has role." in written.out
    source = written.mapping.source
    assert source is not None
    assert "more.csv" not in [one.file for one in source.files]
    assert written.line('# file = "more.csv"')


async def test_column_that_may_say_who_has_left_is_to_be_checked(
    init: Init, tmp_path: Path
) -> None:
    people = """
        Person ID,First,Last,Role,Enrollment Status
        p1,Wilhelmina,Quagmire,student,Left
    """
    folder = write(tmp_path / "export")
    (folder / "more.csv").write_text(unindented(people), "utf-8")
    written = await init(folder)
    assert "The column Enrollment Status of more.csv may say who has left." in written.out
    assert written.line('# "Enrollment Status" = ["Active"]')
    text = written.text.replace("# [source.files.where]", "[source.files.where]")
    (tmp_path / "checked.toml").write_text(
        text.replace('# "Enrollment Status"', '"Enrollment Status"'), "utf-8"
    )
    source = read_mapping(tmp_path / "checked.toml").source
    assert source is not None
    (more,) = (one for one in source.files if one.file == "more.csv")
    assert more.where == {"Enrollment Status": ["Active"]}


async def test_dates_that_fit_several_formats_are_a_decision(init: Init, tmp_path: Path) -> None:
    students = """
        Student_Number,First_Name,Last_Name,DOB,Enroll_Status
        1001,Wilhelmina,Quagmire,04/07/2010,0
        1002,Wilhelmina,Quagmire,05/06/2010,0
    """
    written = await init(write(tmp_path / "export", students=students))
    assert "The dates in students.csv fit" in written.out
    assert "DD/MM/YYYY" in written.out
    assert written.line("# date_format")


async def test_dates_with_dots_begin_with_the_day(init: Init, tmp_path: Path) -> None:
    students = """
        Student_Number,First_Name,Last_Name,DOB
        1001,Wilhelmina,Quagmire,04.07.2010
    """
    written = await init(write(tmp_path / "export", students=students))
    assert written.line("date_format") == 'date_format = "DD.MM.YYYY"'


UNKNOWN = {
    "eleves.csv": """
        Matricule;Nom;Prénom
        1001;Quagmire;Wilhelmina
    """,
    "profs.csv": """
        Code;Nom;Prénom
        t1;Quagmire;Wilhelmina
    """,
    "headless.csv": """
        1001;Quagmire;Wilhelmina;w@secret.example
        1002;Quagmire;Wilhelmina;w@secret.example
    """,
}


async def test_files_without_known_columns_are_written_as_examples(
    init: Init, tmp_path: Path
) -> None:
    written = await init(write(tmp_path / "export", UNKNOWN))
    assert "Its columns: Matricule, Nom, Prénom." in written.comments()
    for name in UNKNOWN:
        assert f"lms does not recognize the columns of {name}." in written.out
        assert written.line(f'# file = "{name}"')
    # The first row of this file has values instead of names.
    assert "Quagmire" not in written.text + written.out
    assert "only 0 of" not in written.out
    assert "Describe the files of the school in" in written.out


async def test_examples_of_unknown_files_can_be_completed(init: Init, tmp_path: Path) -> None:
    written = await init(write(tmp_path / "export", {"eleves.csv": UNKNOWN["eleves.csv"]}))
    columns = {"id": "Matricule", "given_name": "Prénom", "family_name": "Nom"}
    at = written.text.index("# [[source.files]]")
    end = written.text.index("\n\n", at)
    example = written.text[at:end].replace("# ", "")
    for field, column in columns.items():
        example = example.replace(f'{field} = ""', f'{field} = "{column}"')
    written.path.write_text(written.text[:at] + example + written.text[end:], "utf-8")
    source = written.mapping.source
    assert source is not None
    assert source.files == (
        CsvFile(file="eleves.csv", kind="people", columns=columns, constants={"role": "student"}),
    )
