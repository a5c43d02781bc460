"""What ``lms roster init`` wrote is a mapping as it is, and has no data of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.roster import RosterMapping
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import environment_of, lms
from tests.cli.roster_init.conftest import Init, small
from tests.roster import bundles

ODD = """
    sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email
    p1,true,s1,"Lehrer ""in"" #1 = a.b",u1,Wilhelmina,Quagmire,1001,w1@secret.example
    p2,true,s1,"Lehrer ""in"" #1 = a.b",u2,Wilhelmina,Quagmire,1002,w2@secret.example
    t1,true,s2,teacher,u3,Wilhelmina,Quagmire,1003,w3@secret.example
"""


@pytest.mark.parametrize("vendor", [True, False])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_written_file_is_a_mapping(
    init: Init, tmp_path: Path, version: str, vendor: bool
) -> None:
    school = bundles.School(people=28, sections=4, enrollments=24, version=version)
    written = await init(school.write(tmp_path / "bundle"), vendor=vendor)
    roles = {"student": "Student", "teacher": "Teacher", "guardian": "Parent"}
    enrollment_roles = {"student": "member", "teacher": "admin"}
    assert written.mapping == RosterMapping(
        roles=roles if vendor else {},
        enrollment_roles=enrollment_roles if vendor else {},
        target={"enrollment_removal": "expire", "people_from": "list"},
    )
    assert "lms plan" in written.out
    assert ("could not ask" in written.out) is not vendor


async def test_words_with_quotation_marks_and_other_characters_are_kept(
    init: Init, tmp_path: Path, schoology_sandbox: SchoologySandbox
) -> None:
    word = 'Lehrer "in" #1 = a.b'
    schoology_sandbox.school.roles.add(word)
    written = await init(small(tmp_path / "bundle", users=ODD))
    assert written.mapping.roles == {word: word, "teacher": "Teacher"}


async def test_no_data_of_people_is_written_or_printed(init: Init, tmp_path: Path) -> None:
    users = """
        sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email,grades
        p1,true,s1,Quagmire,u1,student,Wilhelmina,Ident1,w1@secret.example,Ada Quagmire
        p2,true,s1,Wilhelmina,u2,student,Quagmire,Ident2,w1@secret.example,w@secret.example
        p3,maybe,s9,student,u3,student,Quagmire,Ident2,not an address,09
        p4,true,s1,student,u4,student,Quagmire,Ident3,w4@secret.example,09
    """
    written = await init(small(tmp_path / "bundle", users=users))
    for private in ("Quagmire", "Wilhelmina", "Ident", "secret", "p1", "p2", "not an"):
        assert private not in written.text + written.out
    assert "2 other words of the source for roles may be personal data" in written.comments()
    assert written.mapping.roles == {"student": "Student"}


async def test_existing_file_is_not_replaced(init: Init, bundle: Path) -> None:
    written = await init(bundle)
    with pytest.raises(CommandError, match="does not replace"):
        await init(bundle)
    assert written.path.read_text("utf-8") == written.text


async def test_broken_source_is_refused_and_nothing_is_written(init: Init, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        await init(tmp_path / "nothing")
    assert not (tmp_path / "roster.toml").exists()


async def test_command_writes_the_file(
    bundle: Path, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    ran = await lms(
        *("roster", "init", bundle, "--to", "schoology", "--as-of", "2026-10-01"),
        *("--limit", "1000/1s"),
        environment=environment_of(schoology_sandbox),
        folder=tmp_path,
    )
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote roster.toml." in ran.err
    assert "lms plan" in ran.err
    assert (tmp_path / "roster.toml").is_file()
