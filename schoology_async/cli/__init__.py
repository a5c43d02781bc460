"""Schoology's target of the ``lms`` command (extra ``cli``).

One file for each kind of record. Start reading at :mod:`~.target`, which lists them.
"""

from .target import SchoologyTarget

__all__ = ["SchoologyTarget", "target"]

target = SchoologyTarget()
