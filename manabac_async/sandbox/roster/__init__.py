"""The records of the sandbox's school, and the rules of v2 for changing them.

Start reading at :class:`.store.Store`. People and classes are in ``school_state`` with their
memberships; here are the rules for writing them, their relationships, and the programs with their
years, terms, subjects and reports.
"""

from .academics import AcademicYear, Program, Report, Subject, SubjectGroup, Term
from .fields import Unprocessable
from .relations import RELATIONSHIPS, Relations
from .store import Store

__all__ = [
    "RELATIONSHIPS",
    "AcademicYear",
    "Program",
    "Relations",
    "Report",
    "Store",
    "Subject",
    "SubjectGroup",
    "Term",
    "Unprocessable",
]
