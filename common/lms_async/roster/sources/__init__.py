"""Where a roster is read from: OneRoster files, or Python objects.

Start with ``source.py``, which says what a source does.
"""

from .iterables import IterableSource
from .one_roster import OneRosterSource
from .source import Source

__all__ = ["IterableSource", "OneRosterSource", "Source"]
