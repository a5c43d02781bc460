"""What becomes of the defects of CSV files: accepted, reported, or rejected, and where."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from lms_async.roster import CsvFile, CsvSource, Mode, ReadingReport, SourceRefused

from .csv_school import (
    COURSES,
    DESCRIBED,
    FILES,
    ORGS,
    SEATS,
    SECTIONS,
    STAFF,
    STUDENTS,
    TERMS,
    one_file,
    school,
    write,
)
from .reading import of_kind, people, problems, read, with_line

P9 = "p9,Gus,Nagy,gus@school.example,09,2012-01-13,N,Active,,,"
EMAIL = "gus@school.example"

#: File, row to add to it, and the problems as "file line column code severity".
ROWS = [
    # Rows as a whole: reported once, although students.csv is read for three kinds
    ("students", P9, []),
    ("students", P9 + ",", ["students.csv 6 - ragged warning"]),
    ("students", P9 + ",x", ["students.csv 6 - surplus_cells rejected"]),
    ("students", P9.removesuffix(",,"), ["students.csv 6 - ragged warning"]),
    ("students", P9.replace("Gus", "G\x07us"), ["students.csv 6 - damaged rejected"]),
    ("students", P9.replace("Gus", ""), ["students.csv 6 First blank rejected"]),
    # A row that is left out is still checked as a whole
    ("students", P9.replace("Active", "Left") + ",x", [
        "students.csv 6 - surplus_cells rejected",
    ]),
    ("students", P9.replace("Active", "Left").replace("Gus", ""), []),
    # Ids
    ("staff", ",Gus,Nagy,gus@school.example", ["staff.csv 3 Staff ID blank rejected"]),
    ("staff", "1.23E+05,Gus,Nagy,", ["staff.csv 3 Staff ID damaged_id warning"]),
    ("staff", "t1,Eve,Lund,eve@school.example", ["staff.csv 3 - same_row_twice accepted"]),
    # Dates
    ("students", P9.replace("2012-01-13", "13/01/2012"), [
        "students.csv 6 Born date_format warning",
    ]),
    ("students", P9.replace("2012-01-13", "20120113"), [
        "students.csv 6 Born date_format warning",
    ]),
    ("students", P9.replace("2012-01-13", "soon"), ["students.csv 6 Born date rejected"]),
    ("students", P9.replace("2012-01-13", "2012-02-30"), ["students.csv 6 Born date rejected"]),
    # References
    ("students", P9.replace(",N,", ",S,"), ["students.csv 6 School unknown_reference warning"]),
    ("students", P9.replace(EMAIL, "Ada@school.example"), [
        "students.csv 2 Email shared_email warning", "students.csv 6 Email shared_email warning",
    ]),
    ("staff", "t2,Gus,Nagy,ada@school.example", [
        "students.csv 2 Email shared_email warning", "staff.csv 3 Email shared_email warning",
    ]),
    ("students", P9.replace("Active,,,", "Active,p1,Ada,Ekpo"), [
        # p1 is a student in one place and a guardian in the other.
        "students.csv 2 Student ID same_id rejected",
        "students.csv 6 G ID same_id rejected",
        "schedule.csv 2 Student orphan rejected",
        "students.csv 2 Student ID orphan rejected",
        "students.csv 6 G ID orphan rejected",
    ]),
    ("students", P9.replace("Active,,,", "Active,g1,Femi,Other"), [
        "students.csv 2 G ID same_id rejected",
        "students.csv 4 G ID same_id rejected",
        "students.csv 6 G ID same_id rejected",
        "students.csv 2 G ID orphan rejected",
        "students.csv 4 G ID orphan rejected",
        "students.csv 6 G ID orphan rejected",
    ]),
    ("staff", "p1,Ada,Ekpo,ada@school.example", [
        "students.csv 2 Student ID same_id rejected",
        "staff.csv 3 Staff ID same_id rejected",
        "schedule.csv 2 Student orphan rejected",
        "students.csv 2 Student ID orphan rejected",
    ]),
    ("schedule", "k2,c1,Algebra,S1,p9,", ["schedule.csv 5 Student orphan rejected"]),
    ("schedule", "k2,c1,Algebra,S1,p2,t9", ["schedule.csv 5 Teacher orphan rejected"]),
    ("schedule", "k9,c1,Algebra,S9,p1,t1", [
        "schedule.csv 5 Term orphan rejected",
        "schedule.csv 5 Section orphan rejected",
        "schedule.csv 5 Section orphan rejected",
    ]),
    ("schedule", "k9,c1,Geometry,S1,,", [
        *[f"schedule.csv {line} Course same_id rejected" for line in (2, 3, 4, 5)],
        *[f"schedule.csv {line} Course orphan rejected" for line in (2, 4, 5)],
        *[f"schedule.csv {line} Section orphan rejected" for line in (2, 3, 4)],
        "schedule.csv 2 Section orphan rejected",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "added", "expected"), ROWS)
def test_a_row_with_a_defect(tmp_path: Path, file: str, added: str, expected: list[str]) -> None:
    changed = {file: with_line(FILES[f"{file}.csv"], added)}
    _, report = read(school(tmp_path, **changed))

    found = [one for one in problems(report) if "left_out" not in one and "without_key" not in one]
    assert found == expected
    rejected = any("rejected" in one for one in expected)
    assert rejected == any(of.rejected for of in report.coverage.values())


def test_a_damaged_row_counts_for_every_kind_of_its_file(tmp_path: Path) -> None:
    _, report = read(school(tmp_path, students=with_line(FILES["students.csv"], P9 + ",x")))

    rejected = {kind: of.rejected for kind, of in report.coverage.items() if of.rejected}
    # People twice: as students and as guardians.
    assert rejected == {"people": 2, "relationships": 1}


def refusal(source: CsvSource) -> SourceRefused:
    report = ReadingReport()
    with pytest.raises(SourceRefused) as why:
        list(source.read(report))
    assert why.value.problem in report.problems
    return why.value


def test_a_date_that_can_be_read_in_two_ways_refuses_the_source(tmp_path: Path) -> None:
    text = FILES["students.csv"].replace("2011-05-06", "5-6-2011", 1)
    why = refusal(school(tmp_path, students=text))

    assert str(why).startswith("students.csv, line 3, column Born: ")
    assert why.problem.code == "unclear_date"
    assert 'date_format = "MM-DD-YYYY"' in str(why)
    assert 'date_format = "DD-MM-YYYY"' in str(why)
    assert "2011" not in str(why)


def test_a_date_in_another_format_than_the_file_is_rejected(tmp_path: Path) -> None:
    text = FILES["students.csv"].replace("2012-03-14", "14/03/2012")
    described = attrs.evolve(STUDENTS, date_format="MM/DD/YYYY")
    _, report = read(one_file(tmp_path, text, described))

    assert "students.csv 2 Born date rejected" in problems(report)
    assert "MM/DD/YYYY" in report.problems[0].text


def test_dates_in_a_format_that_needs_a_name_say_how_to_name_it(tmp_path: Path) -> None:
    text = FILES["students.csv"].replace("2012-03-14", "14 Mar 2012")
    _, report = read(one_file(tmp_path / "without", text, STUDENTS))
    assert "date_format" in next(one.text for one in report.problems if one.code == "date")

    described = attrs.evolve(STUDENTS, date_format="DD Mon YYYY")
    _, report = read(one_file(tmp_path / "named", text, described))
    assert not report.coverage["people"].rejected


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        (FILES["staff.csv"].replace("Staff ID", "Number"), "Staff ID", "no_column"),
        (FILES["staff.csv"].replace("Email", "staff_id"), "Staff ID", "column_twice"),
        ("Eve,Lund\nt1,Eve", "Staff ID", "no_column"),
        ("", "", "empty"),
        ('Staff ID,First,Last,Email\nt1,"Eve,Lund,', "", "not_csv"),
    ],
)
def test_a_file_that_is_refused(tmp_path: Path, text: str, column: str, code: str) -> None:
    why = refusal(school(tmp_path, staff=text))

    assert (why.problem.file, why.problem.column, why.problem.code) == ("staff.csv", column, code)
    assert "Eve" not in str(why)


def test_the_column_of_a_condition_must_be_there(tmp_path: Path) -> None:
    why = refusal(school(tmp_path, students=FILES["students.csv"].replace("Status", "State")))

    assert (why.problem.column, why.problem.code) == ("Status", "no_column")


def test_names_of_columns_may_differ_in_case_blanks_and_invisible_characters(
    tmp_path: Path,
) -> None:
    text = FILES["staff.csv"].replace("Staff ID", "\u200bstaff_id ")
    assert read(school(tmp_path, staff=text))[0] == read(school(tmp_path / "same"))[0]


def test_encodings_and_delimiters(tmp_path: Path) -> None:
    folder = write(tmp_path, {})
    text = "Staff ID;First;Last;Email\nt1;Zoë;Lund;\n"
    (folder / "staff.csv").write_bytes(text.encode("cp1252"))

    assert refusal(CsvSource(folder, files=[STAFF])).problem.code == "not_text"
    records, report = read(CsvSource(folder, files=[STAFF], encoding="cp1252"))
    assert people(records)["t1"].given_name == "Zoë"
    assert [one.code for one in report.problems] == ["encoding", "delimiter"]


def test_a_file_without_rows_is_no_reason_to_remove_its_people(tmp_path: Path) -> None:
    _, report = read(school(tmp_path, staff="Staff ID,First,Last,Email\n"))

    assert "staff.csv 0 - no_rows warning" in problems(report)
    assert report.coverage["people"].reasons == ["no_rows"]


def test_a_condition_that_no_row_fits_is_no_reason_to_remove_people(tmp_path: Path) -> None:
    described = attrs.evolve(STUDENTS, where={"Status": ["Aktiv"]})
    records, report = read(one_file(tmp_path, FILES["students.csv"], described))

    assert records == []
    assert report.coverage["people"].reasons == ["no_rows"]


def test_a_blank_cell_can_be_selected(tmp_path: Path) -> None:
    described = attrs.evolve(STUDENTS, where={"G ID": [""], "Status": ["ACTIVE", "left"]})
    records, _ = read(one_file(tmp_path, FILES["students.csv"], described))

    assert list(people(records)) == ["p2", "p4"]


def test_a_row_that_is_left_out_does_not_contradict_one_that_is_read(tmp_path: Path) -> None:
    text = with_line(FILES["students.csv"], "p1,Ada,Former,,08,2012-03-14,N,Left,,,")
    records, report = read(one_file(tmp_path, text, STUDENTS))

    assert people(records)["p1"].family_name == "Ekpo"
    assert report.coverage["people"].whole


def test_a_file_that_is_missing_is_no_reason_to_remove_its_people(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "staff.csv"}
    source = CsvSource(write(tmp_path, files), files=DESCRIBED, orgs=ORGS, terms=TERMS)
    records, report = read(source)

    assert "staff.csv 0 - no_file warning" in problems(report)
    assert report.coverage["people"].reasons == ["no_file"]
    # The teacher may be in the missing file, so that the enrollment is read.
    assert len(of_kind(records, "enrollments")) == 4
    assert report.coverage["enrollments"].whole


def test_a_kind_whose_only_file_is_missing_is_unknown(tmp_path: Path) -> None:
    folder = write(tmp_path, {"staff.csv": FILES["staff.csv"]})
    _, report = read(CsvSource(folder, files=[STAFF, SEATS]))

    assert report.coverage["enrollments"].mode is Mode.ABSENT


def test_a_folder_without_any_of_the_files_is_refused(tmp_path: Path) -> None:
    why = refusal(CsvSource(tmp_path, files=[STAFF, SEATS]))

    assert why.problem.code == "no_files"
    assert "staff.csv, schedule.csv" in str(why)


def test_loops_of_parents(tmp_path: Path) -> None:
    orgs = CsvFile(
        file="orgs.csv",
        kind="orgs",
        columns={"id": "Code", "name": "Name", "parent_id": "Above"},
    )
    text = "Code,Name,Above\na,A,b\nb,B,a\nc,C,a\nd,D,e\n"
    records, report = read(one_file(tmp_path, text, orgs))

    assert [getattr(one, "id", "") for one in records] == ["c", "d"]
    assert problems(report) == [
        "orgs.csv 2 Above loop rejected",
        "orgs.csv 3 Above loop rejected",
        "orgs.csv 5 Above unknown_reference warning",
    ]


@pytest.mark.parametrize(
    ("kind", "row", "problem"),
    [
        ("terms", "S1,Fall,2026-09-01,2026-08-01", "ends date_order rejected"),
        ("enrollments", "k1,p1,student,2026-09-01,2026-08-01", "ends date_order rejected"),
        ("enrollments", "k1,p1,pupil,,", "role unknown_word warning"),
        ("relationships", "p1,p1,", "other_id agent_is_student rejected"),
    ],
)
def test_records_that_contradict_themselves(
    tmp_path: Path, kind: str, row: str, problem: str
) -> None:
    header = {
        "terms": "id,title,starts,ends",
        "enrollments": "section_id,person_id,role,begins,ends",
        "relationships": "person_id,other_id,kind",
    }[kind]
    names = header.split(",")
    described = CsvFile(file="x.csv", kind=kind, columns=dict(zip(names, names, strict=True)))
    _, report = read(one_file(tmp_path, f"{header}\n{row}\n", described))

    assert problems(report) == [f"x.csv 2 {problem}"]


def test_a_section_without_a_title_is_named_after_its_course(tmp_path: Path) -> None:
    sections = attrs.evolve(SECTIONS, columns={**SECTIONS.columns, "title": "Term"})
    text = FILES["schedule.csv"].replace("S1", "")
    folder = write(tmp_path, {"schedule.csv": text})
    records, report = read(CsvSource(folder, files=[COURSES, sections]))
    assert [getattr(one, "title", "") for one in of_kind(records, "sections")] == [
        "Algebra k1",
        "Algebra k2",
    ]
    assert "schedule.csv 2 Term blank_title warning" in problems(report)

    _, report = read(CsvSource(folder, files=[sections]))
    assert "schedule.csv 2 Term blank rejected" in problems(report)


def test_a_few_ids_that_are_shorter_may_have_lost_zeros(tmp_path: Path) -> None:
    rows = "".join(f"{10000 + at},Ada,Ekpo,\n" for at in range(20))
    _, report = read(one_file(tmp_path, f"Staff ID,First,Last,Email\n{rows}123,Ben,Ito,", STAFF))

    assert problems(report) == ["staff.csv 0 Staff ID lost_zeros warning"]


def test_no_problem_shows_a_value_of_a_person(tmp_path: Path) -> None:
    secret = "Quist"
    _, report = read(
        school(
            tmp_path,
            students=with_line(FILES["students.csv"], ",".join([secret] * 7) + ",Active,,,"),
            schedule=with_line(FILES["schedule.csv"], ",".join([secret] * 6)),
        )
    )

    assert len(report.problems) > 5
    assert not [one for one in report.problems if secret in repr(one) or secret in str(one)]
