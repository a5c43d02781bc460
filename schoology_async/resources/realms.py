"""The realm of an enrollment: a section or a group."""

from __future__ import annotations

from typing import NamedTuple

from lms_async.errors import InvalidInput
from lms_async.http.urls import Path, build_path
from lms_async.records.scalar_rules import id_text


class Realm(NamedTuple):
    """A section or a group, by Schoology's id."""

    kind: str
    id: str

    def path(self, rest: str, **values: object) -> Path:
        """Return a path of the realm, e.g. ``sections/4318461/enrollments``.

        :param rest: the path's template after the id.
        :param values: the values of the template, see :func:`build_path`.
        """
        return build_path(f"{self.kind}s/{{realm_id}}/{rest}", realm_id=self.id, **values)

    def enrollments(self) -> Path:
        """Return the path of the realm's enrollments."""
        return self.path("enrollments")


def realm_of(section_id: object = None, group_id: object = None) -> Realm:
    """Return the section or group with the given id.

    :raises InvalidInput: both ids are given, none is given, or the id is not a number.
    """
    realm = any_realm(section_id, group_id)
    if realm is None:
        raise InvalidInput(
            "an enrollment needs a section or a group",
            fields={"section_id": "is needed, or group_id"},
        )
    return realm


def any_realm(section_id: object = None, group_id: object = None) -> Realm | None:
    """Return the section or group with the given id; ``None`` if no id is given.

    :raises InvalidInput: both ids are given, or the id is not a number.
    """
    ids = {"section": section_id, "group": group_id}
    realms = {kind: id_text(id_) for kind, id_ in ids.items() if id_ is not None}
    if len(realms) == 2:
        raise InvalidInput(
            "an enrollment can't have both a section and a group",
            fields={"group_id": "must not be set together with section_id"},
        )
    for kind, text in realms.items():
        id_ = (text or "").strip()
        if not (id_.isascii() and id_.isdigit()):
            raise InvalidInput(
                f"the {kind} id is not valid", fields={f"{kind}_id": "must be a whole number"}
            )
        return Realm(kind, id_)
    return None
