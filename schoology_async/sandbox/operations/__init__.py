"""The operations on all records except accounts, with one file per resource.

Start reading at :class:`.router.Router`, which finds the operation for a method and a path.
"""

from .router import Router

__all__ = ["Router"]
