from __future__ import annotations

from enum import Enum
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lms_async.errors import InvalidInput
from lms_async.http.call import Call, follow
from lms_async.http.urls import build_path, encode_query, query_params, replace_query

BASE = "https://api.example.com/v1/"


def test_calls_are_equal_if_their_requests_are_equal() -> None:
    path = build_path("users/{uid:person}", uid=7)
    built = Call("GET", str(path), route=path.route, returns=int)
    assert built == Call("GET", "users/7", returns=int)
    assert built != Call("GET", "users/8", returns=int)


def test_str_and_repr_hide_personal_data() -> None:
    path = build_path("users/ext/{school_uid:person}", school_uid="ada okafor")
    call = Call(
        "PUT", str(path), route=path.route, query=(("q", "Okafor"),), body={"name_last": "Okafor"}
    )
    assert str(call) == "PUT users/ext/{school_uid}"
    assert "okafor" not in repr(call).lower()


def test_str_of_a_raw_path_shows_only_its_first_segment() -> None:
    assert str(Call("GET", "users/4711")) == "GET users/…"
    assert str(Call("GET", "schools")) == "GET schools"
    assert str(Call("GET", "app-user-info")) == "GET app-user-info"


@pytest.mark.parametrize("id_", ["4711", "S0001", "ada@school.example", "ada%40school.example"])
def test_str_of_a_raw_path_shows_no_id(id_: str) -> None:
    call = Call("GET", id_)
    assert (str(call), call.template) == ("GET …", "…")
    assert Call("GET", f"{id_}/sections").template == "…/…"


def test_route_shows_path_values_that_are_not_people() -> None:
    assert build_path("classes/{class_id}/students", class_id=12).route == "classes/12/students"


@for_all(st.text(min_size=1))
def test_path_values_are_percent_encoded(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    if value.strip() in ("", ".", ".."):
        with pytest.raises(InvalidInput, match="must be an id"):
            build_path("users/{uid}", uid=value)
        return
    path = build_path("users/{uid}/x", uid=value)
    head, inner, tail = path.split("/")
    assert (head, unquote(inner), tail) == ("users", value, "x")


@pytest.mark.parametrize(
    "value", ["", " ", ".", "..", " .. ", None, True, 10**5000], ids=lambda v: type(v).__name__
)
def test_path_values_that_would_change_the_path_are_rejected(value: object) -> None:
    with pytest.raises(InvalidInput, match="uid"):
        build_path("users/{uid}", uid=value)


def test_query_params_leaves_out_none() -> None:
    assert query_params(a=None, b=False, c=True, d=0, e="", f=["x", 2], g=[]) == (
        ("c", "1"),
        ("d", "0"),
        ("e", ""),
        ("f", "x,2"),
        ("g", ""),
    )


@for_all(st.lists(st.tuples(st.text(), st.text()).filter(lambda p: (p[0] + p[1]).isprintable())))
def test_encoded_query_parses_back_to_the_same_pairs(query: list[tuple[str, str]]) -> None:
    encoded = encode_query(tuple(query))
    assert parse_qsl(encoded, keep_blank_values=True) == [p for p in query if p != ("", "")] or (
        ("", "") in query
    )
    assert " " not in encoded
    assert "+" not in encoded


@pytest.mark.parametrize(
    ("link", "path", "query"),
    [
        ("https://api.example.com/v1/users?start=20", "users", (("start", "20"),)),
        ("http://api.example.com/v1/users?start=20", "users", (("start", "20"),)),
        ("http://api.example.com:80/v1/users", "users", ()),
        ("https://api.example.com:443/v1/users/%2F", "users/%2F", ()),
        ("/v1/users/7", "users/7", ()),
        ("../7", "users/7", ()),
        ("//api.example.com/v1/users/7?a=&b=%20", "users/7", (("a", ""), ("b", " "))),
    ],
)
def test_link_to_the_same_host_is_followed(
    link: str, path: str, query: tuple[tuple[str, str], ...]
) -> None:
    followed = follow(Call("GET", "users/ext/1", returns=int), link, base_url=BASE)
    assert followed == Call("GET", path, query=query, returns=int)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1/users",
        "https://api.example.com.evil.example/v1/users",
        "https://api.example.com:8443/v1/users",
        "https://api.example.com@evil.example/v1/users",
        "//evil.example/v1/users",
        "https://api.example.com/v2/users",
        "https://api.example.com/v1/%2e%2e/admin",
        "/login",
    ],
)
def test_link_outside_the_base_url_is_rejected(link: str) -> None:
    with pytest.raises(ValueError, match="link"):
        follow(Call("GET", "users"), link, base_url=BASE)


def test_replace_query_sets_one_value() -> None:
    assert replace_query((("a", "1"), ("start", "2"), ("start", "3")), start=5) == (
        ("a", "1"),
        ("start", "5"),
    )


def test_enum_members_are_encoded_by_value() -> None:
    class Role(str, Enum):  # noqa: UP042 - its format() differs from its value
        STUDENT = "student"
        SPACED = "a b"

    assert encode_query(((Role.STUDENT, Role.STUDENT),)) == "student=student"
    assert encode_query((("x", Role.SPACED),)) == "x=a%20b"


def test_a_number_in_a_path_is_checked() -> None:
    path = build_path("sections/{section_id:number}/grades", section_id=" 43 ")
    assert (path, path.route) == ("sections/43/grades", "sections/43/grades")
    for wrong in ("one", "4.0", "-1", "\u0664", 1.5, True):
        with pytest.raises(InvalidInput) as refused:
            build_path("sections/{section_id:number}", section_id=wrong)
        if isinstance(wrong, str):
            assert refused.value.fields == {"section_id": "must be a whole number"}
            assert wrong not in str(refused.value)
