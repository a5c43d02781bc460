from __future__ import annotations

from collections import UserString
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async.errors import InvalidInput
from lms_async.records.converter import Record, make_converter
from lms_async.records.encoding import Sending
from lms_async.records.ids import fault_of_id
from lms_async.records.scalar_rules import DUMPS, SCALARS, Misfit
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    AnyNumber,
    ClockTime,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    Needed,
    NeededId,
    NeededNumber,
    NeededNumberList,
    NumberList,
    Unset,
    Year,
)
from lms_async.records.text_rules import COLUMNS
from schoology_async.resources.many_users import new_user

converter = make_converter(strict=True)


@attrs.define(kw_only=True, repr=False)
class Seen(Record):
    ignored = frozenset({"password"})

    id: Id | None = None
    synced: Flag | None = None
    children: IdList | None = None
    born: Day | None = None
    size: int | None = None
    offset: float | None = None
    name: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Written(Record):
    key: NeededId
    name: Needed
    role: AnyId | Unset | None = UNSET
    show: Flag | Unset = UNSET
    parents: IdList | Unset | None = UNSET
    born: Day | Unset | None = UNSET
    year: Year | Unset | None = UNSET
    mail: Email | Unset = UNSET
    title: Literal["Mr.", "Ms.", ""] | Unset = UNSET


@pytest.mark.parametrize(
    ("field", "wire", "value"),
    [
        ("id", 48289, "48289"),
        ("id", "48289", "48289"),
        ("id", "", ""),
        ("id", None, None),
        ("synced", 1, True),
        ("synced", "1", True),
        ("synced", True, True),
        ("synced", "true", True),
        ("synced", 0, False),
        ("synced", "0", False),
        ("synced", "", None),
        ("synced", None, None),
        ("children", "1, 2", ("1", "2")),
        ("children", "", ()),
        ("children", None, None),
        ("children", [1, "2"], ("1", "2")),
        ("children", 7, ("7",)),
        ("born", "2010-02-03", date(2010, 2, 3)),
        ("born", "2010-02-03 00:00:00", date(2010, 2, 3)),
        ("born", "17.03.1999", date(1999, 3, 17)),
        ("born", "", None),
        ("size", "12", 12),
        ("size", "", None),
        ("offset", -4, -4.0),
        ("offset", "5.5", 5.5),
        ("name", 7, "7"),
        ("name", "", ""),
    ],
)
def test_vendor_values_are_read(field: str, wire: Any, value: Any) -> None:
    assert getattr(converter.structure({field: wire}, Seen), field) == value


@pytest.mark.parametrize(
    ("field", "wire"),
    [
        ("id", {"a": 1}),
        ("id", True),
        ("synced", 2),
        ("synced", "maybe"),
        ("children", {"a": 1}),
        ("born", "31.02.2010"),
        ("born", "2010-02-31"),
        ("size", "twelve"),
        ("size", 1.5),
        ("size", True),
        ("offset", "west"),
        ("name", ["Ada"]),
    ],
)
def test_invalid_value_is_named_without_showing_it(field: str, wire: Any) -> None:
    with pytest.raises(Misfit) as refused:
        converter.structure({field: wire}, Seen)
    assert list(refused.value.fields) == [field]
    assert str(wire) not in str(refused.value)


def test_unknown_keys_are_kept_and_ignored_ones_dropped() -> None:
    seen = converter.structure({"id": 1, "new": [1], "password": "", "extra": 3}, Seen)
    assert seen.extra == {"new": [1], "extra": 3}


def test_invalid_row_of_a_list_is_named_by_its_index() -> None:
    with pytest.raises(Misfit) as refused:
        converter.structure([{"id": 1}, {"size": "x", "born": "y"}, 7], list[Seen])
    assert set(refused.value.fields) == {"[1].size", "[1].born", "[2].row"}


def test_unset_none_and_blank_are_written_differently() -> None:
    assert converter.unstructure(Written(key="1", name="A")) == {"key": "1", "name": "A"}
    assert converter.unstructure(Written(key="1", name="A", role=None, mail="")) == {
        "key": "1",
        "name": "A",
        "role": None,
        "mail": "",
    }


def test_values_are_written_in_the_vendors_format() -> None:
    written = Written(
        key=7, name="A", show=False, parents=("1", "2"), born=date(2010, 2, 3), year=2029
    )
    assert converter.unstructure(written) == {
        "key": 7,
        "name": "A",
        "show": 0,
        "parents": "1,2",
        "born": "2010-02-03",
        "year": 2029,
    }


