"""Put the proposed file together."""

from __future__ import annotations

from collections.abc import Iterator

from ..wording import visible
from .facts import Facts
from .findings import problems, records
from .grades import last_grade
from .keys import course_prefixes, keys, year_in_section_keys
from .limits import guard, mode, not_planned, removals, scope, target
from .part import Part
from .schools import buildings
from .source_part import source_encoding, source_files
from .terms import terms
from .words import role_order, tables


def roster_text(facts: Facts, *, again: str) -> tuple[str, list[str]]:
    """Return the text of the file, and what to check before it is used.

    :param again: the command that makes a plan with it.
    """
    start = Part()
    start.comment(
        f"How the roster of the school is kept in {facts.name}, written by `lms roster init`. It "
        'contains no data of people. Check each line with "check". Then make a plan, which '
        "changes nothing:"
    )
    start.lines.append(f"#   {again}")
    parts = [start, *_parts(facts)]
    text = "\n\n".join("\n".join(map(visible, part.lines)) for part in parts if part.lines)
    return f"{text}\n", [check for part in parts for check in part.checks]


def _parts(facts: Facts) -> Iterator[Part]:
    yield records(facts)
    # TOML needs the settings outside of tables first.
    yield mode()
    yield removals(facts)
    yield role_order(facts)
    yield year_in_section_keys(facts)
    yield last_grade(facts)
    if facts.files is not None:
        yield from source_files(facts.files)
    elif facts.encoding is not None:
        yield source_encoding(facts.encoding)
    yield keys(facts)
    yield from tables(facts)
    yield buildings(facts)
    yield terms(facts)
    yield course_prefixes(facts)
    yield scope(facts)
    yield guard()
    yield target(facts)
    yield not_planned(facts)
    yield problems(facts)
