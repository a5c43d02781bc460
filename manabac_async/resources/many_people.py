"""The base of the bulk methods of students, teachers and parents: one person per request.

ManageBac has no bulk requests for people. Several requests are sent at once, as many as the rate
limit allows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.resource import Given, changes_by_id

from ..bulk_results import MISSING_OR_OTHER, may_exist
from ..models.person import Person
from .many import PAGE, ManyRecords, by_id, is_ok, whole_id
from .shown import differs, shows

R = TypeVar("R")

#: The fields that must be equal when a new person is looked up.
_COMPARED = ("first_name", "last_name")
#: Fields that ManageBac shows in another form: the name or the code of the country.
_OTHER_FORM = ("country",)
#: Fields of a new person with ids of other records. The vendor responds with 404 if one of these
#: records does not exist.
_OTHERS = (b'"year_group_id"', b'"homeroom_advisor_id"', b'"parent_ids"', b'"child_ids"')


class ManyPeople(ManyRecords):
    """A resource with bulk methods for one kind of people."""

    #: The path of the list, which is also its key in a response.
    _people: ClassVar[str]
    #: The key of one person in requests and responses.
    _person: ClassVar[str]
    _model: ClassVar[type[Person]]

    def _create_people(
        self,
        people: Given[R],
        sending: Sending,
        *,
        send_welcome_email: bool,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Create people. A person whose response was lost is looked up by email address."""
        if not isinstance(send_welcome_email, bool):
            raise InvalidInput("send_welcome_email must be True or False")
        # Always sent, because the vendor may otherwise invite people for whom it makes a password.
        options = {"options": {"send_welcome_email": send_welcome_email}}

        def prepare(item: R) -> tuple[Hashable, Any]:
            body = sending(item)
            return plain_email(body["email"]), body

        return self._one_each(
            people,
            f"{self._people}.create_many" + (" send_welcome_email" if send_welcome_email else ""),
            "POST",
            build_path(self._people),
            prepare=prepare,
            body=lambda row: {self._person: row, **options},
            required_key=self._person,
            parse=self._of_record,
            path_names_rows=names_others,
            repeatable=False,
            look_up=self._look_up_created,
            is_conflict=may_exist,
            journal=journal,
        )

    def _update_people(
        self, changes: Given[R], sending: Sending, *, journal: Journal | None
    ) -> Bulk[R]:
        """Change people. The same change twice has the same effect."""
        return self._one_each(
            changes,
            f"{self._people}.update_many",
            "PATCH",
            self._path_of(),
            prepare=partial(changes_by_id, sending),
            body=lambda row: {self._person: row},
            required_key=self._person,
            parse=self._of_record,
            path_fields=("id",),
            missing=MISSING_OR_OTHER,
            repeatable=True,
            look_up=self._look_up_each(lambda row, person: shows(person, row)),
            journal=journal,
        )

    def _archive_people(
        self,
        people: Given[R],
        *,
        prepare: Callable[[R], tuple[Hashable, Any]],
        guard: Guard,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Archive people. All rows are read and counted first."""
        count = partial(
            self._count,
            build_path(self._people),
            self._model,
            envelope_key=self._people,
            query=query_params(archived="0"),
        )
        return self._one_each(
            guarded(people, guard, count),
            f"{self._people}.archive_many",
            "PUT",
            self._path_of("/archive"),
            prepare=prepare,
            body=lambda row: row if isinstance(row, dict) else None,
            required_key="status",
            parse=is_ok,
            path_fields=("id",),
            repeatable=True,
            look_up=self._look_up_each(_is_archived),
            journal=journal,
        )

    def _unarchive_people(
        self, ids: Given[str | int], *, journal: Journal | None
    ) -> Bulk[str | int]:
        """Make archived people active again."""
        return self._one_each(
            ids,
            f"{self._people}.unarchive_many",
            "PUT",
            self._path_of("/unarchive"),
            prepare=whole_id,
            body=lambda row: None,
            required_key="status",
            parse=is_ok,
            path_fields=("id",),
            repeatable=True,
            look_up=self._look_up_each(_is_active),
            journal=journal,
        )

    def _path_of(self, action: str = "") -> Callable[[Any], Any]:
        return by_id(self._people + "/{id:person}" + action)

    def _of_record(self, payload: Any, _: Rows[Any]) -> RowResult | None:
        person = payload[self._person]
        known = person.get("id") if isinstance(person, dict) else None
        return None if known is None else RowResult(Status.DONE, str(known))

    def _look_up_each(self, is_done: Callable[[Any, Any], bool | None]) -> Any:
        return partial(
            self._find_each,
            path=self._path_of(),
            model=self._model,
            envelope_key=self._person,
            is_done=is_done,
        )

    async def _look_up_created(self, rows: Rows[Any]) -> list[Found]:
        """Look up new people by their email addresses, one search per person.

        An email address is unique in ManageBac. So sending a missing person again never creates a
        second account. If the first request arrives after the look-up, the vendor rejects the
        second request.
        """

        async def find(sent: Sequence[dict[str, Any]]) -> list[FoundRecord[Person]]:
            return [await self._by_email(row["email"]) for row in sent]

        return await look_up(
            rows,
            find,
            is_same=lambda sent, person: (
                shows(person, sent, _COMPARED) and not differs(person, sent, _OTHER_FORM)
            ),
            id_of=lambda person: person.id,
            resend_changes=False,
        )

    async def _by_email(self, email: str) -> FoundRecord[Person]:
        """Find the active or archived person with exactly this email address.

        The vendor's search also returns people whose other fields contain the address.
        """
        people = await self._list(
            build_path(self._people),
            self._model,
            envelope_key=self._people,
            query=(*query_params(q=email), *PAGE),
        )
        for person in people:
            if person.email is not None and plain_email(person.email) == plain_email(email):
                return person
        return ABSENT


def names_others(rows: Rows[Any]) -> bool:
    """Return whether a new person has the ids of other records."""
    return any(name in rows.bodies[0] for name in _OTHERS)


def plain_email(email: str) -> str:
    """Return an email address as ManageBac compares it."""
    return email.strip().casefold()


def _is_archived(sent: Any, person: Person) -> bool | None:
    """Return whether a person is archived, and on the day that was sent if one is shown."""
    days = {"withdrawn_on", "graduated_on"}
    shown = {name: day for name in days if (day := getattr(person, name, None))}
    archived = True if shown and person.archived is None else person.archived
    if not archived or not shown or not isinstance(sent, dict):
        return archived
    return all(shown.get(name) == day for name, day in sent.items())


def _is_active(_: Any, person: Person) -> bool | None:
    return None if person.archived is None else not person.archived
