"""Which values are accepted as ids in the write models of both vendors. Names are never changed."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async import ExactId
from lms_async.errors import InvalidInput
from lms_async.outcome import Status
from lms_async.records.encoding import Sending
from lms_async.records.ids import all_ids, fault_of_id, visible_text
from lms_async.records.scalar_rules import SCALARS, Misfit
from lms_async.records.scalars import (
    AnyId,
    AnyIdList,
    Email,
    IdList,
    Login,
    NeededId,
)
from lms_async.records.text_rules import COLUMNS
from manabac_async.models.converter import converter as managebac
from manabac_async.v1.models import UserV1Create, UserV1Update
from schoology_async import Schoology
from schoology_async.models.association import AdvisorPair, ParentPair
from schoology_async.models.converter import converter as schoology
from schoology_async.models.user import Reactivation, UserCreate, UserUpdate
from schoology_async.sandbox import SchoologySandbox

IDS = [
    *("1", "007", "S00001", "a", "A-1", "2024/17", "x_y.z", "12 B", "7E2", "1E12", "O'Neil", "a=b"),
    *("2024-01-0012", "MAT-12", "MAR-123", "S.A.1", "12.345", "1/2", "2024-01-02", "#A12", "b1"),
    *("Null1", "NA-5", "-5", "1.2", "名单7", "Zoë", "a@b.example", "#12", "true1", "12-34", "0"),
    *("9e3779b1-7c41-4a0e-9d1f-000000000001", "12345678-1234-1234-1234-123456789012"),
]
#: What spreadsheets and programs write where an id is missing or was changed.
LEFTOVERS = [
    *('="00123"', "=A1", "=1+1", "'00123", "’1", '"00123"'),
    *("#N/A", "#n/a", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"),
    *("#ERROR!", "#GETTING_DATA", "#WERT!", "#BEZUG!", "#NV", "#N/D", "#¡REF!", "Err:502"),
    *("#", "########", "1.23E+09", "1,23E+09", "1.2e9", "1E+05", "5e-7", "2.0E15"),
    *("12345.0", "12345,0", "12345.00", "1,234,567", "12,345", "2-Jan", "01/Feb/2024"),
    *("#REF", "#NA", "#N/B", "#N/A N/A", "#ЗНАЧ!", "＃N/A", "Ｎ／Ａ", "＝1", '＝"001"'),
    *("‘00123", "`00123", "12 345", "12'345", "1.234.567", "2451.", "b'S1'", "[1]", "{}"),
    *("Jan-02", "2. Jan", "02-janv.", "3-Mär", "5-ene", "1/2/2020", "01.02.2020", "1-2-2020"),
    *("2020-01-02 00:00:00", "2020-01-02T00:00", "01/02/2020 0:00", "n.a.", "pd.NA", "(blank)"),
    *("<NA>", "(null)", "[null]", "[object Object]", "\\N", "n/a", "N/A", "-inf", "-", "--", "?"),
]
WORDS = [
    "ＮＵＬＬ",
    "nan",
    "NaN",
    "NULL",
    "null",
    "None",
    "nil",
    "NaT",
    "TRUE",
    "False",
    "undefined",
    "NA",
]
#: These look like ordinary text such as S1, but hold hidden or look-alike characters.
HIDDEN = [
    *("S\u200b1", "\u200eS1", "S1\ufeff", "S\u00ad1", "S\u20601", "\u202eS1", "S\u2066 1\u2069"),
    *("S\u00a01", "S\u20091", "S\u30001", "S\u2028x", "S\t1", "S\x1b1", "S\x7f1", "S\x851", "S\n1"),
    *("S\ufe0f1", "S\u034f1", "S\u31641", "S\u115f1", "S\U000e01001", "S\U000e00411", "S�1"),
    *("Zoe\u0308", "A\u030a1", "\u212b", "S\ud8001"),
]


@pytest.mark.parametrize("text", IDS)
def test_valid_id_is_accepted(text: str) -> None:
    assert fault_of_id(text) is None
    assert all_ids([text, "1"])
    assert visible_text(text) == text


@pytest.mark.parametrize("text", [*LEFTOVERS, *WORDS, *HIDDEN])
def test_invalid_id_is_rejected_unless_exact(text: str) -> None:
    why = fault_of_id(text)
    assert why is not None
    assert text not in why or len(text) < 4 or text in {"#N/A", "1.23E+09", "2-Jan", "12345.0"}
    assert not all_ids(["1", text])
    assert not all_ids(["A-1", text])
    for kind in (NeededId, AnyId, AnyIdList):
        if "," not in text or kind is not AnyIdList:
            with pytest.raises(Misfit):
                SCALARS[kind][1](text)
            for exact in (ExactId(text), copy.copy(ExactId(text))):
                taken = SCALARS[kind][1]([exact] if kind is AnyIdList else exact)
                assert taken == (text,) if kind is AnyIdList else taken == text


@pytest.mark.parametrize("text", HIDDEN)
def test_hidden_characters_are_rejected_in_logins_and_mail_addresses(text: str) -> None:
    for rule, whole in ((SCALARS[Login][1], text), (SCALARS[Email][1], f"{text}@x.example")):
        with pytest.raises(Misfit):
            rule(whole)


@pytest.mark.parametrize("text", LEFTOVERS)
def test_spreadsheet_leftovers_are_rejected_as_logins(text: str) -> None:
    with pytest.raises(Misfit):
        SCALARS[Login][1](text)
    assert SCALARS[Login][1](ExactId(text)) == text


def test_null_is_accepted_as_a_login() -> None:
    assert SCALARS[Login][1]("null") == "null"


@pytest.mark.parametrize("text", ["'ada@x.example", "=ada@x.example"])
def test_mail_address_with_a_text_marker_is_rejected(text: str) -> None:
    with pytest.raises(Misfit):
        SCALARS[Email][1](text)


@pytest.mark.parametrize(
    "text",
    [
        *("#N/A@x.example", "#REF!@x.example", "=A1@x.example", "12345.0@x.example"),
        *("1.23E+09@x.example", "########@x.example", "<NA>@x.example", "(null)@x.example"),
        *("ada@#REF!", "ada@12,345", 'ada@""', "ada@[1]", "ada@?", "ada@x..example"),
        *("a;b@x.example", "ada@", "@x.example", "a@x.example;b@x.example", "ada@x.example,"),
        "ada,b@x.example",
    ],
)  # fmt: skip
def test_invalid_mail_address_is_rejected(text: str) -> None:
    with pytest.raises(Misfit):
        SCALARS[Email][1](text)
    assert not COLUMNS[Email].fits(["ada@x.example", text, "bob@x.example"])


@pytest.mark.parametrize(
    "text",
    [
        *("nan@x.example", "null@x.example", "jan-02@x.example", "n.a@x.example", "o'neil@x.ie"),
        *("ada+tag@x.example", "zoë@münchen.example", "名@例.example", "a@b", "-@x.ie"),
        "#1@x.example",
    ],
)  # fmt: skip
def test_valid_mail_address_is_accepted(text: str) -> None:
    assert SCALARS[Email][1](text) == text


@pytest.mark.parametrize("model", [UserV1Create, UserV1Update])
def test_work_email_must_be_a_mail_address(model: Any) -> None:
    row = NEW_V1 if model is UserV1Create else {"id": "1"}
    for text in ("#N/A", "ada\u200b@x.example"):
        with pytest.raises(Misfit, match="work_email"):
            managebac.structure({**row, "work_email": text}, model)


def test_ids_from_a_vendor_are_read_unchanged() -> None:
    assert SCALARS[IdList][1]("nan,#N/A") == ("nan", "#N/A")


@pytest.mark.parametrize("around", [" ", "\u00a0", "\t", "\u3000 \r\n"])
def test_blanks_around_an_id_are_stripped(around: str) -> None:
    for kind in (NeededId, AnyId, Login):
        assert SCALARS[kind][1](around + "S1" + around) == "S1"
    # the check by columns leaves this to the rule for one value
    assert not all_ids(["S1", around + "S1"])


def test_ids_that_look_the_same_seem_the_same() -> None:
    for text in ("S\u200b1", "\u200eS1", "S1\ufeff", "S\ufe0f1", "\u00a0S1 "):
        assert visible_text(text) == "S1"
    assert visible_text("Zoe\u0308") == visible_text("Zoë")
    assert visible_text("S\u00a01") == visible_text("S 1") == visible_text("S\n 1")


@given(st.lists(st.text(st.sampled_from("aNulE1.,-_/#'\"=+ \u200b\u00a0ë\u0308名")), max_size=4))
def test_many_ids_are_checked_as_if_alone(texts: list[str]) -> None:
    if all_ids(texts):
        assert [SCALARS[NeededId][1](text) for text in texts] == texts


NEW = {"school_uid": "S1", "name_first": "A", "name_last": "B", "role_id": "7", "username": "u"}
NEW_V1 = {"type": "student", "first_name": "A", "last_name": "B", "email": "a@b.c"}
PAIR = {"student_school_uid": "S1", "advisor_school_uid": "S2", "parent_school_uid": "S3"}


@pytest.mark.parametrize("odd", ["#N/A", "None", "S\u200b1"])
@pytest.mark.parametrize(
    ("model", "row", "field"),
    [
        *((UserCreate, NEW, field) for field in ("school_uid", "school_id", "building_id")),
        *((UserCreate, NEW, field) for field in ("parent_uids", "child_uids", "advisor_uids")),
        *((UserCreate, NEW, field) for field in ("additional_buildings", "profile_picture_fid")),
        *((UserUpdate, {"id": "1"}, field) for field in ("id", "school_uid", "role_id")),
        (Reactivation, {}, "uid"),
        *((AdvisorPair, PAIR, field) for field in ("student_school_uid", "advisor_school_uid")),
        *((ParentPair, PAIR, field) for field in ("student_school_uid", "parent_school_uid")),
        *((UserV1Create, NEW_V1, field) for field in ("student_id", "ib_group_id")),
        *((UserV1Create, NEW_V1, field) for field in ("parents_ids", "children_ids")),
        *((UserV1Create, NEW_V1, field) for field in ("national_id", "homeroom_advisor")),
        *((UserV1Update, {}, field) for field in ("id", "student_id")),
    ],
)
def test_every_sent_id_is_checked(
    model: type[Any], row: dict[str, str], field: str, odd: str
) -> None:
    converter = managebac if model in (UserV1Create, UserV1Update) else schoology
    known = {name: value for name, value in row.items() if hasattr(model, name)}
    send = Sending(converter, model, what="the row")
    assert send(known | {field: "77"})[field] == "77"
    with pytest.raises(InvalidInput) as why:
        send(known | {field: odd})
    assert set(why.value.fields) == {field}
    assert send(known | {field: ExactId(odd)})[field] == odd
    sent, refused = send.many([known | {field: "77"}, known | {field: odd}])
    assert (len(sent), list(refused)) == (1, [1])


def test_names_are_sent_unchanged() -> None:
    name = "Zoe\u0308 \u200dنی\u200cک None"
    new = Sending(schoology, UserCreate, what="the row")(
        NEW | {"name_first": name, "name_last": "Null", "name_middle": "N/A"}
    )
    assert (new["name_first"], new["name_last"], new["name_middle"]) == (name, "Null", "N/A")


def test_exact_id_is_text_and_can_be_copied() -> None:
    one = ExactId("None")
    assert one == "None"
    assert isinstance(copy.deepcopy(one), ExactId)
    assert isinstance(pickle.loads(pickle.dumps(one)), ExactId)  # noqa: S301 - our own


async def test_row_with_an_invalid_id_does_not_affect_others(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    rows = [NEW | {"school_uid": uid, "username": f"u{n}"} for n, uid in enumerate(LEFTOVERS)]
    exact = NEW | {"school_uid": ExactId("None"), "username": "exact"}
    outcomes = [one async for one in schoology.users.create_many([*rows, exact])]
    assert [one.status for one in outcomes] == [Status.REJECTED] * len(rows) + [Status.DONE]
    assert set(schoology_sandbox.school.creates) == {"None"}
    uids = [outcomes[-1].id or ""]
    gone = await schoology.users.delete_many(
        ["#N/A", "nan", *uids], keep_enrollments=True, notify=False
    )
    assert gone.counts == {Status.REJECTED: 2, Status.DONE: 1}


@given(st.lists(st.text(st.sampled_from("aE0.-_@@#=+,'é\u200b"), max_size=9), max_size=3))
def test_many_mail_addresses_are_checked_as_if_alone(texts: list[str]) -> None:
    if COLUMNS[Email].fits(texts):
        assert [SCALARS[Email][1](text) for text in texts] == texts
