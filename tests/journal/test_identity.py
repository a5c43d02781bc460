"""Which rows a journal treats as the same.

Column order, model or mapping, and the format of a value make no difference. A different value
always does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async import UNSET, Guard, Journal
from lms_async.bulk.bulk import Bulk
from lms_async.journal.tags import Tags
from lms_async.records.columns import parts
from lms_async.records.ids import fault_of_id
from lms_async.records.scalars import (
    AnyId,
    AnyIdList,
    Day,
    Email,
    Flag,
    IdList,
    Login,
    Needed,
    NeededId,
    NeededNumber,
    Year,
)
from manabac_async.models import MembershipPlace, StudentPlace
from manabac_async.models.converter import Kind, Level
from manabac_async.resources.classes import Classes
from manabac_async.resources.memberships import Memberships
from manabac_async.v1.models import UserV1Create, UserV1Update
from manabac_async.v1.resources import UsersV1
from schoology_async.models import AdvisorPair, ParentPair, Reactivation, UserCreate, UserUpdate
from schoology_async.resources.many_users import ManyUsers

NOBODY: Any = SimpleNamespace(max_failed_chunks=5, events=())  # a client that sends nothing
JOURNAL = Journal("never opened")

#: Each bulk call with fields in its rows: the call, the model of a row, and fields that every row
#: has.
CALLS: dict[str, tuple[Callable[[Any], Bulk[Any]], type[Any], tuple[str, ...]]] = {
    "schoology create": (
        lambda rows: ManyUsers(NOBODY).create_many(rows, journal=JOURNAL),
        UserCreate,
        ("primary_email",),
    ),
    "schoology update": (
        lambda rows: ManyUsers(NOBODY).update_many(rows, journal=JOURNAL),
        UserUpdate,
        ("id", "name_first"),
    ),
    "schoology reactivate": (
        lambda rows: ManyUsers(NOBODY).reactivate_many(rows, journal=JOURNAL),
        Reactivation,
        ("uid",),
    ),
    "schoology advisors": (
        lambda rows: ManyUsers(NOBODY).import_advisors(rows, journal=JOURNAL),
        AdvisorPair,
        (),
    ),
    "schoology parents": (
        lambda rows: ManyUsers(NOBODY).import_parents(rows, journal=JOURNAL),
        ParentPair,
        (),
    ),
    "managebac class students": (
        lambda rows: Classes(NOBODY).update_students(7, rows, journal=JOURNAL),
        StudentPlace,
        (),
    ),
    "managebac memberships": (
        lambda rows: Memberships(NOBODY).update_many(rows, journal=JOURNAL),
        MembershipPlace,
        (),
    ),
    "v1 create": (
        lambda rows: UsersV1(NOBODY).create_many(rows, journal=JOURNAL),
        UserV1Create,
        ("student_id",),
    ),
    "v1 update": (
        lambda rows: UsersV1(NOBODY).update_many(rows, journal=JOURNAL),
        UserV1Update,
        ("id", "nickname"),
    ),
}


def tags_of(bulk: Bulk[Any], items: list[Any]) -> list[bytes]:
    """Return the tags that the journal of ``bulk`` gives these rows."""
    rows, ended = bulk._row_check.admission.check(0, items)
    assert [outcome.error for outcome in ended] == []
    Tags(b"k" * 32).mark(rows)
    bulk._is_unread = False  # no rows are sent in these tests
    return rows.tags


Forms = list[Any]


def whole(number: int) -> Forms:
    return [str(number), number, f" {number} "]


def text(value: str) -> Forms:
    plain = value.isascii() and value.isdecimal() and str(int(value)) == value
    return [value, int(value)] if plain else [value]


def ids(numbers: list[int]) -> Forms:
    texts = [str(number) for number in numbers]
    return [",".join(texts), ", ".join(texts), numbers, texts, tuple(f" {one}" for one in texts)]


def day(value: date) -> Forms:
    moment = datetime(value.year, value.month, value.day, 9, 30)
    dotted = f"{value:%d.%m}.{value.year:04}"
    return [value.isoformat(), dotted, value, moment, f"{value.isoformat()}T09:30:00"]


WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=9
)
NUMBERS = st.integers(1, 10**12)
TEXTS = st.one_of(WORDS, NUMBERS.map(str), st.just("007")).map(text)
#: Ids may have blanks around them.
IDS = st.one_of(
    WORDS.filter(lambda word: fault_of_id(word) is None), NUMBERS.map(str), st.just("007")
).map(lambda known: [*text(known), f" {known} "])
#: By type of field: all formats of one value. The first is text.
KINDS: dict[Any, st.SearchStrategy[Forms]] = {
    str: TEXTS,
    AnyId: IDS,
    Needed: TEXTS,
    NeededId: IDS,
    Login: IDS,
    NeededNumber: NUMBERS.map(whole),
    int: NUMBERS.map(whole),
    Year: st.integers(1000, 9999).map(whole),
    Email: WORDS.filter(lambda word: word.isalnum() and fault_of_id(word) is None).map(
        lambda word: [f"{word}@school.example"]
    ),
    Flag: st.sampled_from([["1", 1, True, "true", "TRUE"], ["0", 0, False, "false"]]),
    IdList: st.lists(NUMBERS, min_size=1, max_size=3).map(ids),
    AnyIdList: st.lists(NUMBERS, min_size=1, max_size=3).map(ids),
    Day: st.dates(date(1000, 1, 1)).map(day),
    Level: st.sampled_from([["SL", "0", 0], ["HL", "1", 1]]),
    Kind: st.sampled_from([["student", "Student", "students"], ["parent"], ["advisor"]]),
}


def forms(annotation: Any) -> st.SearchStrategy[Forms]:
    real, _ = parts(annotation)
    if get_origin(real) is Literal:
        return st.sampled_from([[choice] for choice in get_args(real)])
    return KINDS[real]


@st.composite
def rows(draw: st.DrawFn, model: type[Any], always: tuple[str, ...]) -> dict[str, Forms]:
    """Draw a row: for each of its fields, all formats of its value."""
    hints = get_type_hints(model, include_extras=True)
    needed = {field.name for field in attrs.fields(model) if field.default is attrs.NOTHING}
    others = st.lists(st.sampled_from(sorted(hints.keys() - {"ignored"})), max_size=6, unique=True)
    names = [*needed.union(always), *draw(others)]
    return {name: draw(forms(hints[name])) for name in dict.fromkeys(names)}


def written(row: dict[str, Forms], model: type[Any], dice: random.Random) -> Any:
    """Return ``row`` with its columns in any order and its values in any format, perhaps as a
    model."""
    names = dice.sample(list(row), len(row))
    # all values are text, as in a file; such rows are checked faster, by columns
    as_a_file = dice.random() < 0.4
    fields = {name: row[name][0] if as_a_file else dice.choice(row[name]) for name in names}
    return model(**fields) if dice.random() < 0.4 else fields


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_row_has_one_tag_in_any_format(call: str, data: st.DataObject, seed: int) -> None:
    make, model, always = CALLS[call]
    row = data.draw(rows(model, always))
    dice = random.Random(seed)
    ways = [written(row, model, dice) for _ in range(4)]
    assert len({tags_of(make([]), [way])[0] for way in ways}) == 1


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_row_with_another_value_has_another_tag(call: str, data: st.DataObject, seed: int) -> None:
    make, model, always = CALLS[call]
    row = data.draw(rows(model, always))
    name = data.draw(st.sampled_from(sorted(row)))
    other = data.draw(forms(get_type_hints(model, include_extras=True)[name]))
    dice = random.Random(seed)
    before, after = (
        tags_of(make([]), [written(one, model, dice)])[0] for one in (row, {**row, name: other})
    )
    assert (before == after) == (row[name][0] == other[0])


@pytest.mark.parametrize(
    "field", ["position", "birthday_date", "additional_buildings", "grad_year"]
)
def test_absent_none_and_empty_are_three_values(field: str) -> None:
    make, _, _ = CALLS["schoology update"]
    row = {"id": "1", "name_first": "Ada"}
    ways = [row, {**row, field: None}, {**row, field: ""}]
    assert len({tags_of(make([]), [way])[0] for way in ways}) == 3
    assert tags_of(make([]), [{**row, field: UNSET}]) == tags_of(make([]), [row])


def test_block_of_rows_gets_the_same_tags_as_single_rows() -> None:
    """Rows that are all text are checked by columns, other rows one by one."""
    make, model, _ = CALLS["schoology create"]
    file = [
        {
            "school_uid": f"S{number}",
            "name_first": "Ada",
            "name_last": "Okafor",
            "role_id": "1214",
            "primary_email": f"ada{number}@school.example",
            "grad_year": "2030",
            "synced": "1",
        }
        for number in range(5)
    ]
    mixed = [{**dict(reversed(row.items())), "synced": True, "grad_year": 2030} for row in file]
    models = [model(**{**row, "role_id": 1214}) for row in file]
    assert tags_of(make([]), file) == tags_of(make([]), mixed) == tags_of(make([]), models)


def test_ids_to_delete_are_equal_as_number_or_text() -> None:
    def tags(uids: list[Any]) -> list[bytes]:
        bulk = ManyUsers(NOBODY).delete_many(
            uids, keep_enrollments=True, notify=False, guard=Guard(9), journal=JOURNAL
        )
        return tags_of(bulk, uids)

    assert tags([12, 34]) == tags(["12", " 34"]) != tags(["12", "35"])


def test_hashed_format_is_unchanged() -> None:
    """A changed format makes all existing journals unusable. If you change it, raise FORMAT."""
    row = {
        "name_last": 'Ok"afor\n\x01\x7f\u00e9\u2028\U0001f600/',
        "school_uid": "S\u00e91",
        "name_first": "Ada",
        "role_id": 1214,
        "primary_email": "ada@school.example",
        "synced": True,
        "additional_buildings": [2, "1"],
        "birthday_date": date(2010, 4, 1),
        "position": None,
    }
    make, _, _ = CALLS["schoology create"]
    bulk = make([])
    bulk._is_unread = False
    (body,) = bulk._row_check.admission.check(0, [row])[0].bodies
    assert body.decode() == (
        '{"additional_buildings":"2,1","birthday_date":"2010-04-01","name_first":"Ada",'
        '"name_last":"Ok\\"afor\\n\\u0001\x7fé\u2028😀/","position":null,'
        '"primary_email":"ada@school.example","role_id":"1214","school_uid":"Sé1","synced":1}'
    )
    assert tags_of(make([]), [row])[0].hex() == "2ab1b0ecc335be3300edcec6d1aebf7a61712727da658e52"
    make, _, _ = CALLS["managebac memberships"]
    (tag,) = tags_of(make([]), [{"student_id": 5, "class_id": "0012", "level": "HL"}])
    assert tag.hex() == "4c23a4a6c8e5359ed31e137d2a18cf11e482c49b4bf3c925"
