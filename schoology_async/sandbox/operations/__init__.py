"""The operations on everything but accounts, one file a resource.

Start reading at :class:`.router.Router`, which finds the operation for a method and a path.
"""

from .router import Router

__all__ = ["Router"]
