"""The settings of a roster from a TOML file, and what is wrong in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_async import InvalidInput
from lms_async.roster import GuardSettings, Keys, PlanMode, RosterMapping, Scope, read_mapping

WHOLE = """
mode = "new_school_year"
removals = ["people", "enrollments"]
role_order = ["teacher"]
year_in_section_keys = true
last_grade = 13

[keys]
people = "identifier"
orgs = "id"

[roles]
student = "Student"

[enrollment_roles]
student = "member"

[buildings]
s1 = "NORTH"

[terms]
Fall = "Fall 2026"

[grades]
09 = "Class of 2030"

[subjects]
c1 = "Mathematics"

[course_prefixes]
s1 = "N-"

[scope]
orgs = ["NORTH"]
roles = ["Student"]

[guard]
max_removed_share = 0.2
min_records = 5
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "roster.toml"
    path.write_text(text, "utf-8")
    return path


def test_every_setting_is_read(tmp_path: Path) -> None:
    assert read_mapping(write(tmp_path, WHOLE)) == RosterMapping(
        keys=Keys(people="identifier", orgs="id"),
        roles={"student": "Student"},
        enrollment_roles={"student": "member"},
        role_order=("teacher",),
        buildings={"s1": "NORTH"},
        terms={"Fall": "Fall 2026"},
        grades={"09": "Class of 2030"},
        subjects={"c1": "Mathematics"},
        course_prefixes={"s1": "N-"},
        year_in_section_keys=True,
        last_grade=13,
        scope=Scope(orgs=frozenset({"NORTH"}), roles=frozenset({"Student"})),
        guard=GuardSettings(
            removals=frozenset({"people", "enrollments"}),
            mode=PlanMode.NEW_SCHOOL_YEAR,
            max_removed_share=0.2,
            min_records=5,
        ),
    )


def test_empty_file_has_the_defaults(tmp_path: Path) -> None:
    assert read_mapping(write(tmp_path, "")) == RosterMapping()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('mod = "all"', ["line 1, mod ", "did you mean mode?"]),
        ("\n[gaurd]\n", ["line 2, gaurd", "did you mean guard?"]),
        ('[keys]\npeple = "id"', ["line 2, [keys] peple", "did you mean people?"]),
        ("[guard]\nmax_removed_shares = 1", ["line 2, [guard]", "did you mean max_removed_share?"]),
        ('[keys]\npeople = "sourcedId"', ["line 2, [keys] people must be id or identifier"]),
        ('mode = "some"', ["mode must be all, additions_only or new_school_year"]),
        ("mode = [1]", ["mode must be"]),
        ('removals = ["pupils"]', ["line 1, removals must be orgs"]),
        ('removals = "people"', ["removals must be a list"]),
        ("last_grade = 11", ["roster.toml: last_grade must be 12 or 13"]),
        ("last_grade = true", ["last_grade must be a whole number"]),
        ("year_in_section_keys = 1", ["must be true or false"]),
        ("[roles]\nstudent = 1", ["line 2, [roles] student must be text"]),
        ('[roles]\nstudent = " "', ["line 2, [roles] student is blank"]),
        ("roles = 1", ["roles must be a table"]),
        *(
            (f'[roles]\nteacher = "T"\n{line}', [f"line 3, [roles] {line.split()[0]}", "never"])
            for line in ('sysadmin = "Staff"', 'siteAdministrator = "S"', 'aide = "School Admin"')
        ),
        ('[roles]\nstudent = "S"\n[scope]\nroles = ["T"]', ["no role is translated to: T"]),
        ("[guard]\nmax_removed_share = 20", ["max_removed_share must be a share"]),
        ("[guard]\nmin_records = 0.5", ["line 2, [guard] min_records must be a whole number"]),
        ("x =", ["not valid TOML"]),
        ("# " + "x" * (1 << 20), ["too large"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, parts: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_mapping(write(tmp_path, text))
    for part in ("roster.toml", *parts):
        assert part in str(raised.value)


def test_mapping_without_a_file_has_no_administrators_either() -> None:
    for roles in ({"districtAdministrator": "Staff"}, {"aide": "System Admin"}):
        with pytest.raises(InvalidInput, match="never changes administrators"):
            RosterMapping(roles=roles)


def test_missing_file_and_other_encodings(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="can't be read"):
        read_mapping(tmp_path / "missing")
    path = tmp_path / "roster.toml"
    path.write_bytes('[roles]\nélève = "Student"'.encode("latin-1"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_mapping(path)


def test_hash_depends_on_the_settings_and_not_on_their_order() -> None:
    one, two = {"student": "S", "teacher": "T"}, {"teacher": "T", "student": "S"}
    assert RosterMapping(roles=one).hash == RosterMapping(roles=two).hash
    assert RosterMapping(roles=one).hash != RosterMapping(roles={"student": "S"}).hash
    removals = GuardSettings(removals=frozenset({"people", "sections", "enrollments"}))
    assert RosterMapping(guard=removals).hash != RosterMapping().hash
