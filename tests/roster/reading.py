"""Read a source to its end, and say what was reported."""

from __future__ import annotations

from pathlib import Path

from lms_async.roster import (
    Deleted,
    OneRosterSource,
    Person,
    Problem,
    ReadingReport,
    Record,
    Severity,
    Source,
)

Records = list[Record | Deleted]

#: A bundle without defects. A test replaces the files that it is about.
FILES = {
    "orgs": """
        sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
        d1,,,District,district,,
        s1,,,North School,school,N,d1
    """,
    "academicSessions": """
        sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
        y1,,,2026-2027,schoolYear,2026-08-17,2027-06-11,,2027
        t1,,,Fall,semester,2026-08-17,2027-01-15,y1,2027
    """,
    "courses": """
        sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
        c1,,,y1,Algebra,ALG,"09,10",s1,Mathematics,
    """,
    "classes": """
        sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
        k1,,,Algebra 1,09,c1,ALG-1,scheduled,Room 7,s1,t1,Mathematics,,"1,2"
    """,
    "users": """
        sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
        p1,,,true,s1,student,ada,,Ada,Ekpo,,1001,ada@school.example,,,p3,09,secret
        p2,,,true,s1,teacher,ben,,Ben,Ito,,,ben@school.example,,,,,
        p3,,,true,s1,guardian,,,Femi,Ekpo,,,femi@home.example,,,,,
    """,
    "enrollments": """
        sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
        e1,,,k1,s1,p1,student,false,2026-08-17,2027-01-15
        e2,,,k1,s1,p2,teacher,true,,
    """,
}


def read(source: Source | Path) -> tuple[Records, ReadingReport]:
    report = ReadingReport()
    if isinstance(source, Path):
        source = OneRosterSource(source)
    return list(source.read(report)), report


def of_kind(records: Records, plural: str) -> list[Record]:
    return [one for one in records if not isinstance(one, Deleted) and one.plural == plural]


def people(records: Records) -> dict[str, Person]:
    return {one.id: one for one in records if isinstance(one, Person)}


def problems(report: ReadingReport, severity: Severity | None = None) -> list[str]:
    """Return the problems as ``users.csv 2 email shared_email warning``; ``-`` for no column."""
    return [described(one) for one in report.problems if severity in (None, one.severity)]


def described(one: Problem) -> str:
    return f"{one.file} {one.line} {one.column or '-'} {one.code} {one.severity}"


def without_line(text: str, starts: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.strip().startswith(starts))


def with_line(text: str, line: str) -> str:
    return text.rstrip() + "\n" + line
