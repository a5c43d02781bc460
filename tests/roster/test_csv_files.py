"""What is read from CSV files without defects."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async.roster import (
    Course,
    CsvFile,
    CsvSource,
    Enrollment,
    IterableSource,
    Mode,
    Org,
    Person,
    Relationship,
    Role,
    Section,
    SourceRefused,
    Term,
)

from .bundles import zip_folder
from .csv_school import (
    COURSES,
    DESCRIBED,
    FILES,
    GUARDIANS,
    ORGS,
    SECTIONS,
    STAFF,
    STUDENTS,
    TERMS,
    one_file,
    school,
    write,
)
from .reading import people, problems, read

ADA = Person(
    id="p1",
    given_name="Ada",
    family_name="Ekpo",
    email="ada@school.example",
    birth_date=date(2012, 3, 14),
    grades=("09",),
    org_ids=("N",),
    roles=(Role(role="student", org_id="N", primary=True),),
)
BEN = attrs.evolve(
    ADA,
    id="p2",
    given_name="Ben",
    family_name="Ito",
    email="ben@school.example",
    birth_date=date(2011, 5, 6),
    grades=("10",),
)
CHI = attrs.evolve(BEN, id="p3", given_name="Chi", family_name="Ekpo", email="chi@school.example")
EVE = Person(
    id="t1",
    given_name="Eve",
    family_name="Lund",
    email="eve@school.example",
    org_ids=("N",),
    roles=(Role(role="teacher", org_id="N", primary=True),),
)
FEMI = Person(
    id="g1", given_name="Femi", family_name="Ekpo", roles=(Role(role="guardian", primary=True),)
)


def test_files_give_the_same_records_as_python_objects(tmp_path: Path) -> None:
    records, report = read(school(tmp_path))

    expected, _ = read(
        IterableSource(
            orgs=ORGS,
            terms=TERMS,
            people=[ADA, BEN, CHI, EVE, FEMI],
            courses=[Course(id="c1", title="Algebra")],
            sections=[
                Section(id=of, title=f"Algebra {of}", course_id="c1", org_id="N", term_ids=("S1",))
                for of in ("k1", "k2")
            ],
            enrollments=[
                Enrollment(section_id="k1", person_id="p1", role="student"),
                Enrollment(section_id="k1", person_id="p2", role="student"),
                Enrollment(section_id="k2", person_id="p3", role="student"),
                Enrollment(section_id="k1", person_id="t1", role="teacher", primary=True),
            ],
            relationships=[
                Relationship(person_id="p1", other_id="g1", kind="guardian"),
                Relationship(person_id="p3", other_id="g1", kind="guardian"),
            ],
        )
    )
    assert records == expected
    assert all(of.whole for of in report.coverage.values())
    # Each kind that is read from students.csv leaves out the row of the student who left.
    assert problems(report) == [
        "students.csv 0 - left_out accepted",
        "students.csv 0 - left_out accepted",
        "students.csv 0 - without_key accepted",
        "schedule.csv 0 - without_key accepted",
        "students.csv 0 - left_out accepted",
        "students.csv 0 - without_key accepted",
    ]


def test_a_zip_file_and_a_folder_inside_read_like_the_folder(tmp_path: Path) -> None:
    expected, _ = read(school(tmp_path / "school"))

    for under in ("", "export/"):
        path = zip_folder(tmp_path / "school", under)
        zipped = CsvSource(path, files=DESCRIBED, orgs=ORGS, terms=TERMS)
        assert read(zipped)[0] == expected


def test_one_file_can_be_given_instead_of_its_folder(tmp_path: Path) -> None:
    folder = write(tmp_path, FILES)

    records, _ = read(CsvSource(folder / "staff.csv", files=[STAFF]))
    assert records == [EVE]
    with pytest.raises(SourceRefused, match=r"staff\.csv is neither"):
        read(CsvSource(folder / "staff.csv", files=[STUDENTS]))


def test_every_field_of_every_kind(tmp_path: Path) -> None:
    text = """
        a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p
        1,Two,Three,Four,5,six,7,8,2010-09-10,F,teacher,N,"10,11",13,yes,
    """
    names = "abcdefghijklmnop"
    fields = (
        "id given_name family_name middle_name preferred_given_name email username phone"
        " birth_date gender role org_ids grades identifier enabled sms"
    )
    person = CsvFile(
        file="x.csv", kind="people", columns=dict(zip(fields.split(), names, strict=True))
    )
    assert read(one_file(tmp_path, text, person))[0] == [
        Person(
            id="1",
            given_name="Two",
            family_name="Three",
            middle_name="Four",
            preferred_given_name="5",
            email="six",
            username="7",
            phone="8",
            birth_date=date(2010, 9, 10),
            gender="female",
            roles=(Role(role="teacher", org_id="N", primary=True),),
            org_ids=("N",),
            grades=("10", "11"),
            identifier="13",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "text", "record"),
    [
        (
            "orgs",
            "id,name,type,code,parent_id\nN,North,District,n,\n",
            Org(id="N", name="North", type="district", code="n"),
        ),
        (
            "terms",
            "id,title,type,starts,ends,school_year,parent_id\n"
            "S1,Fall,Semester,2026-08-17,2027-01-15,2027,\n",
            Term(
                id="S1",
                title="Fall",
                type="semester",
                starts=date(2026, 8, 17),
                ends=date(2027, 1, 15),
                school_year=2027,
            ),
        ),
        (
            "courses",
            'id,title,code,org_id,subjects,grades,term_id\nc,Art,A,N,"x,y",9,S1\n',
            Course(
                id="c",
                title="Art",
                code="A",
                org_id="N",
                subjects=("x", "y"),
                grades=("9",),
                term_id="S1",
            ),
        ),
        (
            "sections",
            "id,title,code,course_id,org_id,term_ids,type,grades,subjects,periods,location\n"
            'k,Art 1,A1,c,N,"S1,S2",homeroom,9,x,"1,2",R7\n',
            Section(
                id="k",
                title="Art 1",
                code="A1",
                course_id="c",
                org_id="N",
                term_ids=("S1", "S2"),
                type="homeroom",
                grades=("9",),
                subjects=("x",),
                periods=("1", "2"),
                location="R7",
            ),
        ),
        (
            "enrollments",
            "section_id,person_id,role,primary,begins,ends\nk,p,Teacher,1,2026-08-17,2027-01-15\n",
            Enrollment(
                section_id="k",
                person_id="p",
                role="teacher",
                primary=True,
                begins=date(2026, 8, 17),
                ends=date(2027, 1, 15),
            ),
        ),
        (
            "relationships",
            "person_id,other_id,kind\np,g,Parent\n",
            Relationship(person_id="p", other_id="g", kind="parent"),
        ),
    ],
)
def test_every_field_of_other_kinds(tmp_path: Path, kind: str, text: str, record: object) -> None:
    names = text.split("\n")[0].split(",")
    described = CsvFile(file="x.csv", kind=kind, columns=dict(zip(names, names, strict=True)))
    records, report = read(one_file(tmp_path, text, described))

    assert records == [record]
    assert problems(report) == []
    assert [of for of, found in report.coverage.items() if found.whole] == [kind]


def test_a_column_can_be_read_into_several_fields(tmp_path: Path) -> None:
    described = attrs.evolve(STAFF, columns={**STAFF.columns, "username": "Email"})
    records, _ = read(one_file(tmp_path, FILES["staff.csv"], described))

    assert people(records)["t1"].username == "eve@school.example"


def test_dates_in_the_format_of_the_file(tmp_path: Path) -> None:
    text = FILES["students.csv"].replace("2012-03-14", "03/04/2012")
    for form, day in (("MM/DD/YYYY", date(2012, 3, 4)), ("DD/MM/YYYY", date(2012, 4, 3))):
        records, report = read(one_file(tmp_path, text, attrs.evolve(STUDENTS, date_format=form)))
        assert people(records)["p1"].birth_date == day
        assert people(records)["p2"].birth_date == date(2011, 5, 6)
        assert not report.coverage["people"].rejected


def test_kinds_that_no_file_has_are_unknown(tmp_path: Path) -> None:
    files = [STUDENTS, COURSES, SECTIONS]
    _, report = read(CsvSource(write(tmp_path, FILES), files=files))

    modes = {kind: of.mode for kind, of in report.coverage.items()}
    assert {kind for kind, mode in modes.items() if mode is Mode.ABSENT} == {
        "orgs",
        "terms",
        "enrollments",
        "relationships",
    }


def test_a_person_with_a_row_for_each_role_has_all_roles(tmp_path: Path) -> None:
    staff = "Staff ID,First,Last,Email\nt1,Eve,Lund,\n"
    parents = "G ID,G First,G Last\nt1,Eve,Lund\n"
    guardians = attrs.evolve(GUARDIANS, file="parents.csv", where={})
    folder = write(tmp_path, {"staff.csv": staff, "parents.csv": parents})
    records, report = read(CsvSource(folder, files=[guardians, STAFF]))

    assert records == [
        attrs.evolve(EVE, email="", roles=(*EVE.roles, Role(role="guardian"))),
    ]
    assert problems(report) == [
        "parents.csv 2 role several_roles warning",
        "staff.csv 2 - same_row_twice accepted",
    ]


_TEXT = st.text("aé1 ;,\"'\n", min_size=1, max_size=8).map(lambda text: f"x{text}".strip())


@given(
    rows=st.lists(st.tuples(_TEXT, _TEXT, _TEXT), min_size=1, max_size=8, unique_by=lambda r: r[0]),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    repeated=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_text_is_read_as_it_was_written(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str, repeated: bool
) -> None:
    described = CsvFile(
        file="people.csv",
        kind="people",
        columns={"id": "Key", "given_name": "First name", "family_name": "Last name"},
        constants={"role": "student"},
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "people.csv")
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(["LAST_NAME", "key", "Shoe size", "first name "])
            for own, first, last in rows + rows * repeated:
                writer.writerow([last, own, "7", first])
        records, report = read(CsvSource(folder, files=[described]))

    expected = [
        Person(
            id=own,
            given_name=first,
            family_name=last,
            roles=(Role(role="student", primary=True),),
        )
        for own, first, last in rows
    ]
    assert records == expected
    assert report.coverage["people"].whole
