"""What is read from OneRoster bundles without defects."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lms_async.roster import (
    Course,
    Deleted,
    Enrollment,
    Mode,
    Org,
    Person,
    Relationship,
    Role,
    Section,
    Term,
)

from .bundles import School, manifest, write_texts, zip_folder
from .reading import FILES, people, problems, read


def test_every_record_of_a_bundle_in_order(tmp_path: Path) -> None:
    records, report = read(write_texts(tmp_path, **FILES))

    assert records == [
        Org(id="d1", name="District", type="district"),
        Org(id="s1", name="North School", type="school", code="N", parent_id="d1"),
        Term(
            id="y1",
            title="2026-2027",
            type="schoolYear",
            starts=date(2026, 8, 17),
            ends=date(2027, 6, 11),
            school_year=2027,
        ),
        Term(
            id="t1",
            title="Fall",
            type="semester",
            starts=date(2026, 8, 17),
            ends=date(2027, 1, 15),
            school_year=2027,
            parent_id="y1",
        ),
        Person(
            id="p1",
            given_name="Ada",
            family_name="Ekpo",
            username="ada",
            email="ada@school.example",
            identifier="1001",
            grades=("09",),
            roles=(Role(role="student", org_id="s1", primary=True),),
            org_ids=("s1",),
        ),
        Person(
            id="p2",
            given_name="Ben",
            family_name="Ito",
            username="ben",
            email="ben@school.example",
            roles=(Role(role="teacher", org_id="s1", primary=True),),
            org_ids=("s1",),
        ),
        Person(
            id="p3",
            given_name="Femi",
            family_name="Ekpo",
            email="femi@home.example",
            roles=(Role(role="guardian", org_id="s1", primary=True),),
            org_ids=("s1",),
        ),
        Course(
            id="c1",
            title="Algebra",
            code="ALG",
            org_id="s1",
            subjects=("Mathematics",),
            grades=("09", "10"),
            term_id="y1",
        ),
        Section(
            id="k1",
            title="Algebra 1",
            code="ALG-1",
            course_id="c1",
            org_id="s1",
            term_ids=("t1",),
            grades=("09",),
            subjects=("Mathematics",),
            periods=("1", "2"),
            location="Room 7",
        ),
        Enrollment(
            id="e1",
            section_id="k1",
            person_id="p1",
            role="student",
            begins=date(2026, 8, 17),
            ends=date(2027, 1, 15),
        ),
        Enrollment(id="e2", section_id="k1", person_id="p2", role="teacher", primary=True),
        Relationship(person_id="p1", other_id="p3", kind="guardian"),
    ]
    assert problems(report) == []
    assert [(kind, of.mode, of.whole) for kind, of in report.coverage.items()] == [
        (kind, Mode.BULK, True)
        for kind in "orgs terms people courses sections enrollments relationships".split()
    ]


def test_a_zip_file_reads_like_its_folder(tmp_path: Path) -> None:
    folder = write_texts(tmp_path / "school", **FILES)

    for under in ("", "export/"):
        assert read(zip_folder(folder, under))[0] == read(folder)[0]


def test_version_1_2_has_roles_and_demographics_in_their_own_files(tmp_path: Path) -> None:
    folder = write_texts(
        tmp_path,
        manifest=manifest(["orgs", "users", "roles", "demographics"], version="1.2"),
        orgs=FILES["orgs"],
        users="""
            sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredLastName,primaryOrgSourcedId,pronouns
            p1,,,false,ada,,Adaeze,Ekpo,,,,,,,,,,,Ada,,,s1,
        """,
        roles="""
            sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
            r1,,,p1,secondary,aide,,,d1,
            r2,,,p1,primary,teacher,2026-08-01,2027-07-31,s1,
        """,
        demographics="""
            sourcedId,status,dateLastModified,birthDate,sex
            p1,,,1990-03-14,female
        """,
        userProfiles="sourcedId,status,dateLastModified,userSourcedId\n",
    )
    records, report = read(folder)

    assert people(records)["p1"] == Person(
        id="p1",
        given_name="Adaeze",
        family_name="Ekpo",
        preferred_given_name="Ada",
        username="ada",
        birth_date=date(1990, 3, 14),
        gender="female",
        enabled=False,
        org_ids=("s1", "d1"),
        roles=(
            Role(
                role="teacher",
                org_id="s1",
                primary=True,
                begins=date(2026, 8, 1),
                ends=date(2027, 7, 31),
            ),
            Role(role="aide", org_id="d1"),
        ),
    )
    assert problems(report) == []
    assert report.coverage["courses"].mode is Mode.ABSENT
    assert report.coverage["courses"].reasons == ["absent"]


def test_a_delta_may_refer_to_records_that_it_does_not_have(tmp_path: Path) -> None:
    folder = write_texts(
        tmp_path,
        manifest=manifest(["orgs", "users", "enrollments"], mode="delta"),
        orgs="""
            sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
            s1,active,2026-09-01T08:00:00Z,North,school,,d9
        """,
        users="""
            sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades
            p1,active,2026-09-01T08:00:00Z,true,s9,student,,Ada,Ekpo,,,,,,p9,
            p2,tobedeleted,2026-09-01T08:00:00Z,true,s9,student,,Ben,Ito,,,,,,p9,
        """,
        enrollments="""
            sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
            e1,active,2026-09-01T08:00:00Z,k9,s9,p8,student,,,
            e2,tobedeleted,2026-09-01T08:00:00Z,k9,s9,p7,student,,,
        """,
    )
    records, report = read(folder)

    assert problems(report) == []
    assert list(people(records)) == ["p1"]
    assert [one for one in records if not isinstance(one, Person)] == [
        Org(id="s1", name="North", type="school", parent_id="d9"),
        Deleted(plural="people", key="p2"),
        Enrollment(id="e1", section_id="k9", person_id="p8", role="student"),
        Deleted(plural="enrollments", key="k9\x1fp7"),
        Relationship(person_id="p1", other_id="p9", kind="guardian"),
    ]
    assert report.coverage["people"].reasons == ["delta"]


@pytest.mark.parametrize(
    ("student_names", "guardian_names", "role", "kind"),
    [
        ("p3", "", "parent", "parent"),
        ("", "p1", "relative", "relative"),
        ("p3", "p1", "guardian", "guardian"),
        pytest.param("", "p1", "teacher", "guardian", id="a teacher who is a parent"),
        pytest.param("p3", "", "administrator", "guardian", id="staff named by a student"),
    ],
)
def test_either_person_of_a_relationship_may_name_the_other(
    tmp_path: Path, student_names: str, guardian_names: str, role: str, kind: str
) -> None:
    users = f"""
        sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName,agentSourcedIds
        p3,true,s1,{role},Femi,Ekpo,{guardian_names}
        p1,true,s1,student,Ada,Ekpo,{student_names}
    """
    records, _ = read(write_texts(tmp_path, users=users))

    assert [one for one in records if isinstance(one, Relationship)] == [
        Relationship(person_id="p1", other_id="p3", kind=kind)
    ]


def test_a_student_may_have_several_guardians(tmp_path: Path) -> None:
    users = """
        sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName,agentSourcedIds
        p1,true,s1,student,Ada,Ekpo,"p2,p3"
        p2,true,s1,parent,Femi,Ekpo,
        p3,true,s1,relative,Eve,Ekpo,p1
    """
    records, _ = read(write_texts(tmp_path, users=users))

    assert [one for one in records if isinstance(one, Relationship)] == [
        Relationship(person_id="p1", other_id="p2", kind="parent"),
        Relationship(person_id="p1", other_id="p3", kind="relative"),
    ]


@pytest.mark.parametrize(
    ("rows", "roles", "orgs", "codes"),
    [
        pytest.param(
            ["secondary,teacher,s1", "primary,aide,s2"],
            ["aide s2", "teacher s1"],
            ("s1", "s2"),
            [],
            id="the source says which is primary",
        ),
        pytest.param(
            ["primary,aide,s1", "primary,teacher,s2"],
            ["teacher s2", "aide s1"],
            ("s1", "s2"),
            ["several_roles"],
            id="two primary roles",
        ),
        pytest.param(
            ["primary,teacher,s2", "primary,teacher,s1"],
            ["teacher s1", "teacher s2"],
            ("s1", "s2"),
            [],
            id="one role in two orgs",
        ),
        pytest.param(["primary,teacher,s2"], ["teacher s2"], ("s1", "s2"), [], id="other org"),
    ],
)
def test_which_of_several_roles_is_primary(
    tmp_path: Path, rows: list[str], roles: list[str], orgs: tuple[str, ...], codes: list[str]
) -> None:
    folder = write_texts(
        tmp_path,
        users="sourcedId,enabledUser,givenName,familyName,primaryOrgSourcedId\np1,1,Ada,Ito,s1\n",
        roles="\n".join(["userSourcedId,roleType,role,orgSourcedId", *(f"p1,{of}" for of in rows)]),
        manifest=manifest(["users", "roles"], version="1.2"),
    )
    records, report = read(folder)

    person = people(records)["p1"]
    assert [f"{of.role} {of.org_id}" for of in person.roles] == roles
    assert [of.primary for of in person.roles] == [True, False][: len(roles)]
    assert person.org_ids == orgs
    assert [one.code for one in report.problems if one.code != "no_column"] == codes


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_realistic_bundle_has_no_problems(tmp_path: Path, version: str) -> None:
    records, report = read(School(version=version).write(tmp_path))

    assert problems(report) == []
    assert {kind: of.rows for kind, of in report.coverage.items()} == {
        "orgs": 3,
        "terms": 3,
        "people": 100,
        "courses": 3,
        "sections": 10,
        "enrollments": 300,
        "relationships": 75,
    }
    assert len(records) == sum(of.rows for of in report.coverage.values())
