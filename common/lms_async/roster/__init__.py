"""The roster of a school: read it, compare it with a vendor's, and plan the changes.

:func:`plan` reads a :class:`Source` and a :class:`Target`, and writes every change that makes the
vendor equal to the school into a file (start reading in ``planning.py``). :meth:`Plan.apply` makes
these changes, and :meth:`Plan.verify` checks them. A :class:`RosterMapping`, which
:func:`read_mapping` reads from a file, says how the school's records become the vendor's, and what
a plan may do. This package names no vendor: a vendor package implements ``Target``.

The folders are in the order of the work: ``sources``, ``mapping``, ``targets``, ``comparing``,
``guarding``, ``plan_files``, ``page`` and ``applying``.
"""

from .applying.applying import ApplyReport
from .applying.progress import StepProgress
from .applying.verifying import Mismatch, StillDifferent, Verification
from .changes import Action, Change, LeftAlone, Reason
from .entries import Entry
from .guarding.guard import GuardSettings, Refusal
from .guarding.rules import Mode as PlanMode
from .made_plan import Plan
from .mapping.mapping import Keys, RosterMapping
from .mapping.mapping_file import read_mapping
from .mapping.scope import Scope
from .model import (
    Course,
    Deleted,
    Enrollment,
    Org,
    Person,
    Record,
    Relationship,
    Role,
    Section,
    Term,
)
from .opening import open_source
from .page import write_page
from .plan_files.last_plan import last_applied, remember_applied
from .plan_files.plan_file import PlanFile
from .plan_files.plan_meta import PlanMeta
from .planning import plan
from .problems import Coverage, Mode, Problem, ReadingReport, Severity, SourceRefused
from .sources import CsvFile, CsvSource, IterableSource, OneRosterSource, Source, SourceSettings
from .targets.permissions import naming_kind
from .targets.target import Capabilities, KindCapabilities, SideEffect, Target, Word

__all__ = [
    "Action",
    "ApplyReport",
    "Capabilities",
    "Change",
    "Course",
    "Coverage",
    "CsvFile",
    "CsvSource",
    "Deleted",
    "Enrollment",
    "Entry",
    "GuardSettings",
    "IterableSource",
    "Keys",
    "KindCapabilities",
    "LeftAlone",
    "Mismatch",
    "Mode",
    "OneRosterSource",
    "Org",
    "Person",
    "Plan",
    "PlanFile",
    "PlanMeta",
    "PlanMode",
    "Problem",
    "ReadingReport",
    "Reason",
    "Record",
    "Refusal",
    "Relationship",
    "Role",
    "RosterMapping",
    "Scope",
    "Section",
    "Severity",
    "SideEffect",
    "Source",
    "SourceRefused",
    "SourceSettings",
    "StepProgress",
    "StillDifferent",
    "Target",
    "Term",
    "Verification",
    "Word",
    "last_applied",
    "naming_kind",
    "open_source",
    "plan",
    "read_mapping",
    "remember_applied",
    "write_page",
]
