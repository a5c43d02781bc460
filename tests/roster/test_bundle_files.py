"""Which files are read, and how: folders, zip files, encodings, delimiters and manifests."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lms_async.errors import InvalidInput
from lms_async.roster import Mode, OneRosterSource, ReadingReport, SourceRefused

from .bundles import manifest, unindented, write_texts, zip_folder
from .reading import FILES, Records, people, problems, read, without_line

ALL = unindented(FILES["users"])


def refusal(path: Path, encoding: str | None = None) -> SourceRefused:
    report = ReadingReport()
    with pytest.raises(SourceRefused) as why:
        list(OneRosterSource(path, encoding=encoding).read(report))
    assert why.value.problem in report.problems
    return why.value


def with_users(folder: Path, content: bytes) -> Path:
    write_texts(folder, **FILES)
    (folder / "users.csv").write_bytes(content)
    return folder


def expected(tmp_path: Path) -> Records:
    return read(write_texts(tmp_path / "expected", **FILES))[0]


# ---- Encodings and delimiters


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(ALL.encode("utf-8-sig"), ["byte_order_mark"], id="UTF-8 with a mark"),
        pytest.param(ALL.encode("utf-16"), ["byte_order_mark"], id="UTF-16 with a mark"),
        pytest.param(ALL.replace("\n", "\r\n").encode(), [], id="CRLF"),
        pytest.param(("\n \n" + ALL).encode(), [], id="blank lines before the header"),
        pytest.param(ALL.replace(",", ";").encode(), ["delimiter"], id="semicolons"),
        pytest.param(ALL.replace(",", "\t").encode(), ["delimiter"], id="tabs"),
    ],
)
def test_files_that_are_read_as_they_were_meant(
    tmp_path: Path, content: bytes, code: list[str]
) -> None:
    records, report = read(with_users(tmp_path / "school", content))

    assert records == expected(tmp_path)
    assert [one.code for one in report.problems] == code


def test_an_encoding_is_never_guessed(tmp_path: Path) -> None:
    folder = with_users(tmp_path / "school", ALL.replace("Ben", "Zoë").encode("cp1252"))

    why = refusal(folder)
    assert (why.problem.file, why.problem.line, why.problem.code) == ("users.csv", 3, "not_text")
    assert 'below [source], for example encoding = "cp1252"' in str(why)

    report = ReadingReport()
    records = list(OneRosterSource(folder, encoding="cp1252").read(report))
    assert people(records)["p2"].given_name == "Zoë"
    assert problems(report) == ["users.csv 3 - encoding warning"]


def test_the_named_encoding_does_not_damage_files_that_are_utf_8(tmp_path: Path) -> None:
    folder = with_users(tmp_path, ALL.replace("Ben", "Zoë").encode())

    records = list(OneRosterSource(folder, encoding="cp1252").read(ReadingReport()))
    assert people(records)["p2"].given_name == "Zoë"


@pytest.mark.parametrize(
    ("content", "encoding", "line", "code"),
    [
        pytest.param(ALL.encode("utf-16-le"), None, 1, "not_text", id="UTF-16 without a mark"),
        pytest.param(ALL.encode() + b"\x81", "cp1252", 5, "not_text", id="not cp1252 either"),
        pytest.param(b"", None, 0, "empty", id="empty"),
        pytest.param(b"\n\n", None, 0, "empty", id="blank"),
        pytest.param(ALL.replace("Ben", 'B"en"').replace("Ada", '"Ada').encode(), None, 2,
                     "not_csv", id="quotation mark"),
        pytest.param(ALL.replace("sourcedId", "number").encode(), None, 1, "no_column",
                     id="no key column"),
        pytest.param(ALL.replace("sms", "email").encode(), None, 1, "column_twice",
                     id="column twice"),
    ],
)  # fmt: skip
def test_files_that_are_refused(
    tmp_path: Path, content: bytes, encoding: str | None, line: int, code: str
) -> None:
    problem = refusal(with_users(tmp_path, content), encoding).problem

    assert (problem.file, problem.line, problem.code) == ("users.csv", line, code)


def test_utf_16_without_a_mark_is_read_if_it_is_named(tmp_path: Path) -> None:
    folder = with_users(tmp_path / "school", ALL.encode("utf-16-le"))

    assert "utf-16-le" in str(refusal(folder))
    records = list(OneRosterSource(folder, encoding="UTF-16LE").read(ReadingReport()))
    assert records == expected(tmp_path)


@pytest.mark.parametrize("name", ["cp9999", "base64", ""])
def test_an_encoding_that_does_not_exist(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="encoding"):
        OneRosterSource(tmp_path, encoding=name)


# ---- Folders and zip files


def test_hidden_files_of_a_mac_are_ignored(tmp_path: Path) -> None:
    folder = write_texts(tmp_path / "school", **FILES)
    (folder / "users.csv").rename(folder / "USERS.CSV")
    (folder / "readme.txt").write_text("Exported on Monday")
    path = zip_folder(folder, "export 2026/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/export 2026/._users.csv", b"\0\1")
        archive.writestr("__MACOSX/users.csv", b"\0\1")
        archive.writestr("export 2026/.DS_Store", b"\0\1")
        archive.writestr("export 2026/._users.csv", b"\0\1")

    records, report = read(path)
    assert records == expected(tmp_path)
    assert problems(report) == []
    unzipped = tmp_path / "unzipped"
    unzipped.mkdir()
    folder.rename(unzipped / "export 2026")
    assert read(unzipped)[0] == records


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["../users.csv"], "unsafe_path"),
        (["/etc/users.csv"], "unsafe_path"),
        (["C:\\export\\users.csv"], "unsafe_path"),
        (["a/users.csv", "b/orgs.csv"], "several_folders"),
        (["users.csv", "Users.csv"], "same_file_twice"),
        (["people.csv"], "no_files"),
        ([f"{at}.csv" for at in range(10_001)], "too_many_files"),
    ],
)
def test_zip_files_that_are_refused(tmp_path: Path, names: list[str], code: str) -> None:
    path = tmp_path / "school.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "sourcedId\n")

    assert refusal(path).problem.code == code


def test_a_zip_file_that_grows_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "school.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.csv", "sourcedId\n")
    content = path.read_bytes()
    size = (10).to_bytes(4, "little")
    assert content.count(size + size) == 2
    start = content.rindex(size + size) + 4  # the size when decompressed, in the directory
    path.write_bytes(content[:start] + (3 << 30).to_bytes(4, "little") + content[start + 4 :])

    assert refusal(path).problem.code == "too_large"


def test_a_damaged_or_encrypted_zip_file_is_refused(tmp_path: Path) -> None:
    path = zip_folder(write_texts(tmp_path / "school", **FILES))
    content = path.read_bytes()

    path.write_bytes(content[:-40])
    assert refusal(path).problem.code == "not_a_bundle"

    start = content.index(b"users.csv") + len("users.csv")
    path.write_bytes(content[:start] + bytes(40) + content[start + 40 :])
    assert refusal(path).problem.code == "damaged_zip"

    flags = content.rindex(b"PK\x01\x02") + 8
    path.write_bytes(content[:flags] + b"\x01" + content[flags + 1 :])
    assert refusal(path).problem.code == "encrypted"


def test_missing_bundle_and_empty_folder_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.zip").problem.code == "no_bundle"
    assert refusal(tmp_path).problem.code == "no_files"


# ---- Manifests, and what may be concluded from absence


@pytest.mark.parametrize(
    ("text", "problem", "reasons"),
    [
        pytest.param(
            without_line(manifest(FILES), "oneroster.version"),
            "manifest.csv 0 value wrong_version warning",
            ["wrong_version"],
            id="no version",
        ),
        pytest.param(
            manifest(FILES, version="1.0"),
            "manifest.csv 3 value wrong_version warning",
            ["wrong_version"],
            id="version 1.0",
        ),
        pytest.param(
            without_line(manifest(FILES), "file.users"),
            "manifest.csv 0 value manifest_disagrees warning",
            ["manifest_disagrees"],
            id="not mentioned",
        ),
        pytest.param(
            manifest(FILES).replace("file.users,bulk", "file.users,absent"),
            "manifest.csv 8 value manifest_disagrees warning",
            ["manifest_disagrees"],
            id="said to be absent",
        ),
        pytest.param(
            manifest(FILES).replace("file.users,bulk", "file.users,full"),
            "manifest.csv 8 value manifest_disagrees warning",
            ["manifest_disagrees"],
            id="unknown word",
        ),
    ],
)
def test_a_manifest_that_is_wrong_about_people(
    tmp_path: Path, text: str, problem: str, reasons: list[str]
) -> None:
    records, report = read(write_texts(tmp_path / "school", **FILES, manifest=text))

    assert records == expected(tmp_path)
    assert problems(report) == [problem]
    assert report.coverage["people"].reasons == reasons
    assert report.coverage["relationships"].reasons == reasons
    assert report.coverage["orgs"].whole == ("wrong_version" not in reasons)


def test_a_file_of_the_manifest_is_missing(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "enrollments"}
    _, report = read(write_texts(tmp_path, **files, manifest=manifest(FILES)))

    assert [one.code for one in report.problems] == ["manifest_disagrees"]
    assert report.coverage["enrollments"].mode is Mode.ABSENT
    assert not report.coverage["enrollments"].whole


def test_a_bundle_without_a_manifest(tmp_path: Path) -> None:
    folder = write_texts(tmp_path / "school", **FILES)
    (folder / "manifest.csv").unlink()
    records, report = read(folder)

    assert records == expected(tmp_path)
    assert problems(report) == ["manifest.csv 0 - no_manifest warning"]
    assert {tuple(of.reasons) for of in report.coverage.values()} == {("no_manifest",)}


def test_a_file_without_rows_is_no_reason_to_remove_everybody(tmp_path: Path) -> None:
    header = FILES["enrollments"].strip().split("\n")[0]
    _, report = read(write_texts(tmp_path, **FILES | {"enrollments": header}))

    assert problems(report) == ["enrollments.csv 0 - no_rows warning"]
    assert report.coverage["enrollments"].reasons == ["no_rows"]


def test_users_without_agents_say_nothing_about_relationships(tmp_path: Path) -> None:
    users = "sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName\np1,1,s1,student,A,B\n"
    _, report = read(write_texts(tmp_path, users=users))

    assert report.coverage["people"].whole
    assert report.coverage["relationships"].mode is Mode.ABSENT
