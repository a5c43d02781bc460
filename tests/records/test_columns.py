"""Many records checked at once, by columns, give the same result as each checked alone."""

from __future__ import annotations

import csv
import io
from typing import Any, ClassVar, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async import InvalidInput
from lms_async.records.columns import Rule, reader
from lms_async.records.converter import Record, make_converter
from lms_async.records.scalar_rules import Misfit
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    NeededNumber,
    Unset,
    Year,
)
from lms_async.records.text_columns import TextColumns
from schoology_async.models import UserCreate
from schoology_async.resources.many_users import new_user


@attrs.define(kw_only=True, repr=False)
class Inner(Record):
    id: Id


@attrs.define(kw_only=True, repr=False)
class Person(Record):
    ignored: ClassVar[frozenset[str]] = frozenset({"password"})

    id: Id | None = None
    name: str | None = None
    number: int | None = None
    share: float | None = None
    flag: Flag | None = None
    ids: IdList | None = None
    day: Day | None = None
    mail: Email | None = None
    role: NeededNumber | Unset = UNSET
    other: AnyId | Unset | None = UNSET
    year: Year | None = None
    kind: Literal["a", "b"] | None = None
    inner: Inner | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


converter = make_converter(strict=True)

texts = [None, "", "1", "a", "x@y", "1999-01-02", "2026", "1,2"]
others = [0, 1, 2026, -5, 1.0, 1.5, True, False, [], ["1", "2"], {"id": 3}, {"id": None}, {}]
values = st.sampled_from(texts) | st.sampled_from(others)
fitting: dict[str, Any] = {
    "id": st.sampled_from(["7", 7, None]),
    "name": st.text(max_size=3) | st.none() | st.integers(0, 3),
    "number": st.sampled_from([1, "1", "", None]),
    "share": st.sampled_from([1, 1.5, "2.5", "", None]),
    "flag": st.sampled_from([True, 1, "1", 0, "0", "", None]),
    "ids": st.sampled_from(["1,2", "", None, ["3"], 4]),
    "day": st.sampled_from(["1999-01-02", "", None]),
    "mail": st.sampled_from(["x@y", "", None]),
    "role": st.sampled_from(["4", 4]),
    "other": st.sampled_from(["4", 4, None]),
    "year": st.sampled_from(["2026", 2026, "", None]),
    "kind": st.sampled_from(["a", "b", None]),
    "inner": st.sampled_from([{"id": 3}, None]),
    "password": st.just("secret"),
    "more": values,
}


def read_one_by_one(rows: list[Any]) -> list[Person] | str:
    """Return the records, or "misfit" if a value does not fit."""
    try:
        return [converter.structure(row, Person) for row in rows]
    except Misfit:
        return "misfit"


def read_together(rows: list[Any]) -> list[Person] | str:
    try:
        return converter.structure(rows, list[Person])
    except Misfit:
        return "misfit"


def comparable(read: list[Person] | str) -> Any:
    """Return the values with their types, because 1, 1.0 and True are equal."""
    if isinstance(read, str):
        return read
    fields = [field.name for field in attrs.fields(Person)]
    return [[(repr(getattr(one, name)), getattr(one, name)) for name in fields] for one in read]


names = st.sampled_from(list(fitting))


@given(st.lists(st.fixed_dictionaries({}, optional=fitting), max_size=6))
def test_valid_rows_are_read_as_if_alone(rows: list[dict[str, Any]]) -> None:
    expected = read_one_by_one(rows)
    assert expected != "misfit"
    assert comparable(read_together(rows)) == comparable(expected)


@given(st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=4))
def test_any_rows_are_read_or_rejected_as_if_alone(rows: list[dict[str, Any]]) -> None:
    assert comparable(read_together(rows)) == comparable(read_one_by_one(rows))


@given(st.lists(values, min_size=2, max_size=6), names)
def test_column_of_mixed_types_is_read_as_if_alone(column: list[Any], name: str) -> None:
    rows = [{name: value} for value in column]
    assert comparable(read_together(rows)) == comparable(read_one_by_one(rows))


def test_numbers_become_text_only_where_any_number_is_allowed() -> None:
    rows = [{"id": -5, "name": 1, "other": 2, "share": 3}] * 2
    assert comparable(read_together(rows)) == comparable(read_one_by_one(rows))
    assert read_together([{"role": -5}] * 2) == "misfit"
    assert read_together([{"mail": 5}] * 2) == "misfit"


def test_rows_with_different_keys_keep_their_places() -> None:
    rows = [{"id": n} | ({"name": str(n)} if n % 3 else {}) for n in range(20)]
    read = converter.structure(rows, list[Person])
    assert [one.id for one in read] == [str(n) for n in range(20)]
    assert [one.name for one in read] == [str(n) if n % 3 else None for n in range(20)]


