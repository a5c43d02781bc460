"""Teachers and parents: people who are identified by their email address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping

from lms_async.cli.kinds import Kind, Listing, Row, ignore_case, requests_of
from lms_async.cli.meanings import Meaning
from lms_async.cli.record_rows import row_of

from ..client import ManageBac
from .people import (
    ALIASES,
    EXPLAINED,
    FILTERS,
    MEANINGS,
    SHOWN_ONLY,
    existing_people,
    list_people,
    recognized_by,
    save_people,
)


def kind_of(
    name: str,
    *,
    fields: Mapping[str, str],
    check_row: Callable[[Row], object],
    aliases: Mapping[str, str],
    meanings: Mapping[str, Meaning] | None = None,
) -> Kind:
    """Return a kind that creates people and, with ``--update-existing``, updates others.

    :param name: ``teachers`` or ``parents``.
    :param aliases: names of columns, besides those of all people.
    :param meanings: what fields hold that not all people have.
    """

    def existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
        return existing_people(client, name, _shown(fields))

    return Kind(
        name=name,
        noun=name,
        does=f"Create {name}. With --update-existing, also update {name} who exist, found by "
        "identifier or email address.",
        fields=fields,
        required=(("email",), ("last_name",)),
        key=("email",),
        normalize_key=ignore_case,
        aliases={**ALIASES, **aliases},
        meanings={**MEANINGS, "identifier": "person id", **(meanings or {})},
        dates=("birthday",),
        options=("update_existing", "notify"),
        check_row=check_row,
        count_requests=requests_of(1),
        bulk=save_people(name),
        read_existing=existing,
        recognized_by=recognized_by("identifier"),
        code_explanations=EXPLAINED,
    )


def listing_of(kind: Kind, *more: str) -> Listing:
    """Return the list of the people of a kind.

    :param more: columns that an import does not take.
    """
    columns = (*_shown(kind.fields), *more, *SHOWN_ONLY)

    async def read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
        async for person in list_people(client, kind.name, filters):
            yield row_of(person, columns)

    return Listing(
        name=kind.name,
        does=f"{kind.noun.capitalize()}, active and archived.",
        columns=columns,
        read=read,
        shown=("id", "identifier", "last_name", "first_name", "email", "archived"),
        filters=FILTERS,
        imported_as=kind.name,
    )


def _shown(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that ManageBac shows: all but the password."""
    return tuple(name for name in fields if name != "password")
