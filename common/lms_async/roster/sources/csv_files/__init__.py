"""Read a roster from CSV files whose columns the school describes.

Start with ``source.py``, which reads the kinds of records in order. ``fields.py`` lists the fields
of each kind, and ``settings.py`` says how a school describes its files.
"""

from .settings import CsvFile, SettingError, SourceSettings
from .source import CsvSource

__all__ = ["CsvFile", "CsvSource", "SettingError", "SourceSettings"]
