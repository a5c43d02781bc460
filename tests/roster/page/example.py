"""A plan of each kind of change, with names that try to become HTML."""

from __future__ import annotations

from pathlib import Path

import attrs

from lms_async.roster import (
    Action,
    Change,
    LeftAlone,
    ReadingReport,
    Reason,
    Refusal,
    Severity,
)
from lms_async.roster.entries import join
from lms_async.roster.page.data import LISTED
from lms_async.roster.plan_files.plan_writer import PlanWriter
from tests.roster.test_plan_file import META

HOSTILE = "</script><img src=x onerror='window.attacked = 1'><!--<script>"
#: Enrollments, more than are printed.
MANY = 1_010

STOPS = Refusal(
    rule="max_removed_share",
    kind="people",
    org="west",
    number=0.12,
    bound=0.1,
    stops=True,
    text="12 of 100 people of school west would be removed. <b>Read the plan.</b>",
)
WARNS = attrs.evolve(STOPS, rule="partial", stops=False, text="No sections are removed.")


def created(key: str, given: str, family: str, org: str = "north") -> Change:
    fields = {"given_name": given, "family_name": family, "grades": join("09", "10")}
    return Change(kind="people", action=Action.CREATE, key=key, org=org, after=fields)


CHANGES = [
    Change(kind="sections", action=Action.CREATE, key="S1", org="north", after={"title": "Art"}),
    created("P1", "Zoë", "Okafor"),
    created("P2", "Bea", "Lind"),
    created("P3", HOSTILE, "Lind", org="south"),
    Change(
        kind="people",
        action=Action.UPDATE,
        key="P4",
        org="south",
        vendor_id="4",
        before={"email": "old@school.example", "phone": ""},
        after={"email": "new@school.example", "phone": "555"},
    ),
    Change(kind="relationships", action=Action.LINK, key=join("P1", "P2", "guardian"), org="north"),
    Change(kind="enrollments", action=Action.LINK, key=join("S1", "P1"), org="north"),
    *(
        Change(kind="enrollments", action=Action.LINK, key=join("S2", f"N{number}"), org="north")
        for number in range(MANY - 1)
    ),
    Change(
        kind="people",
        action=Action.DELETE,
        key=f"P9{HOSTILE}",
        org=HOSTILE,
        vendor_id="9",
        before={"given_name": "Ray", "family_name": "Quist"},
    ),
]
LEFT_ALONE = [
    LeftAlone(kind="people", key="P1", org="north", reason=Reason.FIXED_FIELD, detail="birth_date"),
    LeftAlone(kind="people", vendor_id="77", org="south", reason=Reason.BLANK_KEY),
    LeftAlone(kind="people", key="P7", org="south", reason=Reason.LOCKED, detail=HOSTILE),
    *(
        LeftAlone(kind="enrollments", key=join("S3", f"L{number}"), reason=Reason.OUT_OF_SCOPE)
        for number in range(LISTED + 1)
    ),
    # These two stand for several records. The first one comes after as many rows as are listed.
    LeftAlone(kind="enrollments", reason=Reason.OUT_OF_SCOPE, records=3),
    LeftAlone(kind="people", reason=Reason.FIELD_NOT_HELD, detail="sms", records=1204),
]


def write_plan(
    path: Path,
    changes: list[Change] = CHANGES,
    left_alone: list[LeftAlone] = LEFT_ALONE,
    refusals: tuple[Refusal, ...] = (WARNS, STOPS),
    problems: int = 5,
) -> None:
    with PlanWriter(path, META) as writer:
        for item in (*left_alone, *changes):
            writer.add(item)
        for refusal in refusals:
            writer.refuse(refusal)
        report = ReadingReport()
        for line in range(2, problems + 2):
            text = f"no {HOSTILE}."
            report.add(Severity.REJECTED, "users.csv", line, "orgSourcedIds", "orphan", text)
        writer.add_problems(report)
