"""Invented people: any number of them, the same ones each time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Person = dict[str, str]

COLUMNS = (
    "school_uid",
    "name_title",
    "name_first",
    "name_first_preferred",
    "name_middle",
    "name_last",
    "username",
    "primary_email",
    "role_id",
    "building_id",
    "gender",
    "grad_year",
    "birthday_date",
    "language",
    "position",
    "additional_buildings",
)
_FIRST = "Amélie Björn Chidi Dolores Emeka Fatima Grace Hiroshi Ingrid João Kwame Layla".split()
_LAST = "Abernathy Bergström Chukwu Delacroix Eriksen Fitzgerald Goldberg Haddad Ibáñez".split()


def cells(number: int) -> tuple[str, ...]:
    """Return the row of one student: 16 columns, about 12 of them filled."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
    return (
        f"S{number:07d}",
        "",
        first,
        first[:3] if number % 4 == 0 else "",
        _FIRST[number // 7 % len(_FIRST)] if number % 2 == 0 else "",
        last,
        f"student{number:07d}",
        f"student{number:07d}@school.example.org",
        "266721",
        "10243971",
        "MF"[number % 2],
        str(2026 + number % 12),
        f"{2008 + number % 12}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "en",
        "",
        "10243972,10243973" if number % 4 == 1 else "",
    )


def filled(row: Iterable[str]) -> Person:
    """Return a row as a mapping without its empty cells."""
    return {name: cell for name, cell in zip(COLUMNS, row, strict=True) if cell}


def people(count: int) -> Iterator[Any]:
    """Generate ``count`` people on demand."""
    return (filled(cells(number)) for number in range(count))


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(cells(number) for number in range(count))


def read_csv(path: Path) -> Iterator[Any]:
    """Read people with the same reader for every way."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = tuple(next(reader))
        for row in reader:
            yield {name: cell for name, cell in zip(header, row, strict=True) if cell}


def batches_of_50(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, 50)):
        yield chunk
