"""Lists inside of a record that Schoology prints in many ways."""

from __future__ import annotations

from typing import Annotated, TypeVar

T = TypeVar("T")

BARE = ("list, or one bare element",)
#: A list that may come as one bare element, as ``null``, or as an object with numbered keys.
BareList = Annotated[list[T], "list, or one bare element"]
