"""The methods of ``acme.pupils``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from lms_async.vendor_kit import (
    ABSENT,
    Bulk,
    Call,
    Found,
    FoundRecord,
    Given,
    Journal,
    Pages,
    Resource,
    RowError,
    RowResult,
    Rows,
    Sending,
    Status,
    about,
    build_path,
    ids_of,
    json_of,
    look_up,
    match,
    one_by_one,
    portions,
    query_params,
)

from .models import (
    Pupil,
    PupilCreate,
    PupilCreateDict,
    PupilUpdate,
    PupilUpdateDict,
    converter,
)

NewPupil = PupilCreate | PupilCreateDict
ChangedPupil = PupilUpdate | PupilUpdateDict

#: Checks and encodes a new pupil.
new_pupil = Sending(converter, PupilCreate, what="the pupil")
changed_pupil = Sending(converter, PupilUpdate, what="the pupil")
#: The most pupils that one request can write, and the most numbers that one list can filter by.
MOST = 50


class Pupils(Resource):
    """The pupils of the school. Ids can be texts or numbers."""

    def list(self, *, numbers: Iterable[str | int] | None = None) -> Pages[Pupil]:
        """List the pupils of the school, from all pages.

        :param numbers: return only pupils with these numbers. Any number of them is allowed.
        :returns: ``await`` it for a list, or iterate over it with ``async for``.
        """
        wanted = [] if numbers is None else ids_of(numbers, what="numbers")
        cut = portions(wanted, at_most=MOST)
        return self._list(
            build_path("pupils"),
            Pupil,
            envelope_key="pupils",
            filters=[query_params(numbers=some) for some in cut] or [()],
        )

    async def get(self, pupil_id: str | int) -> Pupil:
        """Get one pupil by Acme's id.

        :raises NotFound: the pupil does not exist.
        """
        path = build_path("pupils/{pupil_id:person}", pupil_id=pupil_id)
        return await self._get(path, Pupil, required_key="id", about=about("id", pupil_id))

    async def delete(self, pupil_id: str | int) -> None:
        """Delete one pupil by Acme's id.

        :raises NotFound: the pupil does not exist.
        """
        await self._send("DELETE", build_path("pupils/{pupil_id:person}", pupil_id=pupil_id))

    def create_many(
        self, pupils: Given[NewPupil], *, journal: Journal | None = None
    ) -> Bulk[NewPupil]:
        """Create pupils, 50 per request.

        Rows whose response was lost are looked up by ``number`` before they are sent again.

        :param pupils: models or mappings, in an iterable or async iterable of any length.
        :param journal: records the result of each row. After a crash, a second run sends only
            rows without a result.
        :returns: ``await`` it for a report, or iterate over it for one outcome per row.
        """
        return self._bulk(
            pupils,
            "pupils.create_many",
            prepare=one_by_one(_prepare),
            call=_post,
            parse_results=_parse_results("number"),
            look_up=lambda rows: _look_up(self, rows),
            max_rows=MOST,
            journal=journal,
        )

    def update_many(
        self, pupils: Given[ChangedPupil], *, journal: Journal | None = None
    ) -> Bulk[ChangedPupil]:
        """Change pupils, 50 per request. Only the fields that are given change.

        :param pupils: models or mappings with Acme's id of each pupil, in an iterable or async
            iterable of any length.
        :param journal: see :meth:`create_many`.
        :returns: ``await`` it for a report, or iterate over it for one outcome per row.
        """
        return self._bulk(
            pupils,
            "pupils.update_many",
            prepare=one_by_one(_prepare_changes),
            call=_put,
            parse_results=_parse_results("id"),
            max_rows=MOST,
            journal=journal,
        )


async def _look_up(pupils: Pupils, rows: Rows[NewPupil]) -> list[Found]:
    """Look up rows whose response was lost, by ``number``."""

    async def find(sent: Sequence[dict[str, Any]]) -> list[FoundRecord[Pupil]]:
        found = await pupils.list(numbers=[row["number"] for row in sent])
        by_number = {pupil.number: pupil for pupil in found}
        return [by_number.get(str(row["number"]), ABSENT) for row in sent]

    return await look_up(
        rows,
        find,
        is_same=lambda sent, pupil: all(
            str(value or "") == (getattr(pupil, name) or "") for name, value in sent.items()
        ),
        id_of=lambda pupil: pupil.id,
        resend_changes=False,
    )


def _prepare(pupil: NewPupil) -> tuple[Hashable, Any]:
    body = new_pupil(pupil)
    return str(body["number"]), body


def _post(rows: Rows[NewPupil]) -> Call[Any]:
    body = {"pupils": json_of(rows)}
    return Call("POST", "pupils", body=body, envelope_key="results", is_bulk=True)


def _prepare_changes(pupil: ChangedPupil) -> tuple[Hashable, Any]:
    body = changed_pupil(pupil)
    return str(body["id"]), body


def _put(rows: Rows[ChangedPupil]) -> Call[Any]:
    body = {"pupils": json_of(rows)}
    # The same changes can be made again.
    return Call("PUT", "pupils", body=body, envelope_key="results", is_bulk=True, repeatable=True)


def _parse_results(key: str) -> Callable[[Any, Rows[Any]], list[RowResult | None]]:
    """Return a function that reads ``{"results": [{"id": …, "number": …}, {…, "error": …}]}``.

    :param key: the field that is the key of the rows.
    """

    def parse(payload: Any, rows: Rows[Any]) -> list[RowResult | None]:
        items = payload["results"]
        keys = [None if item.get(key) is None else str(item[key]) for item in items]
        return [item and _parse_item(item) for item in match(rows.keys, items, keys)]

    return parse


def _parse_item(item: dict[str, Any]) -> RowResult | None:
    if item.get("error"):
        return RowResult(Status.REJECTED, None, RowError("400", str(item["error"])))
    return RowResult(Status.DONE, str(item["id"])) if item.get("id") is not None else None
