"""Make the changes of a plan with the bulk methods of the client."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal
from lms_async.roster import Action, Change
from lms_async.roster.targets.referring import Changes, Referring

from . import courses, enrollments, people, relationships, sections, terms
from .people import PeopleNames, read_people_names
from .references import Account
from .returning import update_returned
from .sections import SectionNames, read_section_names

#: The plan's own guard has counted the removals.
_COUNTED_BY_PLAN = Guard(sys.maxsize)


def apply(
    account: Account, kind: str, action: Action, changes: Changes, journal: Journal | None
) -> Bulk[Change]:
    """Return a bulk that makes the changes.

    :raises InvalidInput: Schoology can't make such changes.
    """
    way = _WAYS.get((kind, action))
    if way is None:
        raise InvalidInput(f"Schoology can't {action} {kind}")
    return way(account, changes, journal)


# The bulk methods are given the changes, and `converting` turns each of them into a row when it is
# checked. So the types of the rows are not those of the methods' signatures.


def _create_terms(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    return terms.TermCreation(account.client._transport).create_terms(changes, journal=journal)


def _people(account: Account, changes: Changes) -> Referring[PeopleNames]:
    return Referring(changes, partial(read_people_names, account))


def _create_people(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (referring := _people(account, changes))
    bulk: Bulk[Any] = account.client.users.create_many(given, update_existing=True, journal=journal)
    return bulk.converting(referring.row(people.new_row))


def _update_people(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (referring := _people(account, changes))
    bulk: Bulk[Any] = account.client.users.update_many(given, journal=journal)
    return bulk.converting(referring.row(people.changed_row))


def _deactivate_people(account: Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.users.delete_many(
        changes, keep_enrollments=True, notify=False, guard=_COUNTED_BY_PLAN, journal=journal
    )
    return bulk.converting(lambda change: change.vendor_id)


def _return_people(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.users.reactivate_many(changes, journal=journal)  # type: ignore[arg-type]
    return bulk.converting(people.returned_row, follow_up=partial(update_returned, account))


def _link(account: Account, changes: Any, journal: Journal | None, *, delete: bool) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.users.import_parents(changes, journal=journal)
    return bulk.converting(partial(relationships.row, delete=delete))


def _create_courses(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (referring := Referring(changes, account.buildings))
    bulk: Bulk[Any] = account.client.courses.create_many(
        given, update_existing=True, journal=journal
    )
    return bulk.converting(referring.row(courses.new_row))


def _update_courses(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (referring := Referring(changes, account.buildings))
    bulk: Bulk[Any] = account.client.courses.update_many(given, journal=journal)
    return bulk.converting(referring.row(courses.changed_row))


def _create_sections(account: Account, changes: Changes, journal: Journal | None) -> Bulk[Change]:
    given: Any = (
        referring := Referring[SectionNames](changes, partial(read_section_names, account.client))
    )
    bulk: Bulk[Any] = account.client.sections.create_many(given, journal=journal)
    return bulk.converting(referring.row(sections.new_row))


def _update_sections(account: Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.sections.update_many(changes, journal=journal)
    return bulk.converting(sections.changed_row)


def _enroll(account: Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.enrollments.import_by_school_code(changes, journal=journal)
    return bulk.converting(enrollments.new_row)


def _change_enrollments(
    account: Account,
    changes: Any,
    journal: Journal | None,
    *,
    to_row: Callable[[Change], dict[str, Any]],
) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.enrollments.update_many(changes, journal=journal)
    return bulk.converting(to_row)


def _delete_enrollments(account: Account, changes: Any, journal: Journal | None) -> Bulk[Change]:
    bulk: Bulk[Any] = account.client.enrollments.delete_many(
        changes, guard=_COUNTED_BY_PLAN, journal=journal
    )
    return bulk.converting(enrollments.own_id)


_WAYS: Mapping[tuple[str, Action], Callable[[Account, Changes, Journal | None], Bulk[Change]]] = {
    ("terms", Action.CREATE): _create_terms,
    ("people", Action.CREATE): _create_people,
    ("people", Action.UPDATE): _update_people,
    ("people", Action.RETURN): _return_people,
    ("people", Action.DEACTIVATE): _deactivate_people,
    ("relationships", Action.LINK): partial(_link, delete=False),
    ("relationships", Action.UNLINK): partial(_link, delete=True),
    ("courses", Action.CREATE): _create_courses,
    ("courses", Action.UPDATE): _update_courses,
    ("sections", Action.CREATE): _create_sections,
    ("sections", Action.UPDATE): _update_sections,
    ("enrollments", Action.LINK): _enroll,
    ("enrollments", Action.UPDATE): partial(_change_enrollments, to_row=enrollments.changed_row),
    ("enrollments", Action.RETURN): partial(_change_enrollments, to_row=enrollments.returned_row),
    ("enrollments", Action.EXPIRE): partial(_change_enrollments, to_row=enrollments.expired_row),
    ("enrollments", Action.DELETE): _delete_enrollments,
}
