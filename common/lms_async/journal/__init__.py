"""The journal of a bulk: which rows were sent and how each ended, kept through a crash.

Start with ``journal.py``; ``matching.py`` decides which row a note belongs to, and ``sqlite.py``
keeps the notes. Others use ``Journal`` only.
"""
