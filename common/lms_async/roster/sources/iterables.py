"""A roster from Python objects, for schools whose data comes from a database or a service."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TypeVar

from ..model import (
    KINDS,
    Course,
    Deleted,
    Enrollment,
    Org,
    Person,
    Record,
    Relationship,
    Section,
    Term,
    key_of,
)
from ..problems import Mode, ReadingReport, Severity

_R = TypeVar("_R", bound=Record)


class IterableSource:
    """Records of the model, as iterables that list every record of their kind.

    A kind that is not given counts as unknown, so no record of it is removed. A source with a
    generator can be read only once.

    Each iterable is read once, in order, and only ids are kept.
    """

    def __init__(
        self,
        *,
        orgs: Iterable[Org] | None = None,
        terms: Iterable[Term] | None = None,
        people: Iterable[Person] | None = None,
        courses: Iterable[Course] | None = None,
        sections: Iterable[Section] | None = None,
        enrollments: Iterable[Enrollment] | None = None,
        relationships: Iterable[Relationship] | None = None,
    ) -> None:
        self._records: dict[type[Record], Iterable[Record] | None] = {
            Org: orgs,
            Term: terms,
            Person: people,
            Course: courses,
            Section: sections,
            Enrollment: enrollments,
            Relationship: relationships,
        }

    def read(self, report: ReadingReport) -> Iterator[Record | Deleted]:
        """Yield the records; see :meth:`lms_async.roster.Source.read`.

        In the report, the kind is the file, and the position in the iterable, from 1, is the line.

        :raises SourceRefused: two records of a kind have the same id and differ.
        """
        ids: dict[str, dict[str, int]] = {}
        for kind in KINDS:
            records = self._records[kind]
            coverage = report.of(kind.plural)
            if records is None:
                continue
            coverage.mode = Mode.BULK
            yield from _checked(kind, records, ids, report)


def _checked(
    kind: type[_R],
    records: Iterable[Record],
    ids: dict[str, dict[str, int]],
    report: ReadingReport,
) -> Iterator[Record]:
    coverage = report.of(kind.plural)
    # The hash of each record by its id. A person can be in a section more than once.
    known = ids[kind.plural] = {}
    for position, record in enumerate(records, start=1):
        coverage.rows += 1
        if not isinstance(record, kind):
            text = f"this is a {type(record).__name__}, not a {kind.__name__}."
            raise report.refuse(kind.plural, position, "", "not_a_record", text)
        fault = _fault(record, ids)
        if fault is not None:
            column, code, text = fault
            coverage.rejected += 1
            coverage.orphans += code == "orphan"
            report.add(Severity.REJECTED, kind.plural, position, column, code, text)
            continue
        if not isinstance(record, Enrollment):
            key, content = key_of(record), hash(record)
            if key in known:
                if known[key] != content:
                    text = "an earlier record has the same id and other values."
                    raise report.refuse(kind.plural, position, "id", "same_id", text)
                text = "the record is the same as an earlier one."
                report.add(
                    Severity.ACCEPTED, kind.plural, position, "id", "same_record_twice", text
                )
                continue
            known[key] = content
        yield record


def _fault(record: Record, ids: Mapping[str, Container[str]]) -> tuple[str, str, str] | None:
    """Return the field, the code and the text of what is wrong with a record."""
    for field, of, kind in _needed_ids(record):
        if not of:
            return field, "blank", "the id is blank, and the record needs it."
        if kind in ids and of not in ids[kind]:
            return field, "orphan", f"{kind} has no record with this id."
    return None


def _needed_ids(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield each id that a record needs: its field, the id, and the kind that it refers to."""
    if isinstance(record, Enrollment):
        yield "section_id", record.section_id, Section.plural
        yield "person_id", record.person_id, Person.plural
    elif isinstance(record, Relationship):
        yield "person_id", record.person_id, Person.plural
        yield "other_id", record.other_id, Person.plural
    else:
        yield "id", record.id, ""
        if isinstance(record, Section):
            yield "course_id", record.course_id, Course.plural
            for term in record.term_ids:
                yield "term_ids", term, Term.plural
