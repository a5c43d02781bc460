"""Names of kinds, filters and columns: which are accepted, and what the errors say."""

from __future__ import annotations

import attrs
import pytest

from acme_async.cli import PUPIL_LISTING, AcmeTarget
from lms_async.cli.exit_codes import CommandError
from lms_async.cli.listing.choosing import (
    describe_listings,
    exported_listings,
    find_listing,
    read_columns,
    read_filters,
    require_listed_target,
)

HOUSES = attrs.evolve(PUPIL_LISTING, name="houses", filters={}, exported=False)
TARGET = AcmeTarget(listings=(PUPIL_LISTING, HOUSES))


def test_listings_are_described_with_their_filters() -> None:
    assert describe_listings(TARGET) == [
        "pupils  List the pupils of the school.",
        "        Filters: number",
        "houses  List the pupils of the school.",
    ]


def test_unknown_kind_is_named_with_the_known_ones() -> None:
    assert find_listing(TARGET, "houses") is HOUSES
    with pytest.raises(CommandError, match="Did you mean pupils"):
        find_listing(TARGET, "pupil")
    with pytest.raises(CommandError, match="It can list: pupils, houses"):
        find_listing(TARGET, "x")


def test_only_targets_that_can_be_listed_are_suggested() -> None:
    with pytest.raises(CommandError) as raised:
        require_listed_target(None, "--from TARGET")
    first, *targets = raised.value.lines
    assert first == "--from TARGET is missing. Choose one of these targets:"
    names = [line.split()[0] for line in targets]
    assert "schoology" in names
    assert "managebac-v1" not in names
    with pytest.raises(CommandError, match="cannot list or export records of managebac-v1"):
        require_listed_target("managebac-v1", "--from TARGET")


def test_only_exported_kinds_are_exported() -> None:
    assert exported_listings(TARGET, ()) == [PUPIL_LISTING]
    assert exported_listings(TARGET, ["pupils"]) == [PUPIL_LISTING]
    with pytest.raises(CommandError, match='does not export "houses". It exports: pupils'):
        exported_listings(TARGET, ["houses"])
    with pytest.raises(CommandError, match="nothing to export"):
        exported_listings(AcmeTarget(listings=()), ())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["number"], "Write --filter NAME=VALUE"),
        (["number="], "Write --filter NAME=VALUE"),
        (["=5"], "Write --filter NAME=VALUE"),
        (["nmuber=5"], "no filter"),
        (["house=Red"], "the school's own number"),  # all filters, with their meaning
        (["number=5", "number=6"], "twice"),
    ],
)
def test_wrong_filter_is_refused(given: list[str], message: str) -> None:
    assert read_filters(["number = a=b"], PUPIL_LISTING) == {"number": "a=b"}
    with pytest.raises(CommandError, match=message):
        read_filters(given, PUPIL_LISTING)


def test_filter_of_a_listing_without_filters_is_refused() -> None:
    with pytest.raises(CommandError, match="houses has no filters"):
        read_filters(["number=5"], HOUSES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nmae", "Its columns: id"),
        ("names", "Did you mean name"),
        (" , ", "no column"),
        ("id,id", "twice"),
    ],
)
def test_wrong_columns_are_refused(given: str, message: str) -> None:
    assert read_columns(None, PUPIL_LISTING) == ()
    assert read_columns("name, id", PUPIL_LISTING) == ["name", "id"]
    with pytest.raises(CommandError, match=message):
        read_columns(given, PUPIL_LISTING)
