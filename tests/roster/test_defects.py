"""What becomes of the defects of real exports: accepted, reported, or rejected, and where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lms_async.roster import Deleted, Org, Role, Section, Severity, Term

from .bundles import manifest, write_texts
from .reading import FILES, of_kind, people, problems, read, with_line

USERS = FILES["users"]
P4 = "p4,,,true,s1,student,dai,,Dai,Abel,,1004,dai@school.example,,,,09,"


def users(header: str, *rows: str) -> str:
    return "\n".join(
        ("sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName" + header, *rows)
    )


def row(**cells: str) -> str:
    """Return a row of users.csv, with the cells of P4 except those given."""
    names = USERS.split("\n")[1].strip().split(",")
    values = dict(zip(names, P4.split(","), strict=True)) | cells
    return ",".join(values[name] for name in names)


def enrollment(**cells: str) -> str:
    names = FILES["enrollments"].split("\n")[1].strip().split(",")
    values = dict.fromkeys(names, "") | {
        "sourcedId": "e9",
        "classSourcedId": "k1",
        "userSourcedId": "p1",
        "role": "student",
    }
    return ",".join((values | cells)[name] for name in names)


def term(**cells: str) -> str:
    names = FILES["academicSessions"].split("\n")[1].strip().split(",")
    values = dict.fromkeys(names, "") | {"sourcedId": "t9", "title": "Spring", "type": "semester"}
    return ",".join((values | cells)[name] for name in names)


#: File, row to add to it, and the problems as "line column code severity". The row is read if no
#: problem rejects it.
ROWS = [
    # Rows as a whole
    ("users", row(), []),
    ("users", P4 + ",,,", ["5 - ragged warning"]),
    ("users", P4 + ",,x", ["5 - surplus_cells rejected"]),
    ("users", P4.removesuffix(",09,"), ["5 - ragged warning"]),
    ("users", row(givenName="D\x07ai"), ["5 - damaged rejected"]),
    ("users", row(givenName="D\ufffdi"), ["5 - damaged rejected"]),
    ("users", row(sourcedId=" "), ["5 sourcedId blank rejected"]),
    ("users", row(givenName=""), ["5 givenName blank rejected"]),
    # Ids
    ("users", row(sourcedId="1.23E+05"), ["5 sourcedId damaged_id warning"]),
    ("users", row(sourcedId="#N/A"), ["5 sourcedId damaged_id warning"]),
    ("users", USERS.split("\n")[2].strip(), ["5 - same_row_twice accepted"]),
    # Words
    ("users", row(role="Student", enabledUser="TRUE"), []),
    ("users", row(enabledUser="1"), []),
    ("users", row(enabledUser="perhaps"), ["5 enabledUser true_or_false rejected"]),
    ("users", row(role="staff"), ["5 role unknown_word warning"]),
    ("users", row(role=""), ["5 role no_role warning"]),
    ("users", row(status="inactive"), [
        "5 status delta_values warning", "5 status unknown_status rejected",
    ]),
    ("users", row(dateLastModified="2026-09-01"), ["5 dateLastModified delta_values warning"]),
    ("classes", "k9,,,Algebra 9,09,c1,A9,Scheduled,,s1,t1,,,", []),
    ("classes", "k9,,,Algebra 9,09,c1,A9,club,,s1,t1,,,", ["3 classType unknown_word warning"]),
    ("enrollments", enrollment(role="Student"), []),
    ("enrollments", enrollment(role="staff"), ["4 role unknown_word warning"]),
    ("enrollments", enrollment(role=""), ["4 role blank rejected"]),
    # Dates and years
    ("enrollments", enrollment(beginDate="2026-08-17"), []),
    ("enrollments", enrollment(beginDate="2026/8/17"), ["4 beginDate date_format warning"]),
    ("enrollments", enrollment(beginDate="20260817"), ["4 beginDate date_format warning"]),
    ("enrollments", enrollment(beginDate="2017-05-06 08:01:05"), [
        "4 beginDate date_format warning",
    ]),
    ("enrollments", enrollment(beginDate="17/08/2026"), ["4 beginDate date_format warning"]),
    ("enrollments", enrollment(beginDate="8/17/2026"), ["4 beginDate date_format warning"]),
    ("enrollments", enrollment(beginDate="5/5/2026"), ["4 beginDate date_format warning"]),
    ("enrollments", enrollment(beginDate="1/05/2023"), ["4 beginDate date rejected"]),
    ("enrollments", enrollment(beginDate="2026-02-30"), ["4 beginDate date rejected"]),
    ("enrollments", enrollment(beginDate="soon"), ["4 beginDate date rejected"]),
    ("enrollments", enrollment(beginDate="2026-09-01", endDate="2026-08-01"), [
        "4 endDate date_order rejected",
    ]),
    ("academicSessions", term(schoolYear="2026-2027"), ["4 schoolYear school_year warning"]),
    ("academicSessions", term(schoolYear="2026/27"), ["4 schoolYear school_year warning"]),
    ("academicSessions", term(schoolYear="2026-2029"), ["4 schoolYear school_year rejected"]),
    ("academicSessions", term(schoolYear="this"), ["4 schoolYear school_year rejected"]),
    # References
    ("enrollments", enrollment(userSourcedId="p9"), ["4 userSourcedId orphan rejected"]),
    ("enrollments", enrollment(classSourcedId="k9"), ["4 classSourcedId orphan rejected"]),
    ("classes", "k9,,,Algebra 9,09,c9,A9,scheduled,,s1,t1,,,", [
        "3 courseSourcedId orphan rejected",
    ]),
    ("classes", 'k9,,,Algebra 9,09,c1,A9,scheduled,,s1,"t1,t9",,,', [
        "3 termSourcedIds orphan rejected",
    ]),
    ("classes", "k9,,,Algebra 9,09,c1,A9,scheduled,,s9,t1,,,", [
        "3 schoolSourcedId unknown_reference warning",
    ]),
    ("classes", "k9,,,,09,c1,A9,scheduled,,s1,t1,,,", ["3 title blank_title warning"]),
    ("users", row(agentSourcedIds="p1"), ["5 agentSourcedIds agent_is_student rejected"]),
    ("users", row(orgSourcedIds="s9"), ["5 orgSourcedIds unknown_reference warning"]),
    ("users", row(email="ADA@school.example"), [
        "2 email shared_email warning", "5 email shared_email warning",
    ]),
    ("courses", "c9,,,y9,Art,ART,,s1,,", ["3 schoolYearSourcedId unknown_reference warning"]),
    ("orgs", "s9,,,South,school,,d9", ["4 parentSourcedId unknown_reference warning"]),
    ("orgs", "s9,,,South,school,,s9", ["4 parentSourcedId loop rejected"]),
    ("academicSessions", term(parentSourcedId="t9"), ["4 parentSourcedId loop rejected"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "added", "expected"), ROWS)
def test_a_row_with_a_defect(tmp_path: Path, file: str, added: str, expected: list[str]) -> None:
    before, _ = read(write_texts(tmp_path / "before", **FILES))
    records, report = read(
        write_texts(tmp_path / "after", **FILES | {file: with_line(FILES[file], added)})
    )

    assert problems(report) == [f"{file}.csv {problem}" for problem in expected]
    unread = any(
        "same_row" in one or ("rejected" in one and "agent" not in one) for one in expected
    )
    assert len(records) - len(before) == (0 if unread else 1)
    kind = {"users": "people", "academicSessions": "terms", "classes": "sections"}.get(file, file)
    rejected = sum("rejected" in one and "agent" not in one for one in expected)
    assert report.coverage[kind].rejected == rejected
    assert report.coverage[kind].orphans == sum(
        " orphan " in one or " loop " in one for one in expected
    )
    assert report.coverage[kind].whole == (
        not rejected and not any("delta" in one for one in expected)
    )


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"role": "staff"}, "role unknown_word warning"),
        ({"role": ""}, "role blank rejected"),
        ({"primary": "perhaps"}, "primary true_or_false rejected"),
        ({"beginDate": "2026/8/17"}, "beginDate date_format warning"),
        ({"endDate": "soon"}, "endDate date rejected"),
    ],
)
def test_each_of_two_enrollments_with_the_same_defect_is_reported(
    tmp_path: Path, cells: dict[str, str], problem: str
) -> None:
    added = (enrollment(sourcedId=of, **cells) for of in ("e8", "e9"))
    rows = "\n".join((FILES["enrollments"].rstrip(), *added))
    _, report = read(write_texts(tmp_path, **FILES | {"enrollments": rows}))

    assert problems(report) == [f"enrollments.csv {line} {problem}" for line in (4, 5)]


#: File, a text in it, its replacement, and the problems.
REPLACED = [
    ("users", "sourcedId,status", "\ufeffSOURCEDID,status", ["1 - byte_order_mark accepted"]),
    ("users", "sourcedId,status", "sourced\u200bId, Status ", []),
    ("users", "dateLastModified", "dataLastModified", []),
    ("users", "dateLastModified", "dateModified", []),
    ("users", "agentSourcedIds,grades", "agentSourceIds,grade", []),
    ("users", "agentSourcedIds", "agents", []),
    ("users", ",password", ",matadata.house", []),
    ("users", ",password", ",metadata.ncesId", []),
    ("users", ",password", ",shoeSize", ["1 shoeSize unknown_column warning"]),
    ("users", ",sms,", ",mobile,", ["1 sms no_column warning", "1 mobile unknown_column warning"]),
    ("users", ",password", ",", ["2 - surplus_cells rejected"]),
    ("enrollments", "sourcedId,status", "x,status", ["1 x unknown_column warning"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "other", "expected"), REPLACED)
def test_a_header_with_a_defect(
    tmp_path: Path, file: str, text: str, other: str, expected: list[str]
) -> None:
    before, _ = read(write_texts(tmp_path / "before", **FILES))
    changed = FILES[file].replace(text, other, 1)
    records, report = read(write_texts(tmp_path / "after", **FILES | {file: changed}))

    if not any("rejected" in one for one in expected):
        assert problems(report) == [f"{file}.csv {problem}" for problem in expected]
        assert len(records) == len(before)
        assert people(records)["p1"].grades == ("09",)
    else:
        assert f"{file}.csv {expected[0]}" in problems(report)


def test_columns_in_another_order(tmp_path: Path) -> None:
    lines = [line.strip().split(",") for line in FILES["orgs"].strip().split("\n")]
    reordered = "\n".join(",".join(reversed(cells)) for cells in lines)
    records, report = read(write_texts(tmp_path, **FILES | {"orgs": reordered}))

    assert records == read(write_texts(tmp_path / "same", **FILES))[0]
    assert problems(report) == []


def test_rows_with_one_id_that_differ_are_all_rejected(tmp_path: Path) -> None:
    other = row(sourcedId="p2")
    records, report = read(write_texts(tmp_path, **FILES | {"users": with_line(USERS, other)}))

    assert list(people(records)) == ["p1", "p3"]
    assert problems(report) == [
        "users.csv 3 sourcedId same_id rejected",
        "users.csv 5 sourcedId same_id rejected",
        "enrollments.csv 3 userSourcedId orphan rejected",
    ]
    assert not report.coverage["people"].whole
    assert not report.coverage["relationships"].whole


def test_courses_with_one_id_that_differ_are_all_rejected(tmp_path: Path) -> None:
    courses = "sourcedId,title\nc1,Art\nc1,Music\nc2,Drama\n"
    records, report = read(write_texts(tmp_path, courses=courses))

    assert len(records) == 1
    assert problems(report, Severity.REJECTED) == [
        "courses.csv 2 sourcedId same_id rejected",
        "courses.csv 3 sourcedId same_id rejected",
    ]


def test_rows_that_differ_only_in_when_they_changed_are_the_same(tmp_path: Path) -> None:
    courses = """
        sourcedId,status,dateLastModified,title
        c1,active,2026-09-01,Art
        c1,active,2026-09-02,Art
    """
    folder = write_texts(tmp_path, courses=courses, manifest=manifest(["courses"], "delta"))
    records, report = read(folder)

    assert len(records) == 1
    assert "courses.csv 3 - same_row_twice accepted" in problems(report)


def test_line_numbers_count_line_breaks_inside_cells(tmp_path: Path) -> None:
    rows = users("", 'p1,true,s1,student,"Ada\n\n",Ekpo', "p2,maybe,s1,student,Ben,Ito")
    _, report = read(write_texts(tmp_path, users=rows))

    assert problems(report, Severity.REJECTED) == ["users.csv 5 enabledUser true_or_false rejected"]


def test_a_bundle_without_manifest_is_of_version_1_2_if_it_has_roles(tmp_path: Path) -> None:
    rows = users("", "p1,true,s1,parent,Ada,Ekpo", "p1,true,s1,teacher,Ada,Ekpo")
    folder = write_texts(tmp_path, users=rows, roles="userSourcedId,role\n")
    (folder / "manifest.csv").unlink()
    records, _ = read(folder)

    assert [role.role for role in people(records)["p1"].roles] == ["teacher", "parent"]


def test_version_1_2_may_have_a_row_for_each_role(tmp_path: Path) -> None:
    rows = users(
        "",
        "p1,true,s1,parent,Ada,Ekpo",
        "p1,true,s2,teacher,Ada,Ekpo",
        "p2,true,s1,student,Ben,Ito",
        "p2,true,s1,teacher,Ben,Ito",
    )
    folder = write_texts(tmp_path, users=rows, manifest=manifest(["users"], version="1.2"))
    records, report = read(folder)

    assert {of: person.roles for of, person in people(records).items()} == {
        "p1": (Role(role="teacher", org_id="s2", primary=True), Role(role="parent", org_id="s1"))
    }
    assert [one for one in problems(report) if "no_column" not in one] == [
        "users.csv 2 role several_roles warning",
        "users.csv 3 - same_row_twice accepted",
        "users.csv 4 sourcedId same_id rejected",
        "users.csv 5 sourcedId same_id rejected",
    ]


def test_roles_and_demographics_of_missing_people(tmp_path: Path) -> None:
    folder = write_texts(
        tmp_path,
        users="sourcedId,enabledUser,givenName,familyName\np1,true,Ada,Ekpo\n",
        roles="userSourcedId,roleType,role,orgSourcedId\np1,primary,aide,\np2,primary,aide,\n",
        demographics="sourcedId,birthDate,sex\np1,1/05/1990,F\np3,1990-05-01,F\n",
        manifest=manifest(["users", "roles", "demographics"], version="1.2", mode="delta"),
    )
    records, report = read(folder)

    assert people(records)["p1"].birth_date is None
    assert people(records)["p1"].roles[0].role == "aide"
    assert [one for one in problems(report) if "no_column" not in one] == [
        "demographics.csv 2 birthDate date rejected",
        "roles.csv 0 userSourcedId unused warning",
        "demographics.csv 0 sourcedId unused warning",
    ]


def test_orgs_whose_parents_form_a_loop(tmp_path: Path) -> None:
    orgs = "sourcedId,name,type,parentSourcedId\na,A,school,b\nb,B,school,a\nc,C,school,a\n"
    records, report = read(write_texts(tmp_path, orgs=orgs))

    assert [one.id for one in of_kind(records, "orgs") if isinstance(one, Org)] == ["c"]
    assert problems(report)[1:] == [
        "orgs.csv 2 parentSourcedId loop rejected",
        "orgs.csv 3 parentSourcedId loop rejected",
    ]


def test_an_agent_who_is_not_in_the_bundle(tmp_path: Path) -> None:
    changed = USERS.replace(",,,p3,09", ",,,p9,09")
    records, report = read(write_texts(tmp_path, **FILES | {"users": changed}))

    assert problems(report) == ["users.csv 2 agentSourcedIds orphan rejected"]
    assert "p1" in people(records)
    assert report.coverage["people"].whole
    assert report.coverage["relationships"].orphans == 1
    assert "many_orphans" in report.coverage["relationships"].reasons


def test_few_orphans_do_not_keep_others_from_being_removed(tmp_path: Path) -> None:
    rows = "".join(f"\n{enrollment(sourcedId=f'f{at}')}" for at in range(40))
    orphan = "\n" + enrollment(sourcedId="g", userSourcedId="p9")
    files = FILES | {"enrollments": FILES["enrollments"].rstrip() + rows + orphan}
    _, report = read(write_texts(tmp_path / "few", **files))
    assert report.coverage["enrollments"].whole

    files["enrollments"] += orphan.replace("g", "h") + orphan.replace("g", "i")
    _, report = read(write_texts(tmp_path / "many", **files))
    assert report.coverage["enrollments"].reasons == ["many_orphans"]


def test_an_id_that_lost_its_zeros_is_named_as_such(tmp_path: Path) -> None:
    files = FILES | {
        "users": USERS.replace("p1,", "0123,").replace("p2,", "0456,"),
        "enrollments": FILES["enrollments"].replace("p1,", "123,").replace("p2,", "0456,"),
    }
    _, report = read(write_texts(tmp_path, **files))

    (problem,) = [one for one in report.problems if one.code == "other_zeros"]
    assert "zeros" in problem.text
    assert "0123" not in problem.text
    assert report.coverage["enrollments"].orphans == 1
    assert "users.csv 2 sourcedId lost_zeros warning" in problems(report)


def test_a_few_ids_that_are_shorter_may_have_lost_zeros(tmp_path: Path) -> None:
    rows = [f"{10000 + at},true,s1,student,Ada,Ekpo" for at in range(20)]
    _, before = read(write_texts(tmp_path / "before", users=users("", *rows)))
    _, report = read(
        write_texts(tmp_path / "after", users=users("", *rows, "123,true,s1,student,Ben,Ito"))
    )

    assert not [one for one in before.problems if one.code == "lost_zeros"]
    assert "users.csv 0 sourcedId lost_zeros warning" in problems(report)


def test_deleted_records_in_a_bulk_file(tmp_path: Path) -> None:
    added = row(status="tobedeleted")
    records, report = read(write_texts(tmp_path, **FILES | {"users": with_line(USERS, added)}))

    assert Deleted(plural="people", key="p4") in records
    assert "users.csv 5 status deleted_in_bulk warning" in problems(report)
    assert report.coverage["people"].reasons == ["delta_values"]


def test_cross_listed_classes_and_blank_titles_stay_apart(tmp_path: Path) -> None:
    classes = with_line(FILES["classes"], "k9,,,,09,c1,A9,scheduled,Room 7,s1,t1,,,")
    records, _ = read(write_texts(tmp_path, **FILES | {"classes": classes}))

    titles = {one.id: one.title for one in records if isinstance(one, Section)}
    assert titles == {"k1": "Algebra 1", "k9": "Algebra A9"}


def test_dates_and_years_are_read_as_they_were_meant(tmp_path: Path) -> None:
    added = term(startDate="8/17/2026", endDate="2027.01.15", schoolYear="2026-27")
    files = FILES | {"academicSessions": with_line(FILES["academicSessions"], added)}
    records, _ = read(write_texts(tmp_path, **files))

    read_term = next(one for one in records if isinstance(one, Term) and one.id == "t9")
    assert (read_term.starts, read_term.ends) == (date(2026, 8, 17), date(2027, 1, 15))
    assert read_term.school_year == 2027


def test_no_problem_shows_a_value_of_a_person(tmp_path: Path) -> None:
    secret = "Quist"
    rows = [
        row(sourcedId=f"#{secret}!", familyName=secret),
        row(**dict.fromkeys(("enabledUser", "familyName"), secret)),
        row(**dict.fromkeys(("role", "orgSourcedIds", "agentSourcedIds", "familyName"), secret)),
    ]
    files = FILES | {
        "users": "\n".join((USERS.rstrip(), *rows)),
        "enrollments": with_line(
            FILES["enrollments"], enrollment(userSourcedId=secret, beginDate=secret)
        ),
    }
    records, report = read(write_texts(tmp_path, **files))

    assert len(report.problems) > 4
    assert not [one for one in report.problems if secret in repr(one) or secret in str(one)]
    assert secret not in repr(records)


def test_only_some_problems_of_a_kind_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    rows = [f"p{at},maybe,s1,student,Ada,Ekpo" for at in range(200)]
    _, report = read(write_texts(tmp_path, users=users("", *rows)))

    kept = [one for one in report.problems if one.code == "true_or_false"]
    assert len(kept) == 20
    assert report.coverage["people"].rejected == 200
    assert sum(n for (_, code, _), n in report.counts.items() if code == "true_or_false") == 200
