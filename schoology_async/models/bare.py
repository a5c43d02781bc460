"""Lists that Schoology returns in several forms."""

from __future__ import annotations

from typing import Annotated, TypeVar

T = TypeVar("T")

BARE = ("list, or one bare element",)
#: A list that Schoology may return as one element without a list, as ``null``, or as an object
#: with numbered keys.
BareList = Annotated[list[T], "list, or one bare element"]

#: The metadata of :data:`~.user.Parents`.
PARENTS = ("parents",)
