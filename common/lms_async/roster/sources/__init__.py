"""Where a roster is read from: OneRoster files, other CSV files, or Python objects.

Start with ``source.py``, which says what a source does.
"""

from .csv_files import CsvFile, CsvSource, SettingError, SourceSettings
from .iterables import IterableSource
from .one_roster import OneRosterSource
from .source import Source

__all__ = [
    "CsvFile",
    "CsvSource",
    "IterableSource",
    "OneRosterSource",
    "SettingError",
    "Source",
    "SourceSettings",
]
