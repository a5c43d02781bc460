"""The people, classes and groups of a school. This module has no clock and no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from .ledger import Ledger
from .records import EPOCH, LEVELS, Class, Group, Kind, Person, YearGroup
from .roster.academics import Academics, Term
from .roster.relations import Relations
from .roster.store import Store


class SchoolState:
    """The people, classes and groups of a school, each by its ``id``."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.students: Store[Person] = Store()
        self.teachers: Store[Person] = Store()
        """The teachers, which v1 calls advisors."""
        self.parents: Store[Person] = Store()
        self.relations = Relations()
        self.classes: Store[Class] = Store()
        self.ib_groups: Store[YearGroup] = Store()
        """The IB groups, which v2 calls year groups."""
        self.groups: dict[int, Group] = {}
        """All other groups. Only ``students/{id}/memberships`` shows them."""
        self.academics = Academics()
        self.ledger = Ledger()
        self.year_labels: dict[str, int] = {}
        """The IB group for each ``year_label``. In v1, labels have no effect unless the school has
        set them up."""
        self.creates: Counter[str] = Counter()
        """How often v1 created a user with an email address, and with a ``student_id``."""
        self.updates: Counter[int] = Counter()
        """How often v1 updated each user."""
        self.member_writes: Counter[tuple[int, int]] = Counter()
        """How often ``PATCH classes/{id}/students`` changed a student, by class and student."""
        self.member_adds: Counter[tuple[int, int]] = Counter()
        """How often a request of v2 added a student or a teacher to a class, by class and user.
        Requests for a user who is in the class already do not count."""
        self.member_removals: Counter[tuple[int, int]] = Counter()
        """How often a request of v2 removed a student or a teacher from a class."""
        self.group_adds: Counter[tuple[int, int]] = Counter()
        """How often v2 added a student to a year group, by group and student."""
        self.group_removals: Counter[tuple[int, int]] = Counter()
        """How often v2 removed a student from a year group, by group and student."""
        self.welcome_mails: list[int] = []
        """The users to whom a welcome email was sent, in order."""
        self._next = {"people": 10_500_001, "classes": 10_200_001, "groups": 10_100_001}
        self._taken: set[int] = set()
        self._emails: dict[str, int] = {}
        self._student_ids: dict[str, int] = {}

    @property
    def terms(self) -> dict[int, Term]:
        """The terms of all academic years."""
        return self.academics.terms

    # -- for tests: read and change the state without the vendor's rules

    def members(self, class_id: int) -> dict[int, str | None]:
        """Return the students of a class with their levels."""
        return {m.user_id: m.level for m in self.ledger.in_class(class_id, teaches=False)}

    def class_teachers(self, class_id: int) -> dict[int, bool]:
        """Return the teachers of a class, and whether each shows on reports."""
        return {m.user_id: m.show_on_reports for m in self.ledger.in_class(class_id, teaches=True)}

    def user(self, user_id: int) -> Person | None:
        """Return the person with this id."""
        for people in (self.students, self.teachers, self.parents):
            if user_id in people:
                return people[user_id]
        return None

    def anyone(self, user_id: int) -> Person | None:
        """Return the person with this id, even if deleted."""
        stores = (self.students, self.teachers, self.parents)
        gone = (store.deleted.get(user_id) for store in stores)
        return self.user(user_id) or next((each for each in gone if each is not None), None)

    def any_class(self, class_id: int) -> Class:
        """Return the class with this id, even if deleted."""
        return self.classes.get(class_id) or self.classes.deleted[class_id]

    def by_email(self, email: str) -> Person | None:
        """Return the person with this email address."""
        user_id = self._emails.get(email.lower())
        return None if user_id is None else self.user(user_id)

    def by_student_id(self, student_id: str) -> Person | None:
        """Return the student with this ``student_id``."""
        user_id = self._student_ids.get(student_id)
        return None if user_id is None else self.students[user_id]

    def add_student(
        self,
        email: str,
        *,
        student_id: str = "",
        id: int | None = None,  # noqa: A002 - the vendor's name
        archived: bool = False,
        parents: Iterable[int] = (),
        **fields: Any,
    ) -> Person:
        """Add a student, without counting it as created."""
        number = self.number("people", id)
        student_id = student_id or f"S{number}"
        person = Person(number, "student", email, student_id, archived=archived, fields=fields)
        return self.keep(person, parents)

    def add_teacher(
        self,
        email: str,
        *,
        id: int | None = None,  # noqa: A002
        archived: bool = False,
        admin: bool = False,
        **fields: Any,
    ) -> Person:
        """Add an advisor, without counting it as created."""
        number = self.number("people", id)
        person = Person(number, "advisor", email, archived=archived, admin=admin, fields=fields)
        return self.keep(person)

    def add_parent(
        self,
        email: str,
        *,
        id: int | None = None,  # noqa: A002
        archived: bool = False,
        children: Iterable[int] = (),
        **fields: Any,
    ) -> Person:
        """Add a parent, without counting it as created."""
        number = self.number("people", id)
        person = Person(number, "parent", email, archived=archived, fields=fields)
        return self.keep(person, children)

    def add_class(self, name: str, *, id: int | None = None, **more: Any) -> Class:  # noqa: A002
        """Add a class."""
        made = Class(self.number("classes", id), name, **more)
        self.classes[made.id] = made
        return made

    def add_ib_group(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002
        **more: Any,
    ) -> YearGroup:
        """Add an IB group, which v2 calls a year group."""
        made = YearGroup(self.number("groups", id), name, **more)
        self.ib_groups[made.id] = made
        return made

    def add_group(self, name: str, *, id: int | None = None, **more: Any) -> Group:  # noqa: A002
        """Add a group of another kind, such as a club."""
        made = Group(self.number("groups", id), name, **more)
        self.groups[made.id] = made
        return made

    def add_term(self, starts_on: date, ends_on: date, **more: Any) -> Term:
        """Add a term, for classes to begin and end with. See :meth:`Academics.add_term`."""
        return self.academics.add_term(starts_on, ends_on, **more)

    # -- the members of classes and groups

    def enrol(
        self, class_id: int, student_id: int, *, level: str | None = None, at: datetime = EPOCH
    ) -> None:
        """Add a student to a class. ``level=None`` keeps the level of a student already in it."""
        if level not in {None, *LEVELS}:
            raise ValueError(f"no such level: {level!r}")
        membership = self.ledger.join(class_id, student_id, at, teaches=False)
        if level is not None and level != membership.level:
            membership.level, membership.updated_at = level, at

    def clear_level(self, class_id: int, student_id: int, *, at: datetime = EPOCH) -> None:
        """Remove a student's level in a class."""
        membership = self.ledger.find(class_id, student_id)
        if membership is not None and membership.level is not None:
            membership.level, membership.updated_at = None, at

    def teach(
        self,
        class_id: int,
        teacher_id: int,
        *,
        show_on_reports: bool | None = None,
        at: datetime = EPOCH,
    ) -> None:
        """Add a teacher to a class. ``None`` keeps the setting of a teacher already in it."""
        membership = self.ledger.join(class_id, teacher_id, at, teaches=True)
        if show_on_reports is not None and show_on_reports != membership.show_on_reports:
            membership.show_on_reports, membership.updated_at = show_on_reports, at

    def leave(self, class_id: int, user_id: int, *, at: datetime = EPOCH) -> bool:
        """Remove a user from a class; return whether they were in it."""
        return self.ledger.leave(class_id, user_id, at)

    def leave_everything(self, person: Person, at: datetime) -> None:
        """Remove a person from all classes, groups and year groups."""
        for membership in self.ledger.of_user(person.id):
            self.leave(membership.class_id, person.id, at=at)
        for group in self.ib_groups.values():
            self._leave_ib_group(group, person.id, at)
            group.advisors.pop(person.id, None)
        for club in self.groups.values():
            club.advisors.pop(person.id, None)
            if person.id in club.student_ids:
                club.student_ids.remove(person.id)

    def move_to_ib_group(self, group_id: int, student_id: int, *, at: datetime = EPOCH) -> None:
        """Put a student into an IB group.

        The student leaves every other active group, unless this group is archived. v2's
        specification documents this for year groups (v2-endpoints.md, 4). Assumed for v1.
        """
        target = self.ib_groups[group_id]
        if not target.archived:
            self.leave_ib_groups(student_id, at=at, but=target)
        if student_id not in target.student_ids:
            target.student_ids.append(student_id)
            target.updated_at = at

    def leave_ib_groups(
        self, student_id: int, *, at: datetime = EPOCH, but: YearGroup | None = None
    ) -> None:
        """Remove a student from all active year groups except ``but``."""
        for group in self.ib_groups.values():
            if not group.archived and group is not but:
                self._leave_ib_group(group, student_id, at)

    def _leave_ib_group(self, group: YearGroup, student_id: int, at: datetime) -> None:
        """Remove a student. Assumed: the members of a group count as its modification."""
        if student_id in group.student_ids:
            group.student_ids.remove(student_id)
            group.updated_at = at

    # -- for the other modules of the sandbox

    def number(self, what: str, wanted: int | None = None) -> int:
        """Return a free id for one of ``people``, ``classes`` or ``groups``."""
        if wanted is not None and wanted in self._taken:
            raise ValueError(f"{wanted} is taken")
        if wanted is None:
            while self._next[what] in self._taken:
                self._next[what] += 1
            wanted = self._next[what]
        self._taken.add(wanted)
        return wanted

    def release(self, person: Person) -> None:
        """Remove a person's keys and links, before :meth:`keep` adds the new ones."""
        self._emails.pop(person.email.lower(), None)
        self._student_ids.pop(person.student_id, None)
        for other in [self.user(number) for number in person.kin]:
            if other is not None:
                other.kin.remove(person.id)
        person.kin = []

    def rename(self, person: Person, email: str, student_id: str) -> None:
        """Add a person with these keys, or change their keys."""
        self._emails.pop(person.email.lower(), None)
        self._student_ids.pop(person.student_id, None)
        person.email, person.student_id = email, student_id
        self.keep(person)

    def relink(self, person: Person, kin: Iterable[int]) -> None:
        """Replace the parents of a student, or the children of a parent."""
        for other in [self.user(number) for number in person.kin]:
            if other is not None:
                other.kin.remove(person.id)
        person.kin = []
        self.keep(person, kin)

    def people(self, kind: Kind) -> Store[Person]:
        """Return all people of a type."""
        return {"student": self.students, "advisor": self.teachers, "parent": self.parents}[kind]

    def keep(self, person: Person, kin: Iterable[int] = ()) -> Person:
        """Add a person, and link them to their parents or children."""
        self.people(person.kind)[person.id] = person
        self._emails[person.email.lower()] = person.id
        if person.student_id:
            self._student_ids[person.student_id] = person.id
        for number in kin:
            other = self.user(number)
            if other is not None and number not in person.kin:
                person.kin.append(number)
                other.kin.append(person.id)
        return person
