"""The ManageBac sandbox's school, tested without a server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from manabac_async.sandbox import Rejected, School
from manabac_async.sandbox.fields import day, ids, label
from manabac_async.sandbox.records import EPOCH
from manabac_async.sandbox.users import create, update


def row(**more: Any) -> dict[str, Any]:
    names = {"type": "student", "first_name": "Ada", "last_name": "Okafor"}
    return {**names, "email": "ada@school.example", "student_id": "1", **more}


def test_seeded_school_has_the_requested_size() -> None:
    school = School.seeded(students=300, teachers=20, classes=40, seed=1, parents=50, members=7)
    assert len(school.students) == 300
    assert len(school.teachers) == 20
    assert len(school.classes) == 40
    assert len(school.parents) == 50
    assert {len(school.members(number)) for number in school.classes} == {7}
    assert {len(school.class_teachers(number)) for number in school.classes} == {1}
    assert all(school.students[child].kin for p in school.parents.values() for child in p.kin)
    assert sum(len(group.student_ids) for group in school.ib_groups.values()) == 300
    assert not school.creates
    everybody = [*school.students, *school.teachers, *school.parents]
    groups = [*school.classes, *school.ib_groups]
    assert len({*everybody, *groups}) == len(everybody) + len(groups)


def test_seeded_classes_are_empty_by_default() -> None:
    school = School.seeded(students=30, teachers=3, classes=4)
    assert not school.ledger.live


def test_seed_determines_the_school() -> None:
    size = {"students": 100, "teachers": 5, "classes": 9, "parents": 9, "members": 3}
    one, same, other = (School.seeded(**size, seed=seed) for seed in (1, 1, 2))
    assert one.students == same.students
    assert one.classes == same.classes
    assert one.ledger.live == same.ledger.live
    assert one.students != other.students


def test_ids_are_unique() -> None:
    school = School()
    taken = school.add_student("one@school.example").id + 1
    school.add_parent("two@school.example", id=taken)
    assert school.add_student("three@school.example").id == taken + 1
    with pytest.raises(ValueError, match=f"{taken} is taken"):
        school.add_class("Biology", id=taken)


def test_students_of_a_year_group_are_found_after_each_change() -> None:
    group = School().add_ib_group("Grade 12", student_ids=[1, 2])
    group.student_ids.append(3)
    group.student_ids.remove(1)
    assert [number in group.student_ids for number in (1, 2, 3)] == [False, True, True]
    group.student_ids = [4]  # replaced as a whole
    group.student_ids.append(5)
    assert [number in group.student_ids for number in (3, 4, 5)] == [False, True, True]
    assert group.student_ids == [4, 5]


def test_invalid_level_raises() -> None:
    school = School()
    with pytest.raises(ValueError, match="no such level: 'higher'"):
        school.enrol(school.add_class("Biology").id, 1, level="higher")


def test_unchanged_values_do_not_count_as_a_modification() -> None:
    school = School()
    number = school.add_class("Biology").id
    later = EPOCH + timedelta(days=1)
    school.enrol(number, 1, level="SL")
    school.teach(number, 2, show_on_reports=True)
    for _ in range(2):
        school.enrol(number, 1, level="SL", at=later)
        school.enrol(number, 1, at=later)
        school.teach(number, 2, show_on_reports=True, at=later)
    assert {m.updated_at for m in school.ledger.live.values()} == {EPOCH}
    school.clear_level(number, 1, at=later)
    assert school.ledger.find(number, 1).updated_at == later  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("17.03.1999", "1999-03-17"), ("1997-04-01", "1997-04-01"), ("", "")],
)
def test_dates_are_read_in_both_formats(given: str, kept: str) -> None:
    assert day(given) == kept


@pytest.mark.parametrize("given", ["31.02.1999", "17/03/1999", "soon", None, True, ["1999"]])
def test_invalid_dates_are_rejected(given: Any) -> None:
    with pytest.raises(ValueError):
        day(given)


@pytest.mark.parametrize("given", [[1, 2], ["1", "2"], "1, 2", "1,2,", [1, "", 2]])
def test_id_lists_are_read_in_all_formats(given: Any) -> None:
    assert ids(given) == [1, 2]


@pytest.mark.parametrize("given", [1, "one", [None], {"id": 1}])
def test_invalid_id_lists_are_rejected(given: Any) -> None:
    with pytest.raises(ValueError):
        ids(given)


def test_labels_match_the_documentation() -> None:
    assert [label(name) for name in ("student_id", "email")] == ["Student ID", "Email"]


def test_all_errors_of_a_user_are_reported_together() -> None:
    with pytest.raises(Rejected) as caught:
        create(School(), {"type": "student", "birthday": "x", "class_year": "y"})
    assert caught.value.reasons == (
        "Birthday is invalid",
        "Class year is invalid",
        "First name can't be blank",
        "Last name can't be blank",
        "Email can't be blank",
        "Student ID can't be blank",
    )


def test_rejected_update_changes_nothing() -> None:
    school = School()
    mother = school.add_parent("mother@school.example")
    ada = create(school, row(parents_ids=[mother.id]))
    before = repr(ada), repr(mother)
    with pytest.raises(Rejected):
        update(school, ada, {"city": "Paris", "parents_ids": [], "birthday": "soon"})
    assert (repr(ada), repr(mother)) == before
    assert not school.updates


def test_email_is_unique_ignoring_case() -> None:
    school = School()
    create(school, row())
    with pytest.raises(Rejected, match="Email has already been taken"):
        create(school, row(email="ADA@school.example", student_id="2"))
    assert school.by_email("Ada@School.example") is school.by_student_id("1")


def test_named_ib_group_must_exist() -> None:
    school = School()
    group = school.add_ib_group("Grade 11")
    ada = create(school, row(ib_group_id=str(group.id)))
    assert group.student_ids == [ada.id]
    with pytest.raises(Rejected, match="Ib group must exist"):
        create(school, row(email="b@school.example", student_id="2", ib_group_id=7))


class Memberships(RuleBasedStateMachine):
    """The ledger of memberships compared with a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.school = School()
        self.wanted: dict[tuple[int, int], str | None] = {}
        self.ever: dict[tuple[int, int], int] = {}
        self.at: datetime = EPOCH

    classes = st.integers(1, 3)
    students = st.integers(1, 4)

    @rule(of=classes, student=students, level=st.sampled_from(["SL", "HL", None]))
    def join(self, of: int, student: int, level: str | None) -> None:
        self.at += timedelta(seconds=1)
        self.school.enrol(of, student, level=level, at=self.at)
        self.wanted[of, student] = level or self.wanted.get((of, student))

    @rule(of=classes, student=students)
    def leave(self, of: int, student: int) -> None:
        self.at += timedelta(seconds=1)
        was_there = self.wanted.pop((of, student), ...) is not ...
        assert self.school.leave(of, student, at=self.at) is was_there

    @invariant()
    def ledger_matches_the_dictionary(self) -> None:
        ledger = self.school.ledger
        members = {
            (of, student): level
            for of in (1, 2, 3)
            for student, level in self.school.members(of).items()
        }
        assert members == self.wanted
        assert {(m.class_id, m.user_id) for m in ledger.live.values()} == set(self.wanted)
        assert all(m.deleted_at is not None for m in ledger.deleted.values())
        everything = [*ledger.live.values(), *ledger.deleted.values()]
        for m in everything:  # an id never changes
            assert self.ever.setdefault((m.class_id, m.user_id), m.id) == m.id
        assert len({m.id for m in everything}) == len(everything)

    @invariant()
    def memberships_are_found_by_class_and_user(self) -> None:
        ledger = self.school.ledger
        for deleted, kept in ((False, ledger.live), (True, ledger.deleted)):
            every = [m.id for m in ledger.pick(None, None, deleted=deleted)]
            by_class = [m.id for m in ledger.pick([1, 2, 3, 2], None, deleted=deleted)]
            by_user = [m.id for m in ledger.pick(None, [1, 2, 3, 4, 4], deleted=deleted)]
            by_both = [m.id for m in ledger.pick([1, 2, 3], [1, 2, 3, 4], deleted=deleted)]
            assert sorted(every) == sorted(by_class) == sorted(by_user) == sorted(by_both)
            assert sorted(every) == sorted(kept)
        assert {m.id for m in ledger.of_user(1)} == {
            m.id for m in ledger.live.values() if m.user_id == 1
        }


Memberships.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestMemberships = Memberships.TestCase
