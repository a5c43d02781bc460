"""The journal of a bulk: the rows that were sent and their results.

Start with ``journal.py``. ``matching.py`` has the rules: which row a note belongs to, and which
results are still valid. ``store.py`` says what a store does. ``file_store.py`` is the default: a
thread with ``sqlite.py``, which stores notes and rows, and ``database.py``, which opens the file.
``postgres`` is the other one. Other packages use only ``Journal``.
"""
