"""The columns of each kind are the fields that Schoology takes."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from lms_async.cli.kinds import Kind, Listing
from schoology_async import (
    AdvisorPair,
    BuildingCreate,
    CourseCreate,
    EnrollmentByPeriod,
    EnrollmentBySchoolCode,
    GradingPeriodCreate,
    ParentPair,
    Reactivation,
    SectionCreate,
    UserCreate,
    UserUpdate,
)
from schoology_async.cli import target

KINDS = {kind.name: kind for kind in target.kinds}
LISTINGS = {listing.name: listing for listing in target.listings}
MODELS: dict[str, Any] = {
    "people": UserCreate,
    "buildings": BuildingCreate,
    "grading-periods": GradingPeriodCreate,
    "courses": CourseCreate,
    "sections": SectionCreate,
    "enrollments": EnrollmentBySchoolCode,
    "course-enrollments": EnrollmentByPeriod,
    "parents": ParentPair,
    "advisors": AdvisorPair,
    "change-people": UserUpdate,
    "reactivate": Reactivation,
}
#: Fields without a column, with the reason.
LEFT_OUT = {
    ("courses", "sections"): "--kind sections creates sections",
    ("change-people", "id"): "the column uid",
    ("sections", "options"): "a record of its own, which teachers set in Schoology",
}
#: Columns that become another field, with this field.
BECOME = {
    ("sections", "course_code"): "course_id",
    ("change-people", "uid"): "id",
    ("reactivate", "school_uid"): "uid",
}


@pytest.mark.parametrize("name", MODELS)
def test_every_writable_field_is_a_column(name: str) -> None:
    left_out = {field for kind, field in LEFT_OUT if kind == name}
    become = {field for kind, field in BECOME if kind == name}
    written = {field.name for field in attrs.fields(MODELS[name])}
    assert set(KINDS[name].fields) == written - left_out | become
    assert left_out <= written


def test_every_kind_has_a_model_except_deactivation_by_id() -> None:
    assert set(KINDS) == {*MODELS, "deactivate"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_names_only_its_own_fields(kind: Kind) -> None:
    fields = set(kind.fields)
    assert all(kind.fields.values())
    assert {name for group in kind.required for name in group} <= fields
    assert {
        *kind.key,
        *kind.dates,
        *kind.references,
        *kind.aliases.values(),
        *kind.meanings,
    } <= fields
    become = {one.becomes for one in kind.references.values() if one.becomes}
    assert become <= fields
    assert set(kind.asks) <= set(kind.options)


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_a_listing_shows_columns_that_it_has(listing: Listing) -> None:
    assert set(listing.shown) <= set(listing.columns)
    assert len(set(listing.columns)) == len(listing.columns)


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_a_listing_has_the_required_columns_of_its_kind(listing: Listing) -> None:
    if listing.imported_as is not None:
        required = KINDS[listing.imported_as].required
        assert all(set(group) & set(listing.columns) for group in required)
