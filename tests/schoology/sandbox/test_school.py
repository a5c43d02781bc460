"""The sandbox's school, tested without a server."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schoology_async.sandbox import Delete, Mail, Reactivation, Rejected, School
from schoology_async.sandbox.records import EmailConflicts


def row(school_uid: str, **more: Any) -> dict[str, Any]:
    names = {"name_first": "John", "name_last": "Smith", "role_id": "2451"}
    return {"school_uid": school_uid, **names, "username": school_uid, **more}


@pytest.fixture
def school() -> School:
    return School.seeded(0)


def rejected(code: int) -> Any:
    return pytest.raises(Rejected, check=lambda error: error.code == code)


def test_empty_school_has_an_administrator(school: School) -> None:
    (administrator,) = school.users.values()
    assert administrator.uid == school.api_uid == "45552"
    assert administrator.name_display == "Mr. Strickland"


@pytest.mark.parametrize("count", [0, 1, 2, 13, 500])
def test_seeded_school_has_the_requested_size(count: int) -> None:
    assert len(School.seeded(count, seed=3).users) == count + 1


def test_seed_determines_the_school() -> None:
    one, same, other = (School.seeded(200, seed=seed) for seed in (1, 1, 2))
    assert one.users == same.users
    assert one.users != other.users


def test_seeded_school_is_realistic() -> None:
    school = School.seeded(600, seed=1)
    people = list(school.users.values())
    assert len({p.school_uid for p in people}) == len(people)
    mails = [p.primary_email for p in people if p.primary_email]
    assert len(set(mails)) == len(mails)
    assert {p.role_id for p in people} == {1212, 1213, 1214, 1215}
    assert any(not p.name_display.isascii() for p in people)
    assert any("'" in p.name_display for p in people)
    assert len(school.parents) > 100
    assert len(school.advisors) > 100
    parent = next(p for p in people if p.role_id == 1215)
    for child in school.parents.students(parent.uid):
        assert school.users[child].name_last == parent.name_last


def test_create_is_counted_and_found(school: School) -> None:
    account = school.create(row("S1", password="hunter2"))
    assert school.by_school_uid("S1") == account == school.users[account.uid]
    assert school.creates == {"S1": 1}
    assert account.has_password
    assert "hunter2" not in repr(account)
    with rejected(409):
        school.create(row("S1"))
    assert school.creates == {"S1": 1}


def test_every_create_is_counted(school: School) -> None:
    for _ in range(2):
        school.remove(school.create(row("S1")).uid)
    assert school.creates == {"S1": 2}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "John Smith"),
        ({"name_first_preferred": "Jack"}, "Jack Smith"),
        ({"name_title": "Dr.", "name_middle": "Q"}, "John Smith"),
        ({"name_title": "Dr.", "name_title_show": 1}, "Dr. John Smith"),
        ({"name_middle": "Q", "name_middle_show": "1"}, "John Q Smith"),
    ],
)
def test_display_name(school: School, fields: dict[str, Any], shown: str) -> None:
    assert school.add(row("S1", **fields)).name_display == shown


@pytest.mark.parametrize("name", ["school_uid", "name_first", "name_last", "role_id", "username"])
def test_create_requires_the_required_fields(school: School, name: str) -> None:
    for blank in ("", None):
        with rejected(400):
            school.create(row("S1") | {name: blank})
    assert len(school.users) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"gender": "X"},
        {"grad_year": "27"},
        {"birthday_date": "17.03.1999"},
        {"birthday_date": "2001-02-30"},
        {"name_title": "Sir"},
        {"role_id": "student"},
        {"primary_email": "nobody"},
        {"tz_name": "Mars/Olympus"},
        {"name_title_show": 2},
        {"name_first": ["John"]},
        {"name_first": True},
        {"additional_buildings": "north"},
        {"parent_uids": "1"},
        {"advisor_uids": ["45552"]},
    ],
)
def test_invalid_values_are_rejected_and_change_nothing(
    school: School, wrong: dict[str, Any]
) -> None:
    school.create(row("S1"))
    before = dict(school.users)
    with rejected(400):
        school.create(row("S2", **wrong))
    with rejected(400):
        school.update(school.by_school_uid("S1").uid, wrong)  # type: ignore[union-attr]
    assert school.users == before
    assert not school.updates


def test_update_changes_only_the_given_fields(school: School) -> None:
    uid = school.create(row("S1", gender="F", bio="Plays chess", phone="1", password="x")).uid
    school.update(uid, {"name_first": "Ana", "bio": "Swims", "password": "", "uid": "9", "odd": 1})
    account = school.users[uid]
    assert (account.name_first, account.name_last, account.gender) == ("Ana", "Smith", "F")
    assert account.details == {"bio": "Swims", "phone": "1"}
    assert account.has_password
    assert school.updates == {uid: 1}


def test_update_changes_the_unique_keys(school: School) -> None:
    uid = school.create(row("S1", primary_email="a@b.example")).uid
    school.update(uid, {"school_uid": "S2", "primary_email": "c@d.example", "username": "S2"})
    assert school.by_school_uid("S1") is None
    assert school.by_school_uid("S2") == school.users[uid]
    school.create(row("S1", primary_email="a@b.example"))  # the old keys are free again
    for taken in ({"school_uid": "S1"}, {"primary_email": "A@B.example"}, {"username": "s1"}):
        with rejected(409):
            school.update(uid, taken)
    school.elsewhere["far@b.example"] = "Other School"
    with rejected(409):
        school.update(uid, {"primary_email": "far@b.example"})


def test_update_must_leave_a_login(school: School) -> None:
    uid = school.create(row("S1")).uid
    with rejected(400):
        school.update(uid, {"username": ""})
    school.update(uid, {"username": "", "primary_email": "a@b.example"})


def test_unique_id_of_a_synced_user_is_locked(school: School) -> None:
    uid = school.create(row("S1", synced=1)).uid
    with rejected(400):
        school.update(uid, {"school_uid": "S2"})
    school.update(uid, {"school_uid": "S1", "name_first": "Ana"})


def test_update_of_a_missing_user_gives_404(school: School) -> None:
    with rejected(404):
        school.update("1", {"name_first": "Ana"})


@pytest.mark.parametrize(
    ("mail", "conflicts", "expected"),
    [
        ("free@b.example", EmailConflicts(), ("free@b.example", "")),
        ("John@Else.example", EmailConflicts(ignore=True), ("", "S1")),
        ("john@else.example", EmailConflicts(resolution=1), ("", "john")),
        ("john@else.example", EmailConflicts(resolution=2), ("", "john")),
        ("pat@myclass.example", EmailConflicts(resolution=2), ("pat@myclass.example", "")),
        ("here@b.example", EmailConflicts(resolution=1), ("", "here")),
        ("john@else.example", EmailConflicts(), None),
        ("here@b.example", EmailConflicts(), None),
        ("here@b.example", EmailConflicts(ignore=True), None),
        ("here@b.example", EmailConflicts(resolution=2), None),
    ],
)
def test_email_conflicts(
    school: School, mail: str, conflicts: EmailConflicts, expected: tuple[str, str] | None
) -> None:
    school.create(row("S0", primary_email="here@b.example"))
    school.elsewhere = {"john@else.example": "Other School", "pat@myclass.example": "Other School"}
    asked = row("S1", primary_email=mail, username="")
    if expected is None:
        with rejected(409):
            school.create(asked, conflicts)
        return
    account = school.create(asked, conflicts)
    assert (account.primary_email, account.username) == expected
    assert ("pat@myclass.example" in school.merged) is (mail == "pat@myclass.example")
    assert ("pat@myclass.example" in school.elsewhere) is (mail != "pat@myclass.example")


def test_given_username_is_used(school: School) -> None:
    school.elsewhere = {"john@else.example": "Other School"}
    asked = row("S1", primary_email="john@else.example", username="johnny")
    for conflicts in (EmailConflicts(resolution=1), EmailConflicts(ignore=True)):
        account = school.create(asked, conflicts)
        assert (account.username, account.primary_email) == ("johnny", "")
        school.remove(account.uid)


def test_failed_merge_changes_nothing(school: School) -> None:
    school.elsewhere = {"pat@myclass.example": "Other School"}
    asked = row("S1", primary_email="pat@myclass.example", username="mrstrickland")
    with rejected(409):
        school.create(asked, EmailConflicts(resolution=2))
    assert school.elsewhere
    assert not school.merged


def test_delete_with_the_vendors_defaults_erases_history_and_sends_mail(school: School) -> None:
    uid = school.create(row("S1", primary_email="a@b.example")).uid
    school.delete(uid, keep_enrollments=False, email=True, comment="left", at=7)
    assert uid not in school.users
    assert school.by_school_uid("S1") is None
    entry = school.inactive[uid]
    assert (entry.inactive_timestamp, entry.modified_by_uid) == (7, "45552")
    assert not entry.account.has_history
    deleted = Delete(uid, "S1", keep_enrollments=False, emailed=True, comment="left")
    assert school.deletes == [deleted]
    assert school.mails == [Mail(uid, "made inactive")]
    with rejected(404):
        school.delete(uid, keep_enrollments=True, email=False)


def test_delete_with_keep_enrollments_keeps_history(school: School) -> None:
    uid = school.create(row("S1", primary_email="a@b.example")).uid
    school.delete(uid, keep_enrollments=True, email=False)
    assert school.inactive[uid].account.has_history
    assert not school.deletes[0].emailed
    assert not school.mails


def test_deleted_user_without_an_address_gets_no_mail(school: School) -> None:
    school.delete(school.create(row("S1")).uid, keep_enrollments=True, email=True)
    assert not school.deletes[0].emailed
    assert not school.mails


def test_administrator_cannot_delete_itself(school: School) -> None:
    with rejected(403):
        school.delete(school.api_uid, keep_enrollments=True, email=False)


def test_reactivation_restores_what_is_left(school: School) -> None:
    uid = school.create(row("S1")).uid
    school.delete(uid, keep_enrollments=False, email=False)
    school.reactivate(uid, reenroll=True)
    assert school.by_school_uid("S1") == school.users[uid]
    assert not school.users[uid].has_history  # the deleted history does not come back
    assert school.reactivations == [Reactivation(uid, reenrolled=True)]
    assert not school.inactive
    with rejected(400):
        school.reactivate(uid, reenroll=True)
    with rejected(404):
        school.reactivate("1", reenroll=True)


def test_reactivation_fails_if_the_unique_id_is_taken(school: School) -> None:
    uid = school.create(row("S1")).uid
    school.delete(uid, keep_enrollments=True, email=False)
    school.create(row("S1", username="other"))
    with rejected(409):
        school.reactivate(uid, reenroll=False)


def test_login_information_is_sent_only_on_request(school: School) -> None:
    school.create(row("S1", primary_email="a@b.example"))
    school.create(row("S2", email_login_info="1"))  # has no address to send it to
    account = school.create(row("S3", primary_email="c@d.example", email_login_info=1))
    assert school.mails == [Mail(account.uid, "login information")]


def test_written_relations_replace_the_old_ones(school: School) -> None:
    mother, father = (school.create(row(uid)).uid for uid in ("P1", "P2"))
    child = school.create(row("S1", parent_uids=f"{mother}, {father}", advisor_uids="45552")).uid
    assert school.parents.of(child) == [mother, father]
    assert school.advisors.of(child) == ["45552"]
    school.update(child, {"parent_uids": father})
    assert school.parents.of(child) == [father]
    assert school.parents.students(mother) == []
    school.update(child, {"parent_uids": ""})
    assert len(school.parents) == 0
    assert len(school.advisors) == 1


def test_accounts_can_be_inserted_and_removed(school: School) -> None:
    last = school.add(school_uid="S1")
    first = school.insert_first(school_uid="S0", uid="7")
    assert list(school.users) == ["7", "45552", last.uid]
    assert school.remove(first.uid) == first
    assert list(school.users) == ["45552", last.uid]
    assert school.by_school_uid("S0") is None
    assert not school.creates
    with pytest.raises(ValueError):
        school.add(uid="45552")


class AnySchool(RuleBasedStateMachine):
    """After any sequence of operations, unique keys are unique and lead to their account."""

    def __init__(self) -> None:
        super().__init__()
        self.school = School.seeded(0)

    keys = st.sampled_from(["A", "B", "C"])
    mails = st.sampled_from(["a@x.example", "A@x.example", "b@x.example", ""])
    conflicts = st.sampled_from(
        [EmailConflicts(), EmailConflicts(ignore=True), EmailConflicts(resolution=1)]
    )

    def attempt(self, what: str, *arguments: Any, **options: Any) -> None:
        before = (dict(self.school.users), dict(self.school.inactive))
        try:
            getattr(self.school, what)(*arguments, **options)
        except Rejected:
            assert (self.school.users, self.school.inactive) == before

    @rule(key=keys, mail=mails, conflicts=conflicts)
    def create(self, key: str, mail: str, conflicts: EmailConflicts) -> None:
        username = "" if mail else key
        self.attempt("create", row(key, primary_email=mail, username=username), conflicts)

    @rule(key=keys, mail=mails, which=st.integers(0, 3))
    def update(self, key: str, mail: str, which: int) -> None:
        uid = list(self.school.users)[which % len(self.school.users)]
        self.attempt("update", uid, {"school_uid": key, "primary_email": mail})

    @rule(which=st.integers(0, 3))
    def delete(self, which: int) -> None:
        uid = list(self.school.users)[which % len(self.school.users)]
        self.attempt("delete", uid, keep_enrollments=True, email=False)

    @rule(which=st.integers(0, 3))
    def reactivate(self, which: int) -> None:
        uids = [*self.school.inactive, "nobody"]
        self.attempt("reactivate", uids[which % len(uids)], reenroll=False)

    @invariant()
    def keys_are_unique_and_found(self) -> None:
        for name in ("school_uid", "primary_email", "username"):
            held = [getattr(a, name).lower() for a in self.school.users.values()]
            held = [key for key in held if key]
            assert len(set(held)) == len(held), name
        for account in self.school.users.values():
            if account.school_uid:
                assert self.school.by_school_uid(account.school_uid) == account
        assert not self.school.users.keys() & self.school.inactive.keys()


TestAnySchool = AnySchool.TestCase
TestAnySchool.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
