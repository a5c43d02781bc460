"""A district, whose courses belong to no school, from the first command to the last."""

from __future__ import annotations

from tests.cli.roster.conftest import Lms
from tests.roster import bundles

AS_OF = ("--as-of", "2026-10-01")
TO = ("--to", "schoology")


def test_district_is_kept_without_a_change_of_the_proposed_settings(roster_lms: Lms) -> None:
    school = roster_lms.sandbox.school
    for code in ("S0", "S1"):
        school.buildings.add(str(school.school_id), title=code, building_code=code)
    district = bundles.School(people=28, sections=4, enrollments=24)
    district.write(roster_lms.folder / "district")

    ran = roster_lms("roster", "init", "district", *TO, *AS_OF, "--out", "district.toml")
    assert ran.code == 0, ran.err
    mapping = ("--mapping", "district.toml", "--out", "district.plan")
    ran = roster_lms("plan", "district", *TO, *AS_OF, *mapping)
    assert ran.code == 0, ran.out + ran.err
    for command in ("apply", "verify"):
        ran = roster_lms(command, "district.plan")
        assert ran.code == 0, ran.out + ran.err
    assert len(school.courses) == district.courses
    ran = roster_lms("plan", "district", *TO, *AS_OF, *mapping)
    assert "0 changes" in ran.out