def test_unknown_keys_are_kept_and_ignored_ones_dropped() -> None:
    rows = [{"id": "1", "password": "s", "new": n, "more": "x"} for n in range(2)]
    assert [one.extra for one in converter.structure(rows, list[Person])] == [
        {"new": 0, "more": "x"},
        {"new": 1, "more": "x"},
    ]
    known = converter.structure([{"id": "1"}, {"id": "2"}], list[Person])
    assert known[0].extra == {}
    assert known[0].extra is not known[1].extra


def test_invalid_values_are_named_by_row_and_field() -> None:
    rows = [{"flag": 1}, {"flag": "maybe"}, {"flag": 0}, {"flag": 2}]
    with pytest.raises(Misfit) as raised:
        converter.structure(rows, list[Person])
    assert raised.value.fields == {
        "[1].flag": "must be 0 or 1",
        "[3].flag": "must be 0 or 1",
    }
    with pytest.raises(Misfit) as raised:
        converter.structure([{"id": "1"}, {}], list[Inner])
    assert raised.value.fields == {"[1].id": "is needed"}
    with pytest.raises(Misfit):
        converter.structure([{"id": "1", "odd": 1}, {"id": "2", "odd": 1}], list[Inner])


def test_model_with_its_own_init_logic_is_made_by_its_init() -> None:
    @attrs.define(kw_only=True)
    class Picky:
        id: Id = attrs.field(default="1", validator=attrs.validators.min_len(2))

    @attrs.define(kw_only=True)
    class Busy:
        id: Id = "1"

        def __attrs_post_init__(self) -> None:
            self.id += "!"

    @attrs.frozen(kw_only=True)
    class Fixed:
        id: Id = "1"

    for model in (Picky, Busy, Fixed):
        assert reader(model, {}, ignored=frozenset()) is None
    with pytest.raises(ValueError, match="Length"):
        converter.structure([{"id": "1"}], list[Picky])
    assert converter.structure([{"id": "1"}], list[Busy])[0].id == "1!"
    assert converter.structure([{"id": "1"}], list[Fixed]) == [Fixed(id="1")]


def test_rule_is_called_once_per_distinct_value() -> None:
    asked = []

    @attrs.define
    class One:
        name: str

    def read(value: Any) -> str:
        asked.append(value)
        return f"<{value}>"

    rules = {"name": Rule(frozenset(), read, str)}
    many = reader(One, rules, ignored=frozenset())
    assert many is not None
    records = many([{"name": "a"}, {"name": "b"}, {"name": "a"}])
    assert records == [One("<a>"), One("<b>"), One("<a>")]
    assert sorted(asked) == ["a", "b"]


def test_rule_is_called_once_per_distinct_value_of_rows_with_different_keys() -> None:
    asked = []

    @attrs.define
    class Two:
        name: str
        mail: str | None = None
        extra: dict[str, Any] = attrs.field(factory=dict)

    def read(value: Any) -> str:
        asked.append(value)
        return f"<{value}>"

    rules = {
        "name": Rule(frozenset({str}), read, str),
        "mail": Rule(frozenset({type(None)}), read, str),
    }
    many = reader(Two, rules, ignored=frozenset())
    assert many is not None
    rows = [{"name": "a", "mail": "x"}, {"odd": 1, "name": "b"}, {"mail": "x", "name": "c"}]
    assert many(rows) == [Two("a", "<x>"), Two("b", None, {"odd": 1}), Two("c", "<x>")]
    assert asked == ["x"]


def test_missing_value_is_not_read_as_the_null_of_a_required_field() -> None:
    @attrs.define(kw_only=True)
    class Nullable:
        name: str | None
        mail: str | None = None

    strict = make_converter(strict=True)
    rows = [{"name": None, "mail": "x"}, {"mail": "y"}]
    assert strict.structure(rows[:1], list[Nullable]) == [Nullable(name=None, mail="x")]
    with pytest.raises(Misfit) as raised:
        strict.structure(rows, list[Nullable])
    assert raised.value.fields == {"[1].name": "is needed"}


def test_list_of_a_default_factory_is_not_shared_between_records() -> None:
    @attrs.define(kw_only=True)
    class Group:
        id: Id
        names: list[str] = attrs.field(factory=list)

    first, second = make_converter().structure([{"id": 1}, {"id": 2}], list[Group])
    assert first.names == second.names == []
    assert first.names is not second.names


