"""Convert accounts to the vendor's JSON, with the inconsistent types of its samples."""

from __future__ import annotations

from typing import Any

from .accounts import Account
from .records import Inactive
from .school import School


def user(school: School, account: Account, picture_url: str) -> dict[str, Any]:
    """Return a row of the list of users."""
    shown: dict[str, Any] = {
        "uid": account.uid,  # a string; `id` is the same as a number
        "id": int(account.uid),
        "school_id": school.school_id,
        "synced": account.synced,
        "school_uid": account.school_uid,
        "building_id": account.building_id,
        "additional_buildings": account.additional_buildings,
        "name_title": account.name_title,
        "name_title_show": account.name_title_show,
        "name_first": account.name_first,
        "name_first_preferred": account.name_first_preferred,
        "name_middle": account.name_middle,
        "name_middle_show": account.name_middle_show,
        "name_last": account.name_last,
        "name_display": account.name_display,
        "username": account.username,
        "primary_email": account.primary_email,
        "picture_url": picture_url,
        "gender": account.gender,
        "position": account.position,
        "grad_year": account.grad_year,
        "password": "",
        "role_id": account.role_id,
        "tz_offset": account.tz_offset,
        "tz_name": account.tz_name,
        "parents": None,
        "child_uids": ",".join(school.parents.students(account.uid)) or None,
    }
    # In no documented sample, but in the live API.
    if account.birthday_date:
        shown["birthday_date"] = account.birthday_date
    if account.language:
        shown["language"] = account.language
    return shown | account.extra


def one_user(
    school: School, account: Account, picture_url: str, *, single_as_object: bool
) -> dict[str, Any]:
    """Return a single user: like a row of the list, with more fields."""
    shown = user(school, account, picture_url)
    parents = [
        user(school, school.users[uid], picture_url)
        for uid in school.parents.of(account.uid)
        if uid in school.users
    ]
    if parents:  # assumed: only in the view of a single user; all samples have null
        shown["parents"] = {"parent": parents[0] if single_as_object else parents}
        if len(parents) > 1:
            shown["parents"] = {"parent": parents}
    return shown | {"send_message": 1}


def inactive(entry: Inactive) -> dict[str, Any]:
    """Return an inactive user. Its ``uid`` is a number, and it has no ``id``."""
    return {
        "uid": int(entry.account.uid),
        "name": entry.account.name_display,
        "school_uid": entry.account.school_uid,
        "synced": entry.account.synced,
        "inactive_timestamp": entry.inactive_timestamp,
        "modified_by_uid": int(entry.modified_by_uid),
    }


LANGUAGES = (
    ("en", "English"),
    ("en-GB", "English (UK)"),
    ("ar", "Arabic"),
    ("zh-hans", "Chinese, Simplified"),
    ("fr-corp", "French - Corporate"),
    ("de", "German"),
    ("ms", "Malay"),
    ("es", "Spanish"),
)
