"""The journal of a bulk: a file with the rows that were sent and their results.

Start with ``journal.py``. ``matching.py`` has the rules: which row a note belongs to, and which
results are still valid. ``sqlite.py`` stores notes and rows, and ``database.py`` opens the file.
Other packages use only ``Journal``.
"""