@pytest.mark.parametrize(
    ("given_", "fields"),
    [
        ({}, {"key", "name"}),
        ({"key": "", "name": " "}, {"key", "name"}),
        ({"key": None, "name": "A"}, {"key"}),
        ({"key": "1", "name": "A", "names": "A"}, {"names"}),
        ({"key": "1", "name": "A", "year": "20290"}, {"year"}),
        ({"key": "1", "name": "A", "year": "99"}, {"year"}),
        ({"key": "1", "name": "A", "mail": "ada"}, {"mail"}),
        ({"key": "1", "name": "A", "title": "Sir"}, {"title"}),
        ({"key": "1", "name": "A", "born": "2010-13-01"}, {"born"}),
        ({"key": "1", "name": "A", "show": None}, {"show"}),
        ({"key": "1", "name": "A", "show": "perhaps", "year": "x"}, {"show", "year"}),
    ],
)
def test_mapping_and_model_are_checked_alike(given_: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Sending(converter, Written, what="the row")(given_)
    assert set(refused.value.fields) == fields
    assert refused.value.__context__ is None  # a chained traceback would print the value
    if "key" in given_ and "name" in given_ and "names" not in given_:
        with pytest.raises(InvalidInput) as of_model:
            Sending(converter, Written, what="the row")(Written(**given_))
        assert of_model.value.fields == refused.value.fields


@pytest.mark.parametrize(("number", "fits"), [(2**64 - 1, True), (2**64, False)])
def test_number_must_fit_into_64_bits(number: int, fits: bool) -> None:
    """The limit of orjson, for one record as for many."""
    rows = [{"id": number, "size": number}] * 2
    if fits:
        assert converter.structure(rows[0], Seen).id == str(number)
        assert [one.id for one in converter.structure(rows, list[Seen])] == [str(number)] * 2
    check = Sending(converter, Written, what="the row")
    row = {"key": number, "name": "A", "role": number}
    if fits:
        assert check(row) == {"key": str(number), "name": "A", "role": str(number)}
    else:
        with pytest.raises(InvalidInput):
            check(row)


def test_row_that_is_not_a_mapping_is_rejected() -> None:
    with pytest.raises(InvalidInput, match="a Written or a mapping"):
        Sending(converter, Written, what="the row")(["Ada"])


def test_byte_order_mark_before_a_field_name_is_reported() -> None:
    row = {"\ufeffkey": "1", "name": "A", "role": "2"}
    with pytest.raises(InvalidInput, match="begins with a byte-order mark .*utf-8-sig"):
        Sending(converter, Written, what="the row")(row)


ids = st.text(min_size=1).filter(lambda text: text.strip() == text and fault_of_id(text) is None)


@given(
    st.builds(
        Written,
        key=ids,
        name=st.text(min_size=1).filter(str.strip),
        role=st.sampled_from([UNSET, None, ""]) | ids,
        show=st.just(UNSET) | st.booleans(),
        parents=st.sampled_from([UNSET, None])
        | st.lists(st.from_regex(r"[0-9]+", fullmatch=True), max_size=4).map(tuple),
        born=st.sampled_from([UNSET, None]) | st.dates(),
        year=st.sampled_from([UNSET, None]) | st.integers(1000, 9999),
    )
)
def test_written_values_can_be_read_back(written: Written) -> None:
    assert converter.structure(converter.unstructure(written), Written) == written


def test_repr_of_a_record_shows_no_personal_data() -> None:
    assert repr(Written(key="1", name="Okafor", mail="a@b")) == "<Written>"
    assert repr(Seen(id="7", name="Okafor", extra={"x": "Okafor"})) == "<Seen 7>"
    assert repr(UNSET) == "UNSET"
    assert not UNSET


_WORTH_A_TRY = st.one_of(
    st.text(alphabet="0123456789-.@ ,aZ\n\u2003é", max_size=12),
    st.dates().map(date.isoformat),
    st.sampled_from(["2026-W01-1", "20260101", "a@b", "a@b@c", "@b", "a@", " a@b", "12", "1,2"]),
)


@pytest.mark.parametrize("scalar", list(COLUMNS), ids=str)
@given(texts=st.lists(_WORTH_A_TRY, min_size=1, max_size=4))
def test_value_accepted_by_columns_is_accepted_alone_and_written_alike(
    scalar: Any, texts: list[str]
) -> None:
    column = COLUMNS[scalar]
    if not column.fits(texts):
        return
    rule = SCALARS[scalar][1]
    for text in texts:
        value = rule(text)
        wire = text if column.encoded is None else column.encoded[text]
        assert wire == DUMPS.get(type(value), lambda known: known)(value)


@pytest.mark.parametrize(
    ("scalar", "texts"),
    [
        (Email, ["a@b", "c.d@e.f"]),
        (Day, ["2026-11-22", "2024-02-29"]),
        (Year, ["2026", "1999"]),
        (NeededNumber, ["1", "22"]),
        (IdList, ["1,2", "3"]),
        (Flag, ["0", "1"]),
        (Needed, ["a", " b "]),
    ],
)
def test_column_of_ordinary_texts_is_accepted(scalar: Any, texts: list[str]) -> None:
    assert COLUMNS[scalar].fits(texts)


@pytest.mark.parametrize("scalar", list(COLUMNS), ids=str)
@pytest.mark.parametrize("text", ["1", "2026", "a@b", "2026-11-22"])
def test_column_rejects_values_that_only_look_like_text(scalar: Any, text: str) -> None:
    for other in (UserString(text), text.encode(), 1, None, [text]):
        try:
            fits = COLUMNS[scalar].fits([text, cast("str", other)])
        except TypeError:
            continue
        assert not fits


@pytest.mark.parametrize(
    "name", ["okafor", "aokafor", "lange", "ada_okafor", "Okafor", "o@k.example"]
)
def test_error_for_a_missing_header_does_not_show_the_first_person(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        new_user({name: "x"})
    assert name not in str(refused.value)
    assert name not in refused.value.fields


def test_flag_of_an_unusual_type_is_rejected_or_read() -> None:
    """Comparing some values raises, or returns neither True nor False."""

    class Many:
        def __eq__(self, other: object) -> bool:
            raise ValueError("more than one")

        __hash__ = None  # type: ignore[assignment]

    for value in (Many(), Decimal("sNaN"), Decimal("NaN"), 5, None, "2", []):
        with pytest.raises(Misfit, match="0 or 1"):
            SCALARS[Flag][1](value)
    for value in (1, "1", True, "TRUE", 1.0, Decimal(1)):
        assert SCALARS[Flag][1](value) is True
    for value in (0, "0", False, "false", 0.0):
        assert SCALARS[Flag][1](value) is False


@attrs.define(kw_only=True, repr=False)
class Inner(Record):
    name: Needed
    day: Literal[0, 1, 2] | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class Outer(Record):
    first: AnyNumber | Unset = UNSET
    second: AnyId | Unset = UNSET
    third: AnyId | Unset = UNSET
    periods: NeededNumberList | Unset = UNSET
    days: NumberList | Unset | None = UNSET
    begin: ClockTime | Unset | None = UNSET
    one: Inner | Unset = UNSET
    many: list[Inner] | Unset = UNSET


inner = Sending(converter, Inner, what="the inner one")
nested = Sending(
    converter,
    Outer,
    what="the outer one",
    one_of=(("first", "second"), ("second", "third")),
    inner={"one": inner, "many": inner},
)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"first": " 7 "}, {"first": "7"}),
        ({"first": 7}, {"first": "7"}),
        ({"periods": [1, "2"]}, {"periods": (1, 2)}),
        ({"periods": "1, 2"}, {"periods": (1, 2)}),
        ({"periods": 1}, {"periods": (1,)}),
        ({"days": ""}, {"days": ()}),
        ({"days": [""]}, {"days": ()}),
        ({"days": None}, {"days": None}),
        ({"begin": "8:05"}, {"begin": "08:05"}),
        ({"begin": "23:59:30"}, {"begin": "23:59"}),
        ({"begin": time(8, 5)}, {"begin": "08:05"}),
        ({"begin": ""}, {"begin": ""}),
        ({"one": Inner(name="A", day=2)}, {"one": {"name": "A", "day": 2}}),
        ({"one": {"name": "A", "day": "2"}}, {"one": {"name": "A", "day": 2}}),
        ({"many": [{"name": "A"}, Inner(name="B")]}, {"many": [{"name": "A"}, {"name": "B"}]}),
        ({"many": []}, {"many": []}),
    ],
)
def test_numbers_times_and_records_inside_are_sent(given: Any, sent: dict[str, Any]) -> None:
    base = {"second": "S"}
    assert nested(base | given) == base | sent
    assert nested(Outer(**base, **given)) == base | sent
    rows, refused = nested.many([base | given])
    assert (rows, refused) == ([base | sent], {})


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"first": "x"}, {"first"}),
        ({"periods": []}, {"periods"}),
        ({"periods": ["a"]}, {"periods"}),
        ({"periods": [1.5]}, {"periods"}),
        ({"periods": [-1]}, {"periods"}),
        ({"begin": "24:00"}, {"begin"}),
        ({"begin": 8}, {"begin"}),
        ({"one": {"name": "A", "day": 3}}, {"one.day"}),
        ({"one": {"name": "A", "day": True}}, {"one.day"}),
        ({"one": {"name": "A", "day": 1.0}}, {"one.day"}),
        ({"one": {"name": "A", "day": ""}}, {"one.day"}),
        ({"one": "A"}, {"one.row"}),
        ({"many": {"name": "A"}}, {"many"}),
        ({"many": [{"name": "A"}, {"name": " "}, {}]}, {"many[1].name", "many[2].name"}),
    ],
)
def test_what_is_wrong_inside_is_named_by_its_path(given: Any, fields: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        nested({"second": "S"} | given)
    assert set(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"second": "S"}, set()),
        ({"first": 1, "third": "T"}, set()),
        ({"first": 1}, {"second"}),
        ({"third": "T"}, {"first"}),
        ({"first": 1, "third": " "}, {"second"}),
        ({}, {"first", "second"}),
    ],
)
def test_one_field_of_each_group_is_needed(given: Any, fields: set[str]) -> None:
    _, refused = nested.many([given, given])
    assert [set(one.fields) for one in refused.values()] == [fields] * len(refused)
    assert len(refused) == (2 if fields else 0)
