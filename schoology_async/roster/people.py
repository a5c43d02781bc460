"""People, whose key is the ``school_uid``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.administrators import administers
from lms_async.roster.entries import join, split
from lms_async.roster.targets.names import Names

from ..models import InactiveUser, User
from .references import Account, Roles

#: Schoology's name of each field that is written as it is.
_PLAIN = {
    "given_name": "name_first",
    "family_name": "name_last",
    "middle_name": "name_middle",
    "preferred_given_name": "name_first_preferred",
    "email": "primary_email",
    "username": "username",
    "birth_date": "birthday_date",
    "graduation_year": "grad_year",
}
#: Fields that are written when a person is created, and not compared: Schoology's lists do not show
#: the phone number, and it has fewer words for the gender than schools have.
HIDDEN = frozenset({"phone", "gender"})
#: Fields that the CSV export does not show either.
HIDDEN_IN_EXPORT = frozenset({"other_schools"})
#: What is read from the CSV export.
EXPORTED = ("uid", "school_uid", "building_id", "role_name", *_PLAIN.values())
#: The fields that Schoology holds.
HOLDS = frozenset({*_PLAIN, *HIDDEN, "role", "school", "other_schools"})
#: What Schoology needs to create a person: something to sign in with.
REQUIRED = (("email", "username"),)
_GENDERS = {"male": "M", "female": "F"}
SYNCED = "another system imports this person"


@attrs.frozen(kw_only=True)
class PeopleNames:
    """What the records of people refer to."""

    roles: Roles
    buildings: Names


async def read_people_names(account: Account) -> PeopleNames:
    """Read what the records of people refer to, unless it is known."""
    return PeopleNames(roles=await account.roles(), buildings=await account.buildings())


def entry(user: User, names: PeopleNames, *, api_uid: str | None) -> Entry:
    """Return the entry of a user.

    :param api_uid: Schoology's id of the user to whom the credentials belong.
    """
    school = names.buildings.name(user.building_id)
    others = {names.buildings.name(id_) for id_ in user.additional_buildings or ()} - {"", school}
    return _entry(
        user,
        role=names.roles.name(user.role_id),
        school=school,
        api_uid=api_uid,
        other_schools=join(*sorted(others)),
    )


def exported_entry(user: User, names: PeopleNames, *, api_uid: str | None) -> Entry:
    """Return the entry of a user in the CSV export, which shows the title of the role.

    :param api_uid: Schoology's id of the user to whom the credentials belong.
    """
    return _entry(
        user,
        role=user.extra["role_name"].strip(),
        school=names.buildings.name(user.building_id),
        api_uid=api_uid,
    )


def lacks_columns(user: User) -> bool:
    """Return whether the CSV export left out a column. A blank cell is ``""``, not ``None``.

    Without the titles of the roles, for example, administrators could not be recognized.
    """
    shown = (getattr(user, name) for name in _PLAIN.values())
    return "role_name" not in user.extra or None in shown


def _entry(user: User, *, role: str, school: str, api_uid: str | None, **more: str) -> Entry:
    """Return the entry of a user.

    :param more: fields that not every way of reading shows.
    """
    locked = ""
    if user.synced:
        locked = SYNCED
    elif administers(role):
        locked = "administrator"
    elif user.uid == api_uid:
        locked = "the credentials belong to this person"
    return Entry(
        kind="people",
        key=user.school_uid or "",
        org=school,
        vendor_id=user.uid or "",
        locked=locked,
        fields={
            **{field: (getattr(user, name) or "").strip() for field, name in _PLAIN.items()},
            "role": role,
            "school": school,
            **more,
        },
    )


def inactive_entry(user: InactiveUser) -> Entry:
    """Return the entry of an inactive user.

    Schoology shows only the name and the ids of inactive users. So their school and role are not
    known.
    """
    return Entry(
        kind="people",
        key=user.school_uid or "",
        vendor_id=user.uid or "",
        active=False,
        locked=SYNCED if user.synced else "",
    )


def new_row(change: Change, names: PeopleNames) -> dict[str, Any]:
    """Return the row that creates a person.

    :raises InvalidInput: Schoology does not know the role or a school, or the role is one of
        administrators.
    """
    return {"school_uid": change.key, **_fields(change.after, names)}


def changed_row(change: Change, names: PeopleNames) -> dict[str, Any]:
    """Return the row that changes the fields of a person.

    :raises InvalidInput: Schoology does not know the role or a school, or the role is one of
        administrators.
    """
    return {"id": change.vendor_id, **_fields(change.after, names)}


def returned_row(change: Change) -> dict[str, Any]:
    """Return the row that makes a person active again. It does not restore old enrollments."""
    return {"uid": change.vendor_id, "option_reenroll": False}


def _fields(after: Mapping[str, str], names: PeopleNames) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: after[field] or None for field, name in _PLAIN.items() if field in after
    }
    if "phone" in after:
        row["phone"] = after["phone"]
    if after.get("gender") in _GENDERS:
        row["gender"] = _GENDERS[after["gender"]]
    if "role" in after:
        if administers(after["role"]):
            fault = "lms never makes anybody an administrator"
            raise InvalidInput("the change can't be sent", fields={"role": fault})
        row["role_id"] = names.roles.id(after["role"], field="role")
    if after.get("school"):
        row["building_id"] = names.buildings.id(after["school"], field="school")
    if "other_schools" in after:
        codes = split(after["other_schools"])
        row["additional_buildings"] = [
            names.buildings.id(code, field="other_schools") for code in codes
        ]
    return row
