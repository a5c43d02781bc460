"""What a listing shows of one school can be imported into an empty one, and is shown there too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lms_async import Window
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row
from schoology_async import Schoology
from schoology_async.cli import target
from schoology_async.sandbox import School, SchoologySandbox

KINDS = {kind.name: kind for kind in target.kinds}
#: In the order of the target, which is the order of an import.
IMPORTED = [listing for listing in target.listings if listing.imported_as]


def a_school() -> School:
    """Return a school with some of everything that can be imported."""
    school = School.seeded(40, courses=3, sections=4, enrollments=20)
    north = school.buildings.add(
        str(school.school_id), title="North", building_code="N", city="Hill Valley"
    )
    school.courses.add(title="Art", course_code="A-1", building_id=north.id, credits=0.5)
    school.add(
        school_uid="T9",
        name_first="Emmett",
        name_last="Brown",
        role_id=1213,
        building_id=int(north.id),
        username="doc",
    )
    section = next(iter(school.sections))
    school.sections.update(
        section.id, {"meeting_days": [1, 3], "start_time": "08:30", "location": "Lab"}
    )
    return school


@asynccontextmanager
async def client_of(school: School) -> AsyncIterator[Schoology]:
    async with (
        SchoologySandbox(school=school) as vendor,
        Schoology(
            vendor.key, vendor.secret, base_url=vendor.base_url, limiter=Window(1000, per=0.01)
        ) as client,
    ):
        yield client


async def shown(client: Schoology, listing: Listing) -> list[Row]:
    """Return the rows of a listing, with the columns of its kind only, and without empty cells."""
    fields = KINDS[str(listing.imported_as)].fields
    return [
        {name: cell for name, cell in row.items() if name in fields and cell != ""}
        async for row in listing.read(client, {})
    ]


async def with_ids(client: Schoology, kind: Kind, rows: list[Row]) -> list[Row]:
    """Replace what names a record by its id, as the command does."""
    changed: list[dict[str, str]] = [dict(row) for row in rows]
    for field, reference in kind.references.items():
        cells = {
            row[field]: row[field].split(",") if reference.several else [row[field]]
            for row in rows
            if field in row
        }
        found = await reference.find(client, {one for parts in cells.values() for one in parts})
        for row in changed:
            if field in row:
                ids = [found[one] for one in cells[row.pop(field)]]
                assert all(len(one) == 1 for one in ids), field
                row[reference.becomes or field] = ",".join(one[0] for one in ids)
    return list(changed)


async def test_everything_is_imported_into_an_empty_school() -> None:
    async with client_of(a_school()) as old, client_of(School()) as new:
        for listing in IMPORTED:
            kind = KINDS[str(listing.imported_as)]
            wanted = await shown(old, listing)
            assert wanted, kind.name
            # The account of the credentials has no school_uid, and exists in every school.
            wanted = [row for row in wanted if row.get("username") != "mrstrickland"]
            rows = await with_ids(new, kind, wanted)
            for row in rows:
                kind.check_row(row)
            (await kind.bulk(new, rows, KindOptions(), None)).raise_for_failures()
            made = [
                row for row in await shown(new, listing) if row.get("username") != "mrstrickland"
            ]
            assert by_cells(made) == by_cells(wanted), kind.name


def by_cells(rows: list[Row]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(row.items()) for row in rows)
