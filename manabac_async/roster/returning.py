"""Make archived people active again, and update them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Results
from lms_async.bulk.rows import Rows
from lms_async.errors import BadRequest, LmsError, NotFound
from lms_async.http.urls import build_path
from lms_async.outcome import RowError, RowResult, Status
from lms_async.roster import Change

from ..models.person import Person
from ..resources import Parents, Students, Teachers
from ..resources.many import is_ok
from ..resources.shown import shows


def return_people(
    people: Students | Teachers | Parents, to_row: Callable[[Change], dict[str, Any]]
) -> Bulk[Any]:
    """Return a bulk that makes people active and then updates them, two requests per person.

    ManageBac removes archived students from their year group, so a student who returns is put into
    one again. If one of the requests gets no response, the person is read. Both requests are sent
    again unless the person is active and has the fields. Both may be repeated.

    :param people: the students, teachers or parents of the client.
    :param to_row: returns ManageBac's ``id`` of a person, and the fields that are wanted.
    """

    def prepare(change: Change) -> tuple[Hashable, Any]:
        row = to_row(change)
        id_ = row.pop("id")
        # Checks the fields before anything is sent.
        return str(id_), people._change(row) if row else {}

    async def update(rows: Rows[Any], results: Results) -> Results:
        (result,), id_ = results, str(rows.keys[0])
        fields = orjson.loads(rows.bodies[0])
        if result is None or result.status is not Status.DONE or not fields:
            return results
        try:
            await people.update(id_, fields)
        except (BadRequest, NotFound) as refused:
            message = f"the person is active again and not updated: {refused}"
            error = RowError("incomplete", message, refused.fields)
            return [RowResult(Status.REJECTED, id_, error)]
        except LmsError:
            return [None]  # the person is looked up
        return results

    def is_returned(fields: dict[str, Any], person: Person) -> bool:
        return person.archived is False and shows(person, fields)

    return people._one_each(
        (),
        f"{people._people}.return",
        "PUT",
        lambda id_: build_path(people._people + "/{id:person}/unarchive", id=id_),
        prepare=prepare,
        body=lambda row: None,
        required_key="status",
        parse=is_ok,
        path_fields=("id",),
        repeatable=True,
        look_up=people._look_up_each(is_returned),
        follow_up=update,
        journal=None,
    )
