"""Make the changes of a plan with the bulk methods of the client."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.bulk.routed import routed
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal
from lms_async.roster import Action, Change
from lms_async.roster.targets.referring import Changes, Referring

from ..client import ManageBac
from . import enrollments, people, relationships, sections
from .enrollments import EnrollmentNames, StudentAddition
from .people import PARENTS, STUDENTS, TEACHERS
from .references import people_lists, read_classes, read_people, read_year_groups
from .returning import return_people
from .settings import Settings
from .single_classes import SingleClasses

#: The plan's own guard has counted the removals.
_COUNTED = Guard(sys.maxsize)


@attrs.frozen
class _Account:
    """An account, and the day of the plan."""

    client: ManageBac
    settings: Settings
    as_of: date


def apply(
    client: ManageBac,
    settings: Settings,
    kind: str,
    action: Action,
    changes: Changes,
    as_of: date,
    journal: Journal | None,
) -> Bulk[Change]:
    """Return a bulk that makes the changes.

    :param as_of: the day on which people leave.
    :raises InvalidInput: ManageBac can't make such changes.
    """
    way = _WAYS.get((kind, action))
    if way is None:
        raise InvalidInput(f"ManageBac can't {action} {kind}")
    return way(_Account(client, settings, as_of), changes, journal)


# The bulk methods are given the changes, and `converting` turns each of them into a row when it is
# checked. So the types of the rows are not those of the methods' signatures. Where students,
# teachers and parents have methods of their own, `routed` reads the changes, and the methods are
# given no rows. So they count none, and the limits of removals that they have by default do not
# matter.


def _create_people(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given = Referring(changes, partial(read_year_groups, account.client))
    mails = account.settings.send_welcome_email
    bulks: dict[str, Bulk[Any]] = {
        STUDENTS: account.client.students.create_many((), send_welcome_email=mails),
        TEACHERS: account.client.teachers.create_many((), send_welcome_email=mails),
        PARENTS: account.client.parents.create_many((), send_welcome_email=mails),
    }
    return routed(
        given,
        {path: bulk.converting(given.row(people.new_row)) for path, bulk in bulks.items()},
        people.path_of,
        operation="people.create" + (" send_welcome_email" if mails else ""),
        journal=journal,
    )


def _update_people(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given = Referring(changes, partial(read_year_groups, account.client))
    bulks: dict[str, Bulk[Any]] = {
        STUDENTS: account.client.students.update_many(()),
        TEACHERS: account.client.teachers.update_many(()),
        PARENTS: account.client.parents.update_many(()),
    }
    return routed(
        given,
        {path: bulk.converting(given.row(people.changed_row)) for path, bulk in bulks.items()},
        people.path_of,
        operation="people.update",
        journal=journal,
    )


def _return_people(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given = Referring(changes, partial(read_year_groups, account.client))
    to_row = given.row(people.changed_row)
    return routed(
        given,
        {path: return_people(one, to_row) for path, one in people_lists(account.client).items()},
        people.path_of,
        operation="people.return",
        journal=journal,
    )


def _archive_people(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    bulks: dict[str, Bulk[Any]] = {
        STUDENTS: account.client.students.archive_many(()),
        TEACHERS: account.client.teachers.archive_many(()),
        PARENTS: account.client.parents.archive_many(()),
    }
    to_row = partial(people.archived_row, archive_as=account.settings.archive_as, on=account.as_of)
    return routed(
        changes,
        {path: bulk.converting(to_row) for path, bulk in bulks.items()},
        people.path_of,
        operation="people.archive",
        journal=journal,
    )


def _link(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (
        referring := Referring(changes, partial(read_people, account.client, STUDENTS, PARENTS))
    )
    bulk: Bulk[Any] = account.client.children.add_many(given, journal=journal)
    to_row = partial(relationships.new_row, relationship=account.settings.relationship)
    return bulk.converting(referring.row(to_row))


def _unlink(account: _Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.children.remove_many(changes, guard=_COUNTED, journal=journal)
    return bulk.converting(relationships.removed_row)


def _return_links(account: _Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    return relationships.confirm_links(account.client.children, changes, journal=journal)


def _create_sections(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    read = partial(sections.read_section_names, account.client, account.settings.class_language)
    given = Referring(changes, read)
    classes = SingleClasses(account.client._transport)
    return classes.create_each(given, given.row(sections.new_row), journal=journal)


def _change_sections(
    account: _Account,
    changes: Changes,
    journal: Journal | None,
    *,
    to_row: Callable[[Change], dict[str, Any]],
) -> Bulk[Change]:
    return SingleClasses(account.client._transport).update_each(changes, to_row, journal=journal)


def _enroll(account: _Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    async def read() -> EnrollmentNames:
        known = await read_people(account.client, STUDENTS, TEACHERS)
        return EnrollmentNames(people=known, classes=await read_classes(account.client))

    given = Referring(changes, read)
    to_row = given.row(enrollments.new_row)
    teachers: Bulk[Any] = account.client.classes.add_teachers_many(())
    return routed(
        given,
        {
            STUDENTS: StudentAddition(account.client._transport)
            .add_students_many(())
            .converting(to_row),
            TEACHERS: teachers.converting(to_row),
        },
        lambda change: enrollments.path_of_new(change, given.names),
        operation="classes.add_people",
        journal=journal,
    )


def _remove_from_classes(
    account: _Account, changes: Changes, journal: Journal | None
) -> Bulk[Change]:
    students: Bulk[Any] = account.client.classes.remove_students_many(())
    teachers: Bulk[Any] = account.client.classes.remove_teachers_many(())
    return routed(
        changes,
        {
            STUDENTS: students.converting(enrollments.removed_row),
            TEACHERS: teachers.converting(enrollments.removed_row),
        },
        enrollments.path_of,
        operation="classes.remove_people",
        journal=journal,
    )


_Way = Callable[[_Account, Changes, Journal | None], Bulk[Change]]
_WAYS: Mapping[tuple[str, Action], _Way] = {
    ("people", Action.CREATE): _create_people,
    ("people", Action.UPDATE): _update_people,
    ("people", Action.RETURN): _return_people,
    ("people", Action.ARCHIVE): _archive_people,
    ("relationships", Action.LINK): _link,
    ("relationships", Action.RETURN): _return_links,
    ("relationships", Action.UNLINK): _unlink,
    ("sections", Action.CREATE): _create_sections,
    ("sections", Action.UPDATE): partial(_change_sections, to_row=sections.changed_row),
    ("sections", Action.RETURN): partial(_change_sections, to_row=sections.returned_row),
    ("sections", Action.ARCHIVE): partial(_change_sections, to_row=sections.archived_row),
    ("enrollments", Action.LINK): _enroll,
    ("enrollments", Action.UNLINK): _remove_from_classes,
}
