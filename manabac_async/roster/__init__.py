"""ManageBac v2 as a target of :mod:`lms_async.roster`. Start with ``target.py``.

Each kind has a file, which converts ManageBac's records to entries, and changes to the rows that
the bulk methods take.
"""

from .target import ManageBacRoster

__all__ = ["ManageBacRoster"]
