"""The journal of a bulk: which rows were sent and how each ended, kept through a crash.

Start with ``journal.py``. ``matching.py`` has the rules, as functions of values: which row a note
belongs to, and which results still hold. ``sqlite.py`` stores notes and rows, and ``database.py``
opens its file. Others use only ``Journal``.
"""
