"""``lms mapping init``, and an import with what it wrote."""

from __future__ import annotations

import io
import shutil
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.kinds import Kind, Reference
from lms_async.cli.mapping.initial import write_mapping
from lms_async.cli.mapping.options import MappingOptions, choose
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.sandbox import Fault
from schoology_async.cli.people import PEOPLE
from schoology_async.cli.sections import SECTIONS
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import TARGET, Import, environment_of, save

EXPORTS = Path(__file__).parents[1] / "exports"
#: Without look-ups, as if no credentials were set.
KIND = attrs.evolve(PEOPLE, references={})


async def init(
    path: Path, kind: Kind = KIND, environment: Mapping[str, str] | None = None, **given: Any
) -> tuple[Path, str]:
    said = io.StringIO()
    written = await write_mapping(
        path, TARGET, kind, environment or {}, make_reporter(said, said), **given
    )
    return written, said.getvalue()


@pytest.mark.parametrize(
    ("name", "filled_in", "first"),
    [
        (
            "oneroster_users.csv",
            {"values": ["role_id:student=1214", "role_id:teacher=1215"]},
            ("u-1001", "Farrow", "Quillington", ""),
        ),
        (
            "powerschool_students.csv",
            {"sets": ["role_id=1214"]},
            ("300101", "Peregrine", "Sotherby", "2010-04-17"),
        ),
        (
            "infinite_campus_students.csv",
            {"sets": ["role_id=1214"]},
            ("410001", "Ludovica", "Wexcombe", "2011-03-14"),
        ),
        (
            "skyward_students.csv",
            {"sets": ["role_id=1214"], "values": ["gender:Female=F", "gender:Male=M"]},
            ("55001", "Ottilie", "Ravenscar", "2009-05-21"),
        ),
        (
            "isams_pupils.csv",
            {"sets": ["role_id=1214"]},
            ("070112233441", "Briony", "Àlvarez-Thwaite", "2011-02-28"),
        ),
    ],
)
async def test_export_is_imported_as_it_is(
    lms_import: Import,
    schoology_sandbox: SchoologySandbox,
    tmp_path: Path,
    name: str,
    filled_in: dict[str, Any],
    first: tuple[str, ...],
) -> None:
    path = Path(shutil.copy(EXPORTS / name, tmp_path))
    written, said = await init(path)
    assert written == tmp_path / f"{path.stem}.mapping.toml"
    assert "to check" in said
    target, kind, mapping = choose(None, None, written, MappingOptions(**filled_in))
    ran = await lms_import(None, path=path, target=target, kind=kind, mapping=mapping)
    assert ran.code == Exit.DONE, ran.err
    assert schoology_sandbox.school.creates
    account = schoology_sandbox.school.by_school_uid(first[0])
    assert account is not None
    assert (account.name_first, account.name_last) == first[1:3]
    assert account.birthday_date == first[3]


