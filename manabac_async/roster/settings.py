"""The settings of a ManageBac account as a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import attrs

from lms_async.errors import InvalidInput

from ..models.fields import Relationship

ArchiveAs = Literal["withdrawn", "graduated"]


def _one_of(words: tuple[str, ...]) -> Any:
    def check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
        if value not in words:
            raise InvalidInput(f"{attribute.name} must be one of: {', '.join(words)}")

    return check


@attrs.frozen(kw_only=True)
class Settings:
    """The settings, as :class:`~manabac_async.roster.ManageBacRoster` explains them."""

    school: str = ""
    archive_as: ArchiveAs = attrs.field(default="withdrawn", validator=_one_of(get_args(ArchiveAs)))
    send_welcome_email: bool = False
    relationship: Relationship = attrs.field(
        default="Other Guardian", validator=_one_of(get_args(Relationship))
    )
    class_language: str = "en"
    keep_memberships_in: str = ""

    def as_texts(self) -> Mapping[str, str]:
        """Return the settings as a mapping has them."""
        return {
            "school": self.school,
            "archive_as": self.archive_as,
            "send_welcome_email": "true" if self.send_welcome_email else "false",
            "relationship": self.relationship,
            "class_language": self.class_language,
            "keep_memberships_in": self.keep_memberships_in,
        }
