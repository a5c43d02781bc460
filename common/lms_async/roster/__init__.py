"""The roster of a school: read it, compare it with a vendor's, and plan the changes.

``model.py`` has the records of a school, and ``sources/source.py`` says how they are read.
``entries.py`` is the form in which a school's records and a vendor's are compared:
``difference.py`` compares them, ``guard.py`` says whether a plan is safe, and ``plan_file.py``
keeps it. A vendor package implements ``Target``, in ``target.py``. This package names no vendor.
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
