from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import attrs
import pytest

from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.roster_init.run import write_roster_mapping
from lms_async.roster import RosterMapping, read_mapping
from schoology_async.cli.roster import ROSTER
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import TARGET, environment_of
from tests.roster import bundles

DAY = date(2026, 10, 1)


@attrs.frozen
class Written:
    """A file that the command wrote, and what it printed."""

    path: Path
    text: str
    out: str

    @property
    def mapping(self) -> RosterMapping:
        return read_mapping(self.path)

    def line(self, start: str) -> str:
        """Return the only line that begins with ``start``."""
        (found,) = [line for line in self.text.splitlines() if line.startswith(start)]
        return found

    def comments(self) -> str:
        """Return all comments as one line, so that line breaks do not matter."""
        lines = self.text.splitlines()
        return " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))


Init = Callable[..., Awaitable[Written]]


@pytest.fixture
def init(schoology_sandbox: SchoologySandbox, tmp_path: Path) -> Init:
    """Write the mapping of a source with the sandbox, or without credentials."""

    async def write(source: Path, *, vendor: bool = True, encoding: str | None = None) -> Written:
        said = io.StringIO()
        out = tmp_path / "roster.toml"
        await write_roster_mapping(
            source,
            TARGET,
            ROSTER,
            environment_of(schoology_sandbox) if vendor else {},
            make_reporter(said, said),
            said,
            out=out,
            as_of=DAY,
            encoding=encoding,
            limit=(1000, 0.01),
        )
        return Written(out, out.read_text("utf-8"), said.getvalue())

    return write


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A OneRoster bundle of two schools."""
    return bundles.School(people=28, sections=4, enrollments=24).write(tmp_path / "bundle")


def small(folder: Path, **files: str) -> Path:
    """Write a small bundle. Files that are given replace those of the same name."""
    return bundles.write_texts(
        folder,
        **{
            "orgs": """
                sourcedId,name,type,identifier,parentSourcedId
                d,Lake District,district,LD,
                s1,North School,school,N,d
                s2,South School,school,S,d
            """,
            "academicSessions": """
                sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear
                y26,2025-2026,schoolYear,2025-08-18,2026-06-12,,2026
                y27,2026-2027,schoolYear,2026-08-17,2027-06-11,,2027
            """,
            "users": """
                sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email,grades
                p1,true,s1,student,u1,Wilhelmina,Quagmire,1001,w1@secret.example,09
                p2,true,s1,student,u2,Wilhelmina,Quagmire,1002,w2@secret.example,13
                t1,true,s2,teacher,u3,Wilhelmina,Quagmire,1003,w3@secret.example,
            """,
            "courses": """
                sourcedId,title,courseCode,orgSourcedId
                c1,Algebra,ALG,s1
                c2,Algebra,ALG,s2
            """,
            "classes": """
                sourcedId,title,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds
                k1,Algebra 1,c1,A-1,scheduled,s1,y27
                k2,Algebra 1,c2,A-2,scheduled,s2,y27
            """,
            "enrollments": """
                sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role
                e1,k1,s1,p1,student
                e2,k2,s2,t1,teacher
            """,
            **files,
        },
    )