CELLS = {
    "birthday_date": [
        *("1997-04-01", "1997040112", "19970401ab", "19970401--", "2026-W01-1", "1997-04-31", ""),
        *("1997-4-001", "１９９７-04-01", "1997-04-01 "),
    ],
    "primary_email": [
        *("a@b", "a@b@c", "@b", "a@", "a b@c", " a@b", "a@b ", "ab", "", "a@b\u00a0", "a@b c@d"),
        *("a@\u2028b", "@", "a@b\n"),
    ],
    "grad_year": ["2031", "031", "12031", "２０３１", " 2031", ""],
    "role_id": ["7", "7a", " 7", "", "７"],
    "additional_buildings": ["1,2", "1, 2", ",", "", "1"],
    "synced": ["1", "0", "true", "False", " 1", "2", ""],
    "gender": ["M", "F", "m", "X", ""],
}


@pytest.mark.parametrize(("field", "cell"), [(f, cell) for f in CELLS for cell in CELLS[f]])
def test_row_among_others_is_sent_or_rejected_as_if_alone(field: str, cell: str) -> None:
    needed = {"school_uid": "1", "name_first": "A", "name_last": "B", "role_id": "7"}
    row = needed | {"username": "u", field: cell}
    others = [row | {field: CELLS[field][0]} for _ in range(3)]
    try:
        alone = [new_user(row)]
    except InvalidInput:
        alone = []
    sent, refused = new_user.many([*others, row])
    assert sent[3:] == alone
    assert list(refused) == ([] if alone else [3])


_ROW = st.fixed_dictionaries(
    {
        "school_uid": st.sampled_from(
            ["1", "2", "3", " ", 4, " 1", "#N/A", "nan", "Zoë", "Ą́", "a\u200b"]
        ),
        "name_first": st.sampled_from(["A", "B", ""]),
        "name_last": st.just("L"),
        "role_id": st.sampled_from(["7", "8", 9, "x"]),
    },
    optional={
        "username": st.sampled_from(["u", "", UNSET, "\xa0u", "null", "#N/A", "é", "e\u0301"]),
        "primary_email": st.sampled_from(
            ["a@b", "ab", "", "'a@b", "a@b\u200b", "é@b", "e\u0301@b"]
        ),
        "grad_year": st.sampled_from(["2031", "1031", "31", "", 2031]),
        "birthday_date": st.sampled_from(["1997-04-01", "1997-04-31", ""]),
        "synced": st.sampled_from(["1", "0", "", "maybe"]),
        "name_title_show": st.sampled_from(["1", ""]),
        "additional_buildings": st.sampled_from(["1,2", "3", ",", "1, 2", "", "1,nan", "1.0"]),
        "gender": st.sampled_from(["M", "F", "X", None]),
        "bio": st.sampled_from(["b", 5]),
        "odd": st.just("?"),
    },
)


@given(st.lists(st.lists(_ROW, min_size=1, max_size=4), max_size=4))
def test_many_rows_are_checked_as_if_alone_whatever_came_before(
    stretches: list[list[dict[str, Any]]],
) -> None:
    for rows in stretches:
        before = [dict(row) for row in rows]
        alone: list[dict[str, Any]] = []
        refused: dict[int, dict[str, str]] = {}
        for place, row in enumerate(rows):
            try:
                alone.append(new_user(row))
            except InvalidInput as invalid:
                refused[place] = invalid.fields
        sent, others = new_user.many(rows)
        assert sent == alone
        assert {place: invalid.fields for place, invalid in others.items()} == refused
        assert rows == before  # the checked rows are copies


def test_csv_rows_with_blank_cells_are_checked_by_columns() -> None:
    file = io.StringIO(
        "school_uid,name_title,name_first,name_last,username,primary_email,role_id,gender,"
        "grad_year,birthday_date,name_title_show,additional_buildings,position,parent_uids\n"
        '1,Mr.,A,B,u,a@b,7,M,2031,1997-04-01,1,"1,2",,\n'
        "2,,C,D,v,,7,,,,,,,\n"
    )
    rows = list(csv.DictReader(file))
    assert TextColumns(UserCreate).of(rows) is not None
    sent, refused = new_user.many(rows)
    assert sent == [new_user(row) for row in rows]
    assert not refused


def test_rows_with_the_same_or_other_columns_are_split_into_columns() -> None:
    columns = TextColumns(UserCreate)
    needed = {"school_uid": "1", "name_first": "A", "name_last": "B", "role_id": "7"}
    with_name = needed | {"username": "u"}
    for rows, fields in (
        ([with_name, with_name], {*needed, "username"}),
        ([with_name, needed], {*needed, "username"}),  # the second row lacks a field
        ([needed, needed], set(needed)),  # now all rows lack it
        ([needed, needed | {"bio": "b"}], {*needed, "bio"}),  # the second row has another field
    ):
        found = columns.of(rows)
        assert found is not None
        assert found.keys() == fields
        assert list(found["school_uid"]) == ["1", "1"]
    assert columns.of([needed | {"odd": "?"}]) is None
    assert columns.of([]) is None
    assert columns.of([{}]) is None
    assert columns.of(["no mapping"]) is None
