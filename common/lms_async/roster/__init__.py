"""The roster of a school: read it, compare it with a vendor's, and plan the changes.

Start with ``model.py``, the records of a school, and ``sources/source.py``, which says how they are
read. This package names no vendor.
"""

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
from .problems import Coverage, Mode, Problem, ReadingReport, Severity, SourceRefused
from .sources import IterableSource, OneRosterSource, Source

__all__ = [
    "Course",
    "Coverage",
    "Deleted",
    "Enrollment",
    "IterableSource",
    "Mode",
    "OneRosterSource",
    "Org",
    "Person",
    "Problem",
    "ReadingReport",
    "Record",
    "Relationship",
    "Role",
    "Section",
    "Severity",
    "Source",
    "SourceRefused",
    "Term",
]
