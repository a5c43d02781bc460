"""What ``lms roster init`` proposes from both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async.sandbox import Fault
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.roster_init.conftest import Init, small
from tests.conftest import people


@pytest.fixture
def school(schoology_sandbox: SchoologySandbox) -> School:
    return schoology_sandbox.school


def add_people(school: School, *uids: str, **more: Any) -> None:
    for row, uid in zip(people(len(uids)), uids, strict=True):
        school.add({**row, "school_uid": uid, **more})


def add_section(school: School, code: str, *, year: int = 2027) -> None:
    period = school.grading_periods.add(str(year), f"{year - 1}-08-01", f"{year}-07-31")
    course = school.courses.add(title=code, course_code=f"course of {code}")
    school.sections.add(
        course.id,
        {
            "title": code,
            "section_code": code,
            "section_school_code": code,
            "grading_periods": [int(period.id)],
        },
    )


async def test_key_is_the_field_that_has_most_of_the_vendors_keys(
    init: Init, tmp_path: Path, school: School
) -> None:
    add_people(school, "1001", "1002", "p1")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.keys.people == "identifier"
    assert "3 people at Schoology have a key. The source has 1 in id and 2 in identifier." in (
        written.comments()
    )
    assert "[keys] people: only 2 of 3 keys at Schoology are in the source (67%)" in written.out


async def test_key_that_most_people_have_needs_no_check(
    init: Init, tmp_path: Path, school: School
) -> None:
    add_people(school, "p1", "p2", "t1")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.keys.people == "id"
    assert "[keys] people" not in written.out


async def test_administrators_are_left_out_and_other_words_are_shown(
    init: Init, tmp_path: Path
) -> None:
    users = """
        sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email
        p1,true,s1,student,u1,A,B,1001,w1@secret.example
        a1,true,s1,siteAdministrator,u2,A,B,1002,w2@secret.example
        a2,true,s1,administrator,u3,A,B,1003,w3@secret.example
        a3,true,s1,aide,u4,A,B,1004,w4@secret.example
    """
    written = await init(small(tmp_path / "bundle", users=users))
    assert written.mapping.roles == {"student": "Student"}
    assert written.line("# aide") == '# aide = ""  # check: 1 person'
    assert "siteAdministrator (1 person) is left out" in written.comments()
    assert "Schoology has: Parent, School Admin, Student, Teacher." in written.comments()
    assert "[roles] has no translation of aide." in written.out


async def test_schools_are_found_by_code_and_then_by_title(
    init: Init, tmp_path: Path, school: School
) -> None:
    school.buildings.add(str(school.school_id), title="Other", building_code="N")
    school.buildings.add(str(school.school_id), title="south-school", building_code="0815")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.buildings == {"s1": "N", "s2": "0815"}
    assert "Lake District, no records: Schoology has no districts." in written.comments()
    assert written.line("# orgs =") == '# orgs = ["N", "0815"]'


async def test_school_without_a_building_gets_candidates(
    init: Init, tmp_path: Path, school: School
) -> None:
    school.buildings.add(str(school.school_id), title="Southern High", building_code="H")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.buildings == {}
    assert "Candidates: H (Southern High), Sandbox Academy." in written.comments()
    assert "[buildings] has no building of Schoology for South School." in written.out
    assert "lms import buildings.csv --to schoology --kind buildings" in written.out


async def test_terms_are_found_by_title_and_then_by_days(
    init: Init, tmp_path: Path, school: School
) -> None:
    school.grading_periods.add("fall term", "2026-08-01", "2026-12-31")
    school.grading_periods.add("Second half", "2027-01-10", "2027-06-11")
    sessions = """
        sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear
        y26,2025-2026,schoolYear,2025-08-18,2026-06-12,,2026
        y27,2026-2027,schoolYear,2026-08-17,2027-06-11,,2027
        f,Fall Term,semester,2026-08-17,2027-01-09,y27,2027
        s,Spring Term,semester,2027-01-10,2027-06-11,y27,2027
    """
    written = await init(small(tmp_path / "bundle", academicSessions=sessions))
    assert written.mapping.terms == {"Fall Term": "fall term", "Spring Term": "Second half"}
    assert "current" in written.line('"Fall Term"')
    assert "begins later; same days" in written.line('"Spring Term"')
    assert "2025-2026, 2025-08-18 to 2026-06-12, is over on 2026-10-01" in written.comments()
    assert (
        "[terms] 2026-2027: Schoology has no such term. lms plan creates it, unless you translate"
        in (written.out)
    )
    assert written.line("# terms =") == '# terms = ["2026-2027", "fall term", "Second half"]'


@pytest.mark.parametrize(
    ("codes", "expected", "said"),
    [
        ([], False, "lms found nothing that needs true."),
        ([("k1", 2026)], True, "Schoology has 1 past section with the key of a section"),
        ([("k1-2027", 2027)], True, "Schoology has 1 section with a year in the key"),
        ([("k1", 2026), ("k2", 2027)], False, "Change it to true when the next school year begins"),
    ],
)
async def test_year_is_added_to_keys_if_ids_are_used_again(
    init: Init,
    tmp_path: Path,
    school: School,
    codes: list[tuple[str, int]],
    expected: bool,
    said: str,
) -> None:
    for code, year in codes:
        add_section(school, code, year=year)
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.year_in_section_keys is expected
    assert said in written.comments()


async def test_ids_of_two_years_in_one_source_need_a_year(init: Init, tmp_path: Path) -> None:
    classes = """
        sourcedId,title,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds
        k1,Algebra 1,c1,A-1,scheduled,s1,"y26,y27"
        k2,Algebra 1,c2,A-2,scheduled,s2,y27
    """
    written = await init(small(tmp_path / "bundle", classes=classes))
    assert written.mapping.year_in_section_keys is True
    assert "the source uses 1 id in several school years" in written.out


async def test_shared_course_codes_get_a_prefix_if_codes_are_keys(
    init: Init, tmp_path: Path, school: School
) -> None:
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.course_prefixes == {}
    assert 'As long as the key of courses is "id", no prefix is needed.' in written.comments()
    school.courses.add(title="Algebra", course_code="N_ALG")
    written.path.unlink()
    written = await init(tmp_path / "bundle")
    assert written.mapping.keys.courses == "code"
    assert written.mapping.course_prefixes == {"s1": "N-", "s2": "S-"}
    assert "Schoology has codes such as N_ALG." in written.out


async def test_prefix_is_not_proposed_against_codes_that_are_in_use(
    init: Init, tmp_path: Path, school: School
) -> None:
    school.courses.add(title="Algebra", course_code="ALG")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.keys.courses == "code"
    assert written.mapping.course_prefixes == {}
    assert "With a prefix, lms plan would create these courses again" in written.comments()


async def test_last_grade_is_proposed_if_the_vendor_has_years_of_graduation(
    init: Init, tmp_path: Path, school: School
) -> None:
    add_people(school, "p1", grad_year=2030)
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.last_grade == 13
    assert "Grades of people in the source: 09 (1), 13 (1)." in written.comments()


async def test_last_grade_is_not_proposed_if_nobody_has_a_year_of_graduation(
    init: Init, tmp_path: Path, school: School
) -> None:
    add_people(school, "p1")
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.last_grade is None
    assert "Schoology has no person with a year of graduation" in written.comments()


async def test_problems_of_the_source_and_what_the_vendor_lacks_are_listed(
    init: Init, tmp_path: Path
) -> None:
    enrollments = """
        sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role
        e1,k1,s1,p1,student
        e2,k9,s1,p1,student
        e3,k8,s1,p1,student
    """
    written = await init(small(tmp_path / "bundle", enrollments=enrollments))
    assert "rejected, 2 times, first: enrollments.csv, line 3" in written.comments()
    assert "2 records of the source could not be read" in written.out
    assert "fields of people: grades (2), identifier (3)" in written.comments()
    assert "people are deactivated" in written.comments()
    assert "sections can't be removed at Schoology" in written.comments()


async def test_several_roles_are_a_decision(init: Init, tmp_path: Path) -> None:
    users = """
        sourcedId,enabledUser,username,givenName,familyName,identifier,email
        p1,true,u1,A,B,1001,w1@secret.example
        t1,true,u3,A,B,1003,w3@secret.example
    """
    roles = """
        sourcedId,userSourcedId,roleType,role,orgSourcedId
        r1,p1,primary,student,s1
        r2,t1,primary,teacher,s2
        r3,t1,secondary,guardian,s1
    """
    manifest = """
        propertyName,value
        manifest.version,1.0
        oneroster.version,1.2
        file.orgs,bulk
        file.academicSessions,bulk
        file.users,bulk
        file.roles,bulk
        file.courses,bulk
        file.classes,bulk
        file.enrollments,bulk
    """
    folder = small(tmp_path / "bundle", users=users, roles=roles, manifest=manifest)
    written = await init(folder)
    assert written.mapping.role_order == ()
    assert "role_order: 1 person of the source has several roles." in written.out


async def test_source_of_changes_only_is_a_decision(init: Init, tmp_path: Path) -> None:
    folder = small(tmp_path / "bundle")
    manifest = folder / "manifest.csv"
    manifest.write_text(manifest.read_text("utf-8").replace("users,bulk", "users,delta"), "utf-8")
    written = await init(folder)
    assert "The source lists only changes of people" in written.out


async def test_words_that_the_account_may_not_read_are_left_open(
    init: Init, tmp_path: Path, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, path="roles"))
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.roles == {}
    assert "Schoology does not let this account read its words." in written.comments()


async def test_records_that_the_account_may_not_read_are_left_open(
    init: Init, tmp_path: Path, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, path="courses"))
    written = await init(small(tmp_path / "bundle"))
    assert written.mapping.roles == {"student": "Student", "teacher": "Teacher"}
    assert "[keys] people: Schoology does not let this account read its records." in written.out


async def test_term_with_other_days_is_to_be_checked_and_the_most_alike_one_is_a_comment(
    init: Init, tmp_path: Path, school: School
) -> None:
    school.grading_periods.add("Fall Term", "2025-08-18", "2026-01-09")
    school.grading_periods.add("Spring Term", "2027-03-10", "2027-06-11")
    school.grading_periods.add("Whole", "2026-08-20", "2027-06-19")
    sessions = """
        sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear
        y27,2026-2027,schoolYear,2026-08-17,2027-06-11,,2027
        f,Fall Term,semester,2026-08-17,2027-01-09,y27,2027
        s,Spring Term,semester,2027-01-10,2027-06-11,y27,2027
    """
    written = await init(small(tmp_path / "bundle", academicSessions=sessions))
    assert "[terms] Fall Term, 2026-08-17 to 2027-01-09: Fall Term of Schoology" in written.out
    assert "2025-08-18 to 2026-01-09, is over on 2026-10-01" in written.out
    assert "2027-03-10 to 2027-06-11, has other days" in written.out
    proposed = written.line('# "2026-2027"')
    assert proposed.startswith('# "2026-2027" = "Whole"')
    assert "2026-08-20 to 2027-06-19" in proposed
    assert "2026-2027" not in written.mapping.terms
