"""The columns of each kind: every field that ManageBac can write, or a reason why not."""

from __future__ import annotations

import attrs
import pytest

from lms_async.cli.kinds import Kind, Listing
from manabac_async import (
    ClassCreate,
    ClassStudentPlace,
    ClassTeacherPlace,
    MembershipPlace,
    ParentChildLink,
    ParentCreate,
    StudentArchive,
    StudentCreate,
    TeacherCreate,
    YearGroupPlace,
)
from manabac_async.cli.target import KINDS, LISTINGS

#: Fields without a column, and why.
LEFT_OUT = {
    "sb_id": "only a token of another product of the vendor may set it",
    "oa_id": "only a token of another product of the vendor may set it",
    "parent_ids": "a change replaces all parents; the kind children adds them",
    "child_ids": "it links children without a relationship; the kind children links them with it",
}
MODELS = {
    "memberships": MembershipPlace,
    "students": StudentCreate,
    "teachers": TeacherCreate,
    "parents": ParentCreate,
    "children": ParentChildLink,
    "classes": ClassCreate,
    "class-teachers": ClassTeacherPlace,
    "year-groups": YearGroupPlace,
    "leave-classes": ClassStudentPlace,
    "archive": StudentArchive,
}

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.mark.parametrize("name", MODELS)
def test_every_writable_field_is_a_column(name: str) -> None:
    (kind,) = (kind for kind in KINDS if kind.name == name)
    fields = {field.name for field in attrs.fields(MODELS[name])}
    assert fields - set(kind.fields) <= LEFT_OUT.keys()
    assert set(kind.fields) <= fields


def test_every_kind_that_sends_a_record_is_compared_with_its_model() -> None:
    others = {kind.name for kind in KINDS} - MODELS.keys()
    assert others == {"unarchive", "archive-teachers", "archive-parents", "archive-classes"}


@each_kind
def test_all_that_a_kind_names_are_its_fields(kind: Kind) -> None:
    names = {*kind.key, *kind.aliases.values(), *kind.references, *kind.dates}
    names.update(*kind.required)
    assert names <= kind.fields.keys()
    assert all(kind.fields.values())
    assert not kind.aliases.keys() & kind.fields.keys()
    assert set(kind.asks) <= set(kind.options)


@each_kind
def test_a_kind_that_removes_says_how_many_records_there_are(kind: Kind) -> None:
    removes = kind.removes({})
    assert removes == (kind.name.startswith("archive") or kind.name == "leave-classes")
    assert (kind.count_existing is not None) == removes
    # A kind that only switches a state is compared too: its rows have no other values.
    assert kind.switches == kind.name.startswith(("archive", "unarchive"))
    assert (kind.read_existing is None) == (kind.name == "leave-classes")


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_a_listing_has_the_columns_that_its_kind_needs(listing: Listing) -> None:
    name = listing.imported_as
    columns = listing.columns
    assert set(listing.shown) <= set(columns)
    assert len(set(columns)) == len(columns)
    if name is not None:
        (kind,) = (kind for kind in KINDS if kind.name == name)
        assert kind.fields.keys() - {"password"} <= set(columns)
