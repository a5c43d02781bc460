"""The school that a sandbox serves: its accounts, their links, and a record of all changes.

It has no clock and no network. Tests may read and change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from attrs import evolve

from . import seed as seeds
from .accounts import Account, Fields, Rejected, comma_list, written
from .records import Delete, EmailConflicts, Inactive, Links, Mail, Reactivation
from .roster import Roster
from .roster.seed import Size, fill


class School(Roster):
    """A school. ``users`` has the accounts by ``uid``, in the order of the vendor's list."""

    school_id = 344232
    title = "Sandbox Academy"
    verified_domain = "myclass.example"

    def __init__(self) -> None:
        super().__init__(str(self.school_id), self.title)
        self.users: dict[str, Account] = {}
        self.inactive: dict[str, Inactive] = {}
        self.parents = Links()
        self.advisors = Links()
        self.creates: Counter[str] = Counter()
        """How often each ``school_uid`` was created."""
        self.updates: Counter[str] = Counter()
        """How often each ``uid`` was updated, also by a create with ``update_existing``."""
        self.deletes: list[Delete] = []
        self.reactivations: list[Reactivation] = []
        self.mails: list[Mail] = []
        self.elsewhere: dict[str, str] = {}
        """Email addresses of accounts in other schools, with the name of the school."""
        self.merged: list[str] = []
        """Email addresses of accounts of other schools that were merged into this school's."""
        self._by_school_uid: dict[str, str] = {}
        self._by_mail: dict[str, str] = {}
        self._by_username: dict[str, str] = {}
        self._next_uid = 1710709
        self.api_uid = "45552"
        """The ``uid`` of the API user."""
        administrator = {"name_first": "Mr.", "name_last": "Strickland", "username": "mrstrickland"}
        self._keep(
            Account(uid=self.api_uid, building_id=self.school_id, role_id=seeds.ADMINISTRATOR),
            written(administrator),
        )

    @classmethod
    def seeded(
        cls,
        count: int,
        seed: int = 0,
        *,
        courses: int = 0,
        sections: int = 0,
        enrollments: int = 0,
        today: date | None = None,
    ) -> Self:
        """Return a school with the API user, who is an administrator, ``count`` more people, and a
        roster of any size.

        :param today: a day of the sections' school year; by default, the current day.
        """
        school = cls()
        for person in seeds.people(count, seed):
            account = school.add(person.fields)
            for child in person.children:
                student = school.by_school_uid(child)
                if student is not None:
                    school.parents.link(student.uid, account.uid)
            advisor = school.by_school_uid(person.advisor)
            if advisor is not None:
                school.advisors.link(account.uid, advisor.uid)
        fill(
            school,
            Size(courses, sections, enrollments),
            seed=seed,
            teachers=[a.uid for a in school.users.values() if a.role_id == seeds.TEACHER],
            students=[a.uid for a in school.users.values() if a.role_id == seeds.STUDENT],
            today=today or date.today(),
        )
        return school

    # -- for tests: read and change the state without the vendor's rules

    def by_school_uid(self, school_uid: str) -> Account | None:
        """Return the active account with this ``school_uid``."""
        uid = self._by_school_uid.get(school_uid)
        return self.users[uid] if uid is not None else None

    def add(self, fields: Fields | None = None, **more: Any) -> Account:
        """Add an account at the end of the list, without counting it as created."""
        all_fields = {**(fields or {}), **more}
        uid = str(all_fields.pop("uid", "")) or self._new_uid()
        if uid in self.users:
            raise ValueError(f"there is a user {uid} already")
        account = Account(uid=uid, building_id=self.school_id, role_id=seeds.STUDENT)
        return self._keep(account, written(all_fields))

    def insert_first(self, fields: Fields | None = None, **more: Any) -> Account:
        """Add an account at the beginning of the list, so that all others move back by one."""
        rest = dict(self.users)
        account = self.add(fields, **more)
        self.users.clear()
        self.users[account.uid] = account
        self.users.update(rest)
        return account

    def remove(self, uid: str) -> Account:
        """Remove an account, so that all after it move up by one."""
        self._forget(self.users[uid])
        return self.users.pop(uid)

    # -- what the API can do

    def create(self, fields: Fields, conflicts: EmailConflicts | None = None) -> Account:
        """Create an account, or raise :class:`Rejected`."""
        changes = written(fields)
        for name in ("school_uid", "name_first", "name_last", "role_id"):
            # The documents say that school_uid is required. In the live API that may depend on the
            # school's settings.
            if not changes.get(name):
                raise Rejected(400, f"{name} is required.")
        if not (changes.get("username") or changes.get("primary_email")):
            raise Rejected(400, "username or primary_email is required.")
        if changes["school_uid"] in self._by_school_uid:
            raise Rejected(409, f"A user with the unique ID {changes['school_uid']} exists.")
        merged = self._settle_mail(changes, conflicts or EmailConflicts())
        self._check_username(changes.get("username", ""))
        links = self._links_in(fields)
        account = Account(uid=self._new_uid(), building_id=self.school_id)
        account = self._keep(account, changes)
        self._link(account.uid, links)
        self.merged += merged
        for mail in merged:
            del self.elsewhere[mail]
        self.creates[account.school_uid] += 1
        if str(fields.get("email_login_info", "")) == "1" and account.primary_email:
            self.mails.append(Mail(account.uid, "login information"))
        return account

    def update(self, uid: str, fields: Fields) -> Account:
        """Change the fields of an account, or raise :class:`Rejected`."""
        account = self._active(uid)
        changes = written(fields)
        school_uid = changes.get("school_uid", account.school_uid)
        if school_uid != account.school_uid:
            # Assumed: the change is refused, not ignored. The documents say "not editable".
            if account.synced:
                raise Rejected(400, "The unique ID of a synced user cannot be changed.")
            if school_uid in self._by_school_uid:
                raise Rejected(409, f"A user with the unique ID {school_uid} exists.")
        mail = changes.get("primary_email", account.primary_email)
        holder = self._by_mail.get(mail.lower(), uid)
        if mail != account.primary_email and (holder != uid or mail.lower() in self.elsewhere):
            raise Rejected(409, f"The email address {mail} is taken.")
        username = changes.get("username", account.username)
        self._check_username(username, of=uid)
        if (account.username or account.primary_email) and not (username or mail):
            raise Rejected(400, "username or primary_email is required.")
        links = self._links_in(fields)
        self._forget(account)
        account = self._keep(account, changes)
        self._link(uid, links)
        self.updates[uid] += 1
        return account

    def delete(
        self, uid: str, *, keep_enrollments: bool, email: bool, comment: str = "", at: int = 0
    ) -> Delete:
        """Make an account inactive, or raise :class:`Rejected`."""
        account = self._active(uid)
        if uid == self.api_uid:
            raise Rejected(403, "You cannot delete your own account.")  # assumed
        self._forget(account)
        del self.users[uid]
        kept = account.has_history and keep_enrollments
        self.inactive[uid] = Inactive(evolve(account, has_history=kept), at, self.api_uid)
        # Without an address, no email can be sent.
        emailed = email and bool(account.primary_email)
        delete = Delete(uid, account.school_uid, keep_enrollments, emailed, comment)
        self.deletes.append(delete)
        if not keep_enrollments:
            self.enrollments.end_all_of(uid)
        if emailed:
            self.mails.append(Mail(uid, "made inactive"))
        return delete

    def reactivate(self, uid: str, *, reenroll: bool) -> Account:
        """Make an inactive account active again, or raise :class:`Rejected`."""
        if uid in self.users:
            raise Rejected(400, f"User {uid} is active already.")
        if uid not in self.inactive:
            raise Rejected(404, f"There is no inactive user {uid}.")
        account = self.inactive[uid].account
        if any(key in index for index, key in self._keys(account)):
            # Another account has the same key now. Assumed: the vendor refuses.
            raise Rejected(409, f"Another user now has the keys of user {uid}.")
        del self.inactive[uid]
        self.reactivations.append(Reactivation(uid, reenrolled=reenroll))
        if reenroll:
            self.enrollments.restore(uid, self.has_realm)
        return self._keep(account, {})

    # -- inside

    def _new_uid(self) -> str:
        while str(self._next_uid) in self.users or str(self._next_uid) in self.inactive:
            self._next_uid += 1
        self._next_uid += 2  # the documents' samples leave gaps
        return str(self._next_uid - 2)

    def _active(self, uid: str) -> Account:
        if uid not in self.users:
            raise Rejected(404, f"There is no user {uid}.")
        return self.users[uid]

    def _keep(self, account: Account, changes: dict[str, Any]) -> Account:
        details = {**account.details, **changes.pop("details", {})}
        kept = evolve(account, **changes, details=details)
        self.users[kept.uid] = kept
        for index, key in self._keys(kept):
            index[key] = kept.uid
        return kept

    def _forget(self, account: Account) -> None:
        for index, key in self._keys(account):
            if index.get(key) == account.uid:
                del index[key]

    def _keys(self, account: Account) -> Iterable[tuple[dict[str, str], str]]:
        keys = (
            (self._by_school_uid, account.school_uid),
            (self._by_mail, account.primary_email.lower()),
            (self._by_username, account.username.lower()),
        )
        return [(index, key) for index, key in keys if key]

    def _check_username(self, username: str, of: str | None = None) -> None:
        if self._by_username.get(username.lower(), of) != of:
            raise Rejected(409, f"The username {username} is taken.")

    def _settle_mail(self, changes: dict[str, Any], conflicts: EmailConflicts) -> list[str]:
        """Apply the parameters about email conflicts. Return the addresses of accounts to merge."""
        mail = changes.get("primary_email", "")
        here = mail.lower() in self._by_mail
        if not here and mail.lower() not in self.elsewhere:
            return []
        name, _, domain = mail.partition("@")
        # "If an email account already exists within Schoology": in this school or another.
        username_only = conflicts.resolution == 1
        if conflicts.resolution == 2 and not here:
            if domain.lower() == self.verified_domain:
                return [mail.lower()]
            username_only = True
        if username_only:
            changes["primary_email"] = ""
            changes["username"] = changes.get("username") or name
        elif conflicts.ignore and not here:
            changes["primary_email"] = ""
            changes["username"] = changes.get("username") or changes["school_uid"]
        else:
            raise Rejected(409, f"The email address {mail} is taken.")
        return []

    def _links_in(self, fields: Fields) -> list[tuple[Links, list[str]]]:
        """Return the links in a write. They replace all existing links of the same kind."""
        new_links = []
        for name, links in (("parent_uids", self.parents), ("advisor_uids", self.advisors)):
            if name in fields:
                try:
                    uids = comma_list(fields[name])
                except TypeError:
                    raise Rejected(400, f"Invalid value for {name}.") from None
                for uid in uids:
                    if uid not in self.users:
                        raise Rejected(400, f"Invalid value for {name}: no user {uid}.")
                new_links.append((links, uids))
        return new_links

    @staticmethod
    def _link(uid: str, new_links: list[tuple[Links, list[str]]]) -> None:
        for links, others in new_links:
            for old in links.of(uid):
                links.unlink(uid, old)
            for other in others:
                links.link(uid, other)