def content_of(path: Path) -> str:
    utf_16 = path.suffix == ".csv" and path.name.startswith("isams")
    return path.read_text("utf-16" if utf_16 else "utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in EXPORTS.iterdir()))
async def test_mapping_file_has_no_data_of_people(tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(EXPORTS / name, tmp_path))
    written, said = await init(path)
    text = content_of(written) + said
    content = content_of(path)
    codes = {"", "true", "student", "teacher", "male", "female", "m", "f"}
    separator = "\t" if "\t" in content else ","
    for row in content.splitlines()[1:]:
        for cell in row.split(separator):
            assert cell.casefold() in codes or len(cell) < 3 or cell not in text, cell


async def written_for(tmp_path: Path, content: str | bytes, **given: Any) -> dict[str, Any]:
    path = tmp_path / "people.csv"
    save(path, content)
    written, _ = await init(path, **given)
    return tomllib.loads(written.read_text("utf-8")) | {"text": written.read_text("utf-8")}


async def test_only_safe_columns_are_proposed(tmp_path: Path) -> None:
    header = "Student ID,First Name,surname,School ID,usernme,Locker,department,"
    found = await written_for(tmp_path, f"{header}\nS1,Ada,Okafor,12,ada,3,Art,\n")
    assert found["columns"] == {
        "school_uid": "Student ID",
        "name_first": "First Name",
        "name_last": "surname",
        "department": "department",
    }
    # "School ID" has the name of the vendor's school_id, and is something else
    assert found["ignore"] == ["School ID", "usernme", "Locker"]
    assert '"usernme",  # check: similar to username' in found["text"]
    assert '# role_id = ""  # check: required' in found["text"]
    assert '# username = ""  # check: required (or primary_email)' in found["text"]


async def test_invisible_characters_are_written_as_toml(tmp_path: Path) -> None:
    rows = "".join(f"S{number},Ada,Tea\xadcher\x85\U000e0041\\x85\n" for number in range(3))
    kind = attrs.evolve(PEOPLE, references={"role_id": PEOPLE.references["role_id"]})
    found = await written_for(tmp_path, f"school_uid,name_first,role_id\n{rows}", kind=kind)
    assert "\xad" not in found["text"]
    (line,) = (line for line in found["text"].splitlines() if "fill in, and remove" in line)
    word = tomllib.loads(line.removeprefix("# "))
    assert word == {"Tea\xadcher\x85\U000e0041\\x85": ""}


async def test_password_of_a_known_export_is_not_proposed(tmp_path: Path) -> None:
    path = Path(shutil.copy(EXPORTS / "oneroster_users.csv", tmp_path))
    written, _ = await init(path)
    found = tomllib.loads(written.read_text("utf-8"))
    assert "password" in found["ignore"]
    assert "password" not in found["columns"]


@pytest.mark.parametrize(
    ("dates", "written", "comment"),
    [
        ("3/25/2010 3/5/2010", "MM/DD/YYYY", "fits all 2 dates"),
        ("3/5/2010", None, "fit MM/DD/YYYY and DD/MM/YYYY"),
        ("3/25/2010 25/3/2010", None, "do not have one format"),
        ("2010-03-05 05.03.2010", None, ""),
    ],
)
async def test_dates(tmp_path: Path, dates: str, written: str | None, comment: str) -> None:
    rows = "".join(f"S{n},{date}\n" for n, date in enumerate(dates.split()))
    found = await written_for(tmp_path, f"school_uid,Birthday\n{rows}")
    assert found.get("date_format") == written
    assert comment in found["text"]
    assert "/2010" not in found["text"]


async def test_encoding_that_was_given_is_kept(tmp_path: Path) -> None:
    content = "school_uid;Größe\nS1;x\n".encode("cp1252")
    with pytest.raises(CommandError, match="--encoding"):
        await written_for(tmp_path, content)
    with pytest.raises(CommandError) as why:
        await written_for(tmp_path, content)
    command = f"lms mapping init {tmp_path / 'people.csv'} --to schoology --kind people"
    assert any(f"{command} --encoding " in line for line in why.value.lines)
    found = await written_for(tmp_path, content, encoding="cp1252")
    assert (found["encoding"], found["ignore"]) == ("cp1252", ["Größe"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("S1,Wilhelmina,w@secret.example\nS2,Ada,a@x.example\n", "header missing"),
        ("school_uid,Notes,Notes\nS1,a,b\n", 'two columns "Notes"'),
        ("", "is empty"),
    ],
)
async def test_refused(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(CommandError, match=told) as why:
        await written_for(tmp_path, content)
    assert "secret" not in str(why.value)
    assert not (tmp_path / "people.mapping.toml").exists()


async def test_mapping_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    save(path, "school_uid\nS1\n")
    written, _ = await init(path)
    save(written, "mine")
    with pytest.raises(CommandError, match=r"exists\. lms does not replace it"):
        await init(path)
    assert written.read_text() == "mine"
    other, _ = await init(path, out=tmp_path / "other.toml")
    assert other.exists()
    with pytest.raises(CommandError, match="could not be written"):
        await init(path, out=tmp_path / "none" / "other.toml")


ROLES = {"student": ["1214"], "parent": ["1", "2"]}


async def find(client: Any, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    await client.app_user_info()
    return {cell: ROLES.get(cell.casefold(), []) for cell in cells}


async def known(client: Any) -> Sequence[str]:
    return ["Student", "Parent", "Parent"]


async def test_words_are_looked_up_with_credentials(
    schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    reference = Reference(noun="roles", find=find, known=known)
    kind = attrs.evolve(PEOPLE, references={"role_id": reference})
    content = "school_uid,role\n" + "".join(
        f"S{n},{role}\n" for n, role in enumerate(["Student", "Parent", "Tutor"] * 3)
    )
    found = await written_for(
        tmp_path, content, kind=kind, environment=environment_of(schoology_sandbox)
    )
    # none or several records: the user decides
    assert found["values"] == {"role_id": {"Student": "1214"}}
    assert '# "Parent" = ""  # check: fill in' in found["text"]
    assert '# "Tutor" = ""  # check: fill in' in found["text"]
    assert "# roles of the vendor: Student, Parent, Parent" in found["text"]


async def test_words_in_the_key_are_looked_up_too(
    schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    reference = Reference(noun="roles", find=find, known=known)
    kind = attrs.evolve(PEOPLE, references={"role_id": reference}, key=("school_uid", "role_id"))
    found = await written_for(
        tmp_path,
        "school_uid,role_id\nS1,Student\nS2,Student\n",
        kind=kind,
        environment=environment_of(schoology_sandbox),
    )
    assert found["values"] == {"role_id": {"Student": "1214"}}


async def test_each_name_in_a_cell_is_looked_up(
    schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    periods = schoology_sandbox.school.grading_periods
    ids = [periods.add(f"Term {n}", "2026-08-24", "2027-06-11").id for n in (1, 2)]
    header = "section_school_code,course_code,title,grading_periods\n"
    rows = [f'A{n},ALG1,Algebra,"Term 1, term 2"\nB{n},ALG1,Algebra,Term 3\n' for n in range(3)]
    found = await written_for(
        tmp_path,
        header + "".join(rows),
        kind=SECTIONS,
        environment=environment_of(schoology_sandbox),
    )
    assert found["values"]["grading_periods"] == {"Term 1, term 2": ",".join(ids)}
    assert '# "Term 3" = ""  # check: fill in' in found["text"]


async def test_user_fills_in_the_words_if_the_account_may_not_list_them(
    schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="roles"))
    found = await written_for(
        tmp_path,
        "school_uid,role\nS1,Student\nS2,Student\n",
        kind=PEOPLE,
        environment=environment_of(schoology_sandbox),
    )
    assert '# "Student" = ""  # check: fill in' in found["text"]
    assert "does not let this account list its roles" in found["text"]


async def test_without_credentials_the_user_fills_in_the_words(tmp_path: Path) -> None:
    reference = Reference(noun="roles", find=find, known=known)
    kind = attrs.evolve(PEOPLE, references={"role_id": reference})
    found = await written_for(tmp_path, "school_uid,role\nS1,Student\nS2,Student\n", kind=kind)
    assert found["values"] == {"role_id": {}}
    assert '# "Student" = ""  # check: fill in' in found["text"]


async def test_names_are_not_taken_for_words(tmp_path: Path) -> None:
    # a column of names under the header of a column with few words
    found = await written_for(tmp_path, "school_uid,gender\nS1,Wilhelmina\nS2,Ada\n")
    assert "Wilhelmina" not in found["text"]
    assert "values" not in found
