"""The operations of v2. Start reading at :mod:`.router`, which lists them all.

A resource is a class whose methods are declared with :func:`.base.operation`. The rules for writing
people and classes are in ``write_people`` and ``write_classes``.
"""

from .router import PERMISSIONS, ROUTES, Match, Router, match

__all__ = ["PERMISSIONS", "ROUTES", "Match", "Router", "match"]
