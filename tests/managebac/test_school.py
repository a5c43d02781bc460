"""The school, its programs, years, terms, subjects and reports, through a real socket."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from lms_async import (
    BadRequest,
    CrossHostRedirect,
    Forbidden,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
    ResponseLost,
    Unauthorized,
    UnexpectedResponse,
    Window,
)
from lms_async.sandbox import Fault
from manabac_async import AcademicTermCreate, ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK

from .rosters import filled, queries

MYP = "school/programs/myp"


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


async def test_permissions(managebac: ManageBac, managebac_sandbox: ManageBacSandbox) -> None:
    managebac_sandbox.grant("narrow", ["students/index"])
    assert "memberships/index" in await managebac.auth.permissions()
    async with ManageBac("narrow", base_url=managebac_sandbox.base_url) as narrow:
        assert await narrow.auth.permissions() == ["students/index"]
        await narrow.students.list()
        with pytest.raises(Unauthorized, match="GET auth/permissions lists"):
            await narrow.teachers.list()
    async with ManageBac("wrong", base_url=managebac_sandbox.base_url) as wrong:
        with pytest.raises(Unauthorized):
            await wrong.auth.permissions()


async def test_school(managebac: ManageBac, school: School) -> None:
    shown = await managebac.school.get()
    info = school.academics.info
    assert (shown.name, shown.subdomain, shown.kbl_id) == (
        info["name"],
        info["subdomain"],
        str(info["kbl_id"]),
    )
    assert {one.code for one in shown.enabled_programs or ()} == set(school.academics.programs)
    assert shown.extra == {}


async def test_grades(managebac: ManageBac, school: School) -> None:
    shown = {program.code: program for program in await managebac.school.grades()}
    assert set(shown) == set(school.academics.programs)
    for code, program in school.academics.programs.items():
        assert [grade.grade_number for grade in shown[code].grades or ()] == [
            grade.grade_number for grade in program.grades
        ]


async def test_grades_without_programs_raise(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    for body in ('{"school": {}}', '{"school": null}', '{"schools": {"programs": []}}'):
        managebac_sandbox.faults.add(Fault.error(200, body=body, path="school/grades"))
        with pytest.raises(UnexpectedResponse):
            await managebac.school.grades()


async def test_subjects_of_the_school(managebac: ManageBac, school: School) -> None:
    shown = await managebac.school.subjects()
    assert set(shown) == set(school.academics.programs)
    names = {one.name for one in school.academics.subjects.values() if one.program == "diploma"}
    assert {one.name for one in shown["diploma"]} == names
    assert all(one.hl and one.group for one in shown["diploma"])


async def test_grade_scales(managebac: ManageBac, school: School) -> None:
    shown = await managebac.school.grade_scales()
    assert [(one.score, one.mark, one.program_code) for one in shown] == [
        (one["score"], one["mark"], one["program_code"])
        for one in school.academics.term_grade_scales
    ]


async def test_rubrics(managebac: ManageBac, school: School) -> None:
    shown = await managebac.school.rubrics()
    assert [one.title for one in shown] == [one["title"] for one in school.academics.term_rubrics]
    (option,) = shown[0].rubric_options or ()
    assert (option.value, option.descriptor) == ("A", "Always")


async def test_academic_years_list(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    shown = await managebac.academic_years.list()
    assert {code: {year.id for year in years} for code, years in shown.items()} == {
        code: {str(year.id) for year in school.academics.years_of(code)}
        for code in school.academics.programs
    }
    year = shown["myp"][0]
    assert len(year.academic_terms or ()) == 2
    assert set(await managebac.academic_years.list(program_code="myp", active=False)) <= {"myp"}
    assert queries(managebac_sandbox, "school/academic-years")[-1] == {
        "program_code": ["myp"],
        "active": ["0"],
    }


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ('{"academic_years": {"myp": {"academic_years": [{"id": 7}]}}}', {"myp": ["7"]}),
        ('{"academic_years": {"myp": [{"id": 7}], "diploma": []}}', {"myp": ["7"], "diploma": []}),
        ('{"academic_years": {}}', {}),
        ('{"academic_years": []}', {}),
    ],
)
async def test_academic_years_are_read_from_each_form(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, body: str, codes: Any
) -> None:
    managebac_sandbox.faults.add(Fault.error(200, body=body))
    shown = await managebac.academic_years.list()
    assert {code: [year.id for year in years] for code, years in shown.items()} == codes


async def test_academic_years_get(managebac: ManageBac, school: School) -> None:
    known = next(school.academics.years_of("myp"))
    year = await managebac.academic_years.get("myp", known.id)
    assert (year.id, year.program) == (str(known.id), "myp")
    assert [term.id for term in year.academic_terms or ()] == [
        str(term.id) for term in school.academics.terms_of(known.id)
    ]
    with pytest.raises(NotFound, match="academic-years/424242"):
        await managebac.academic_years.get("myp", 424242)


async def test_academic_years_create(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    made = await managebac.academic_years.create(
        "myp",
        [
            AcademicTermCreate(
                name="Autumn", starts_on=date(2030, 8, 1), ends_on="2030-12-20", locked=True
            ),
            {"name": "Spring", "starts_on": "01.01.2031", "ends_on": date(2031, 6, 1)},
        ],
    )
    terms = school.academics.terms_of(int(made.id or 0))
    assert [(term.name, term.starts_on, term.locked) for term in terms] == [
        ("Autumn", date(2030, 8, 1), True),
        ("Spring", date(2031, 1, 1), False),
    ]
    assert [term.id for term in made.academic_terms or ()] == [str(term.id) for term in terms]
    managebac_sandbox.log.clear()
    wrong: list[Any] = [[], [{"name": "x"}], {"name": "x"}, "x"]
    for given in wrong:
        with pytest.raises(InvalidInput):
            await managebac.academic_years.create("myp", given)
    assert len(managebac_sandbox.log) == 0


async def test_academic_years_calendar(managebac: ManageBac, school: School) -> None:
    known = next(school.academics.years_of("myp"))
    school.academics.calendars[known.id] = {
        "start_date": "2025-08-20",
        "calendar_type": "Rotation Cycle",
        "rotation_cycle": 6,
        "days_off": [0, 6],
        "dates": [{"date": "2025-08-20", "rotation_day": 1}],
    }
    shown = await managebac.academic_years.calendar("myp", known.id)
    assert (shown.rotation_cycle, shown.days_off) == (6, [0, 6])
    (day,) = shown.dates or ()
    assert (day.date, day.rotation_day) == ("2025-08-20", 1)


async def test_terms_create_update_and_delete(managebac: ManageBac, school: School) -> None:
    known = next(school.academics.years_of("myp"))
    last = school.academics.terms_of(known.id)[-1]
    made = await managebac.terms.create(
        "myp",
        known.id,
        {
            "name": "Summer",
            "starts_on": last.ends_on + timedelta(1),
            "ends_on": last.ends_on + timedelta(30),
            "enable_exam_grade": True,
        },
    )
    term = school.academics.terms[int(made.id or 0)]
    assert (term.name, term.exam_grade, made.exam_grade) == ("Summer", True, True)
    changed = await managebac.terms.update("myp", known.id, term.id, {"name": "Camp"})
    assert (changed.name, term.name) == ("Camp", "Camp")
    with pytest.raises(InvalidInput):
        await managebac.terms.update("myp", known.id, term.id, {})
    gone = await managebac.terms.delete("myp", known.id, term.id)
    assert gone.name == "Camp"
    assert term.id not in school.academics.terms
    with pytest.raises(NotFound):
        await managebac.terms.update("myp", known.id, term.id, {"name": "x"})


async def test_term_that_ends_before_it_starts_names_the_field(
    managebac: ManageBac, school: School
) -> None:
    known = next(school.academics.years_of("myp"))
    with pytest.raises(BadRequest) as refused:
        await managebac.terms.create(
            "myp", known.id, {"name": "x", "starts_on": "2030-06-01", "ends_on": "2030-01-01"}
        )
    assert refused.value.status == 422
    assert set(refused.value.fields) & {"starts_on", "ends_on"}


async def test_lost_deletion_is_not_sent_again(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    known = next(school.academics.years_of("myp"))
    term = school.academics.terms_of(known.id)[-1]
    managebac_sandbox.faults.add(Fault.cut(after=True, method="DELETE"))
    with pytest.raises(OutcomeUnknown):
        await managebac.terms.delete("myp", known.id, term.id)
    assert managebac_sandbox.log.count("DELETE") == 1


async def test_subjects_list_and_get(managebac: ManageBac, school: School) -> None:
    of_program = [one for one in school.academics.subjects.values() if one.program == "myp"]
    listed = await managebac.subjects.list("myp", per_page=5)
    assert [one.id for one in listed] == [str(one.id) for one in of_program]
    shown = await managebac.subjects.get("myp", of_program[0].id)
    assert (shown.name, shown.code) == (of_program[0].name, of_program[0].code)
    with pytest.raises(NotFound):
        await managebac.subjects.get("myp", 424242)


async def test_subjects_create_update_and_delete(managebac: ManageBac, school: School) -> None:
    group = next(one for one in school.academics.subject_groups.values() if one.program == "myp")
    made = await managebac.subjects.create(
        "myp", {"name": "Chess", "subject_group_id": str(group.id), "enabled": True}
    )
    known = school.academics.subjects[int(made.id or 0)]
    assert (known.name, known.subject_group_id, made.custom) == ("Chess", group.id, True)
    changed = await managebac.subjects.update("myp", known.id, {"enabled": False})
    assert (changed.enabled, known.enabled, known.name) == (False, False, "Chess")
    with pytest.raises(BadRequest) as refused:
        await managebac.subjects.update("myp", known.id, {"code": "CH"})
    assert refused.value.fields == {"code": "is not allowed"}
    with pytest.raises(BadRequest) as missing:
        await managebac.subjects.create("myp", {"name": "x", "subject_group_id": 424242})
    assert set(missing.value.fields) == {"subject_group_id"}
    assert (await managebac.subjects.delete("myp", known.id)).name == "Chess"
    assert known.id not in school.academics.subjects


async def test_subjects_enable_and_disable(managebac: ManageBac, school: School) -> None:
    first, second, *_ = (one for one in school.academics.subjects.values() if one.program == "myp")
    echoed = await managebac.subjects.disable("myp", [first.id, str(second.id)])
    assert echoed == [str(first.id), str(second.id)]
    assert (first.enabled, second.enabled) == (False, False)
    await managebac.subjects.enable("myp", [first.id])
    assert (first.enabled, second.enabled) == (True, False)
    with pytest.raises(InvalidInput):
        await managebac.subjects.enable("myp", [])


@pytest.mark.parametrize("form", ["object", "assessment_type", "assessment_types"])
async def test_assessment_types(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, form: Any
) -> None:
    managebac_sandbox.quirks.assessment_types = form
    (shown,) = await managebac.subjects.assessment_types("myp")
    assert (shown.kind, shown.color_code) == ("summative", "#478cfe")
    assert shown.available_assessments == ("binary",)
    managebac_sandbox.faults.add(Fault.error(200, body='{"status": "ok"}'))
    with pytest.raises(UnexpectedResponse):
        await managebac.subjects.assessment_types("myp")


async def test_subject_groups_list_and_get(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    of_program = [one for one in school.academics.subject_groups.values() if one.program == "myp"]
    listed = await managebac.subject_groups.list("myp", per_page=3)
    assert [one.id for one in listed] == [str(one.id) for one in of_program]
    shown = await managebac.subject_groups.get("myp", of_program[0].id)
    assert (shown.name, shown.custom) == (of_program[0].name, False)


async def test_subject_groups_create_update_and_delete(
    managebac: ManageBac, school: School
) -> None:
    made = await managebac.subject_groups.create("myp", {"name": "Games", "max_phase": "4"})
    known = school.academics.subject_groups[int(made.id or 0)]
    assert (known.name, known.max_phase, made.custom) == ("Games", "4", True)
    changed = await managebac.subject_groups.update("myp", known.id, {"name": "Play"})
    assert (changed.name, known.name) == ("Play", "Play")
    assert (await managebac.subject_groups.delete("myp", known.id)).name == "Play"
    assert known.id not in school.academics.subject_groups
    wrong: Any = {"name": "x", "max_phase": "6"}
    with pytest.raises(InvalidInput) as refused:
        await managebac.subject_groups.create("myp", wrong)
    assert set(refused.value.fields) == {"max_phase"}
    builtin = next(one for one in school.academics.subject_groups.values() if not one.custom)
    with pytest.raises(Forbidden):
        await managebac.subject_groups.update(builtin.program, builtin.id, {"name": "x"})


async def test_reports_list_and_get(managebac: ManageBac, school: School) -> None:
    (known,) = (one for one in school.academics.reports.values() if one.program == "myp")
    (shown,) = await managebac.reports.list("myp", academic_term_id=known.academic_term_id)
    assert (shown.id, shown.title, shown.type) == (str(known.id), known.title, "final")
    assert shown.pdf_url is not None
    assert shown.term_grades_url is None
    assert await managebac.reports.list("myp", type="interim") == []
    assert (await managebac.reports.get("myp", known.id)).title == known.title
    with pytest.raises(NotFound):
        await managebac.reports.get("myp", 424242)


@pytest.mark.sandbox(limit=(2, 60))
async def test_download_sends_no_credentials_and_uses_no_rate_limit(
    managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    (known,) = (one for one in school.academics.reports.values() if one.program == "myp")
    known.files["pdf"] = bytes(range(256)) * 2000
    token, url = managebac_sandbox.token, managebac_sandbox.base_url
    async with (
        asyncio.timeout(30),
        ManageBac(token, base_url=url, limiter=Window(2, per=60), retry=QUICK) as client,
    ):
        download = client.reports.download("myp", known.id, "pdf")
        assert await download == known.files["pdf"]
        # Both requests of the limit are used now. The two requests to the other host did not count.
        pieces = [piece async for piece in download]
        assert b"".join(pieces) == known.files["pdf"]
    assert (managebac_sandbox.storage.served, managebac_sandbox.storage.leaks) == (2, 0)


async def test_download_without_a_redirect_returns_the_file(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.faults.add(Fault.error(200, body="the file"))
    assert await managebac.reports.download("myp", 1, "pdf") == b"the file"


async def test_failed_download_raises(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    (known,) = (one for one in school.academics.reports.values() if one.program == "myp")
    with pytest.raises(NotFound):
        await managebac.reports.download("myp", known.id, "term_grades")
    wrong: Any = "docx"
    with pytest.raises(InvalidInput):
        managebac.reports.download("myp", known.id, wrong)
    managebac_sandbox.faults.add(Fault.half_body(path=f"/storage/reports/{known.id}/pdf"))
    with pytest.raises(ResponseLost):
        await managebac.reports.download("myp", known.id, "pdf")
    assert "pdf" in repr(managebac.reports.download("myp", known.id, "pdf"))


async def test_download_is_retried_on_the_other_host(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    (known,) = (one for one in school.academics.reports.values() if one.program == "myp")
    path = f"/storage/reports/{known.id}/pdf"
    managebac_sandbox.faults.add(Fault.error(503, path=path))
    assert await managebac.reports.download("myp", known.id, "pdf") == known.files["pdf"]
    assert managebac_sandbox.log.count("GET", path) == 2


@pytest.mark.parametrize(
    "location",
    ["http://files.example/x?X-Signature=secret", "ftp://files.example/x", "http://[x", "https://"],
)
async def test_download_does_not_follow_an_insecure_redirect(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, location: str
) -> None:
    managebac_sandbox.faults.add(Fault.redirect(location, status=302))
    with pytest.raises(CrossHostRedirect) as refused:
        await managebac.reports.download("myp", 1, "pdf")
    assert "secret" not in str(refused.value)


async def test_fourth_redirect_of_a_download_raises(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    (known,) = (one for one in school.academics.reports.values() if one.program == "myp")
    rest = f":{managebac_sandbox.port}/storage/reports/{known.id}/pdf"
    for host in ("localhost", "127.0.0.1", "localhost", "127.0.0.1", "localhost"):
        managebac_sandbox.faults.add(Fault.redirect(f"http://{host}{rest}", status=302))
    with pytest.raises(UnexpectedResponse, match="redirects"):
        await managebac.reports.download("myp", known.id, "pdf")
