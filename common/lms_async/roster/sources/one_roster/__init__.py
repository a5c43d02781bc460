"""Read a roster from OneRoster CSV files, version 1.1 or 1.2, in a folder or a zip file.

Start with ``source.py``, which reads the files in order. ``columns.py`` lists the files and their
columns, and ``table.py`` finds them. What other CSV files need too is in ``tables``.
"""

from .bundle import has_files
from .source import OneRosterSource

__all__ = ["OneRosterSource", "has_files"]
