"""``lms import`` with a mapping: what is sent, and what is refused before the first request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.mapping.field_mapping import FieldMapping
from lms_async.cli.mapping.matching import match_columns
from schoology_async.cli.sections import SECTIONS
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import

HEADER = "ID,First,Last,Role,Email,Born,Sex,Status"
PEOPLE = [
    "S1,Wilhelmina,Quagmire,student,wq@secret.example,3/5/2010,Female,Active",
    "S2,Percival,Snodgrass,Student ,ps@secret.example,3/25/2010,Male,Active",
    "T1,Euphemia,Bracegirdle,TEACHER,eb@secret.example,,,Active",
    "S3,Barnaby,Tuttle,student,bt@secret.example,1/2/2010,Male,Left",
]
MAPS = [
    "school_uid=ID",
    "name_first=First",
    "name_last=Last",
    "role_id=Role",
    "primary_email=Email",
    "username=Email",
    "birthday_date=Born",
    "gender=Sex",
]
VALUES = ["role_id:student=1214", "role_id:teacher=1215", "gender:female=F", "gender:male="]
GIVEN: dict[str, Any] = {
    "maps": MAPS,
    "values": VALUES,
    "wheres": ["Status=active"],
    "date_format": "MM/DD/YYYY",
}
PERSONAL = ("Wilhelmina", "Percival", "Snodgrass", "secret.example", "3/5/2010", "3/25/2010")


def file_of(*people: str) -> str:
    return "\n".join([HEADER, *people]) + "\n"


async def test_columns_constants_words_dates_and_conditions(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    ran = await lms_import(file_of(*PEOPLE), **GIVEN, sets=["position=Member"])
    assert ran.code == Exit.DONE, ran.err
    school = schoology_sandbox.school
    one, two, three = (school.by_school_uid(uid) for uid in ("S1", "S2", "T1"))
    assert one is not None
    assert two is not None
    assert three is not None
    assert (one.role_id, one.gender) == (1214, "F")
    assert one.birthday_date == "2010-03-05"
    assert one.username == one.primary_email == "wq@secret.example"
    assert one.position == three.position == "Member"
    assert not two.gender
    assert three.role_id == 1215
    # the row that was left out: named in the summary, not sent, and not in the results file
    assert school.by_school_uid("S3") is None
    assert "3 rows: 3 done" in ran.out
    assert "1 more row left out" in ran.out
    assert list(ran.statuses) == [2, 3, 4]
    assert ran.summary is not None
    assert ran.summary.left_out == 1


async def test_second_run_knows_the_rows_by_their_fields(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(*PEOPLE), **GIVEN)
    # the same people with other names of columns and other words
    renamed = file_of(*PEOPLE).replace("ID", "Number", 1).replace("Female", "W")
    given = {**GIVEN, "maps": ["school_uid=Number", *MAPS[1:]], "values": [*VALUES, "gender:w=F"]}
    ran = await lms_import(renamed, **given)
    assert ran.code == Exit.DONE
    assert ran.summary is not None
    assert ran.summary.earlier == 3
    assert [seen.method for seen in schoology_sandbox.log].count("POST") == 1


async def test_row_with_a_wrong_date_is_rejected(lms_import: Import) -> None:
    wrong = PEOPLE[0].replace("S1", "S9").replace("3/5/2010", "5 March").replace("wq@", "x@")
    ran = await lms_import(file_of(*PEOPLE, wrong), **GIVEN)
    assert ran.statuses == {2: "done", 3: "done", 4: "done", 6: "rejected"}
    assert 'birthday_date ("Born"): must be a date in the format MM/DD/YYYY' in ran.err
    assert "5 March" not in ran.err


async def test_row_with_missing_cells_is_never_left_out(lms_import: Import) -> None:
    ran = await lms_import(file_of(*PEOPLE, "S9,Ada"), **GIVEN)
    assert ran.statuses[6] == "rejected"


@pytest.mark.parametrize(
    ("changed", "rows", "told"),
    [
        pytest.param(
            {"values": [*VALUES[:2], VALUES[3]]},
            PEOPLE * 3,
            ['1 word without a translation: "Female"', "rows 2, 6, 10", '"male"', "--value"],
            id="word without a translation",
        ),
        pytest.param(
            {"values": [*VALUES[:2], "gender:x=F"]},
            [PEOPLE[1], PEOPLE[1]],
            ["1 word without a translation: ", "rows 2, 3"],
            id="all words without a translation",
        ),
        pytest.param(
            {"values": [*VALUES, "name_last:x=y"]},
            PEOPLE,
            ["name_last", "3 words without a translation (rows 2, 3, 4)"],
            id="names are not shown",
        ),
        pytest.param(
            {"date_format": None},
            PEOPLE,
            ['birthday_date ("Born")', "look like MM/DD/YYYY (2 dates", "--date-format MM/DD/YYYY"],
            id="dates in one other format",
        ),
        pytest.param(
            {"date_format": None},
            [PEOPLE[0]],
            ["row 2 could be MM/DD/YYYY or DD/MM/YYYY", "or --date-format DD/MM/YYYY"],
            id="dates in two possible formats",
        ),
        pytest.param(
            {"date_format": None},
            [PEOPLE[1], PEOPLE[0].replace("3/5/", "25/5/")],
            ["several formats", "Row 3", "row 2"],
            id="dates in several formats",
        ),
        pytest.param(
            {"wheres": ["Status=Actve"]},
            PEOPLE,
            ["No row is selected", "all 4 rows", '"Status"'],
            id="no row is selected",
        ),
        pytest.param(
            {"wheres": ["Staus=Active"]},
            PEOPLE,
            ['no column "Staus", which selects rows. Did you mean "Status"?'],
            id="condition on a missing column",
        ),
        pytest.param(
            {"values": [*VALUES, "language:en=en"]},
            PEOPLE,
            ["no column is read into language"],
            id="words of a field without a column",
        ),
        pytest.param(
            {"wheres": []}, PEOPLE, ['Unknown column "Status"'], id="column that nothing reads"
        ),
    ],
)
async def test_refused_before_the_first_request(
    lms_import: Import,
    schoology_sandbox: SchoologySandbox,
    changed: dict[str, Any],
    rows: list[str],
    told: list[str],
) -> None:
    ran = await lms_import(file_of(*rows), **{**GIVEN, **changed})
    assert ran.code == Exit.BAD_INPUT, ran.err
    assert all(part in ran.err for part in told), ran.err
    assert not any(word in ran.err for word in PERSONAL)
    assert not schoology_sandbox.log


async def test_dates_that_the_vendor_takes_need_no_format(lms_import: Import) -> None:
    iso = PEOPLE[0].replace("3/5/2010", "2010-03-05")
    ran = await lms_import(file_of(iso, PEOPLE[1]), **{**GIVEN, "date_format": None})
    assert ran.statuses == {2: "done", 3: "rejected"}


async def test_rest_can_be_ignored(lms_import: Import) -> None:
    people = [f"{person},x,y" for person in PEOPLE]
    content = file_of(*people).replace("Status\n", "Status,Locker,Home Room\n", 1)
    assert (await lms_import(content, **GIVEN)).code == Exit.BAD_INPUT
    assert (await lms_import(content, **GIVEN, ignore_rest=True)).code == Exit.DONE


async def test_ignored_rest_does_not_hide_a_required_column(lms_import: Import) -> None:
    ran = await lms_import(file_of(*PEOPLE), **{**GIVEN, "maps": MAPS[1:]}, ignore_rest=True)
    assert ran.code == Exit.BAD_INPUT
    assert "no column for school_uid" in ran.err
    assert "--set school_uid" not in ran.err  # each person has another one


async def test_condition_that_matches_nothing_is_noted(lms_import: Import) -> None:
    ran = await lms_import(file_of(*PEOPLE), **{**GIVEN, "wheres": ["Status=active", "Status=x"]})
    assert ran.code == Exit.DONE
    assert '1 value for "Status" matched no row' in ran.err


async def test_constant_and_column_of_the_same_field(lms_import: Import) -> None:
    content = file_of(*PEOPLE).replace("Role", "role_id", 1)
    given = {**GIVEN, "maps": [*MAPS[:3], *MAPS[4:]], "values": VALUES[2:]}
    ran = await lms_import(content, **given, sets=["role_id=1214"])
    assert "file has a column role_id too. Add --ignore role_id" in ran.err
    given["ignored"] = ["role_id"]
    assert (await lms_import(content, **given, sets=["role_id=1214"])).code == Exit.DONE


async def test_word_that_the_vendor_knows_needs_no_translation(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    content = file_of(*PEOPLE).replace("TEACHER", "School Admin")
    given = {**GIVEN, "values": [*VALUES[:1], *VALUES[2:]]}
    ran = await lms_import(content, **given)
    assert ran.code == Exit.DONE, ran.err
    teacher = schoology_sandbox.school.by_school_uid("T1")
    assert teacher is not None
    assert schoology_sandbox.school.roles[str(teacher.role_id)].title == "School Admin"
    unknown = await lms_import(file_of(*PEOPLE).replace("TEACHER", "Janitor"), **given)
    assert unknown.code == Exit.BAD_INPUT
    assert "role_id names none of the roles" in unknown.err
    assert "--value role_id:VALUE=NAME" in unknown.err


@pytest.mark.parametrize(
    ("cell", "ids"),
    [("Year, Term", "Y,1"), ("Both", "1,2"), ("Year,Spring", "Y,Spring"), ("Year,None", "Y")],
)
def test_words_of_a_cell_with_several_names(cell: str, ids: str) -> None:
    mapping = FieldMapping(
        values={"grading_periods": {"year": "Y", "term": "1", "both": "1,2", "none": ""}}
    )
    columns = match_columns(
        ["grading_periods"],
        fields=SECTIONS.fields,
        required=(),
        mapping=mapping,
        references=SECTIONS.references,
    )
    assert columns.row([cell]) == {"grading_periods": ids}


async def test_known_export_without_a_mapping_names_the_command(
    lms_import: Import, people_csv: Path
) -> None:
    ran = await lms_import("sourcedId,enabledUser,givenName,familyName,sms\n1,true,A,B,5\n")
    assert ran.code == Exit.BAD_INPUT
    (line,) = ran.err.splitlines()
    assert "has the columns of OneRoster users.csv" in line
    assert line.endswith(f"lms mapping init {people_csv} --to schoology")
