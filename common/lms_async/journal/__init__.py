"""The journal of a bulk: which rows were sent and how each ended, kept through a crash.

Start with ``journal.py``. ``matching.py`` has the rules, as functions of values: which row a note
belongs to, and which results still hold. ``sqlite.py`` only stores. Others use ``Journal`` only.
"""
