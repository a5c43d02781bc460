"""The user of the credentials, and the interface languages. Vendor page: User, "Other Calls"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Id


@attrs.define(kw_only=True, repr=False)
class AppUserInfo(Record):
    """The user of the credentials."""

    #: Schoology's id of the user.
    api_uid: Id | None = None
    #: When the web session began, in seconds since 1970; ``None`` or 0 without one.
    web_session_timestamp: int | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Language(Record):
    """An interface language; ``language_code`` is what ``UserCreate.language`` takes."""

    language_code: str | None = None
    language_name: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
