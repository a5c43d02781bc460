"""The roles of people, and people who have a row for each role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import attrs

from ...model import Role
from .cells import PERSON_ROLES, ROLES_BY_RANK, read_list
from .repeats import Repeat, key_in
from .row import Row
from .table import Table

_RANK = {role: rank for rank, role in enumerate(ROLES_BY_RANK)}


@attrs.frozen
class StatedRole:
    """A role as a row states it: whether the row says that it is the primary one."""

    role: Role
    primary: bool


def each_person_once(
    table: Table, key: tuple[str, ...], repeats: Mapping[str, Repeat], *, quiet: bool = False
) -> Iterator[Row]:
    """Yield the row of each person; where several rows differ in their roles only, the first.

    :param repeats: the rows with the same id. What they have apart begins with the role.
    :param quiet: whether several rows of a person are usual, so that they are not reported.
    """
    for row in table.rows():
        repeat = repeats.get(key_in(row, key))
        if repeat is None:
            yield row
        elif not repeat.equal or _is_student_and_staff(repeat):
            table.reject(row.line, repeat.different(table, row, key[0]))
        elif repeat.is_first(table, row):
            yield row
        elif not quiet:
            text = f"{repeat.place(table)} has the same person. The roles of both rows are read."
            table.accept(row.line, "same_row_twice", text)


def _is_student_and_staff(repeat: Repeat) -> bool:
    """Return whether the rows are a student's and somebody else's: two people with one id."""
    students = {cells[0].casefold() == "student" for cells in repeat.apart if cells[0]}
    return len(students) > 1


def roles_of_rows(row: Row, apart: Sequence[tuple[str, ...]]) -> Iterator[StatedRole]:
    """Yield the roles that rows state. Each role counts in each org of its row.

    :param apart: the role and the orgs of each row.
    """
    for word, orgs in dict.fromkeys(apart):
        if not word:
            continue
        known = PERSON_ROLES.get(word.casefold())
        if known is None:
            row.warn("role", "unknown_word", "the standard does not have this role.")
        for org in read_list(orgs) or ("",):
            yield StatedRole(Role(role=known or word, org_id=org), primary=False)


def with_one_primary(row: Row, stated: Sequence[StatedRole], main_org: str) -> tuple[Role, ...]:
    """Return the roles, the primary one first.

    A role that the source calls primary comes before others; then the rank of the role decides.

    :param main_org: the org whose role comes first among roles of the same rank.
    """
    if not stated:
        text = "the person has no role, and none is assumed."
        row.warn("role", "no_role", text)
        return ()
    if len(stated) == 1:
        return (_as_primary(stated[0].role),)
    ordered = sorted(
        stated,
        key=lambda one: (
            not one.primary,
            _RANK.get(one.role.role, len(_RANK)),
            one.role.org_id != main_org,
        ),
    )
    first = ordered[0]
    rivals = {one.role.role for one in stated if one.primary == first.primary}
    if len(rivals) > 1:
        text = f"the person has several roles. The main one is taken to be {_shown(first.role)}."
        row.warn("role", "several_roles", text)
    others = (one.role for one in ordered[1:])
    return tuple(dict.fromkeys((_as_primary(first.role), *others)))


@lru_cache(maxsize=1024)  # most people have the same few roles
def _as_primary(role: Role) -> Role:
    return attrs.evolve(role, primary=True)


def _shown(role: Role) -> str:
    return role.role if role.role in _RANK else "a role that the standard does not have"
