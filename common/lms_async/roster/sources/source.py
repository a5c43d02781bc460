"""What the rest of the roster expects of a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ..model import Deleted, Record
from ..problems import ReadingReport


class Source(Protocol):
    """A roster that can be read."""

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        """Yield every record: orgs, terms, people, courses, sections, enrollments, relationships.

        Each record refers only to records before it. Records are checked and given one by one, so
        that a source of any size needs little memory.

        A plan calls this in threads other than that of the event loop, one at a time.

        :param report: collects what is wrong, and how much of each kind was read. It is complete
            at the end.
        :raises SourceRefused: the source cannot be read.
        """
