"""Large imports in parts, which any number of workers run with the task queue that you have.

A :class:`Job` is made of :class:`Shard` objects: ranges of the rows of one bulk call. Both are
converted to JSON for a queue. A shard has a journal, so it may be delivered and run any number of
times. Start with ``job.py``. ``shard.py`` runs a shard, ``operation.py`` finds the bulk method,
``rows.py`` reads and compares rows, ``progress.py`` counts them, and ``values.py`` checks JSON.
"""

from ..journal.store import Stores
from .job import Job
from .progress import JobProgress, ShardProgress
from .shard import Shard

__all__ = ["Job", "JobProgress", "Shard", "ShardProgress", "Stores"]
