"""Read a roster from OneRoster CSV files, version 1.1 or 1.2, in a folder or a zip file.

Start with ``source.py``, which reads the files in order. ``columns.py`` lists the files and their
columns, ``cells.py`` says what cells mean, and ``table.py`` judges rows. ``bundle.py`` and
``text.py`` find and decode the files.
"""

from .source import OneRosterSource

__all__ = ["OneRosterSource"]
