"""The settings of a school's roster: how its records become those of the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import attrs
import orjson

from ...errors import InvalidInput
from ..administrators import administers
from ..guarding.guard import GuardSettings
from ..sources import SourceSettings
from .scope import Scope

#: The fields of the model that may be the key of a record, by kind. The first is the default.
KEY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "orgs": ("code", "id"),
    "people": ("id", "identifier"),
    "courses": ("id", "code"),
    "sections": ("id", "code"),
}
#: The last grade of a school, from which people graduate.
LAST_GRADES = (12, 13)


def _key(kind: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
        if value not in KEY_FIELDS[kind]:
            raise InvalidInput(f"the key of {kind} must be {' or '.join(KEY_FIELDS[kind])}")

    return attrs.field(default=KEY_FIELDS[kind][0], validator=check)


def _check_last_grade(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None and value not in LAST_GRADES:
        raise InvalidInput(f"{attribute.name} must be {' or '.join(map(str, LAST_GRADES))}")


@attrs.frozen(kw_only=True)
class Keys:
    """Which field of a record is the key by which the vendor knows it.

    :param orgs: ``code`` or ``id``. An org without a code is known by its id.
    :param people: ``id`` or ``identifier``.
    :param courses: ``id`` or ``code``.
    :param sections: ``id`` or ``code``.
    :raises InvalidInput: the kind has no such key.
    """

    orgs: str = _key("orgs")
    people: str = _key("people")
    courses: str = _key("courses")
    sections: str = _key("sections")


@attrs.frozen(kw_only=True)
class RosterMapping:
    """How the records of a school become those of the vendor.

    :param keys: which field is the key, by kind.
    :param roles: the vendor's word for each role of people. There is no default role: people whose
        role is missing here are reported and left alone. Administrators are always left alone.
    :param enrollment_roles: the same for the roles in enrollments.
    :param role_order: the roles that count first if a person has several. Without it, the role that
        the source calls primary counts.
    :param buildings: the vendor's code of a school, by the id or code of the org. A school that is
        missing here has the code that ``keys.orgs`` says. Records of a district, or of another org
        that is no school, have no school unless the org is here, and keep that of the vendor.
    :param terms: the vendor's title of a term, by the source's title. A term that is missing here
        keeps its title.
    :param grades: the vendor's group of the students of a grade, by the source's grade. It also
        says for which grade a section is.
    :param subjects: the vendor's subject, by the id or code of the course.
    :param course_prefixes: what stands before the course codes of a school, by the id or code of
        the org. Vendors may need codes that no two schools share.
    :param year_in_section_keys: whether the school year is added to the keys of sections, as in
        ``994_1001-2027``. A school that uses its ids again each year needs this.
    :param last_grade: the last grade, 12 or 13, from which the year of graduation is computed;
        ``None`` if the vendor does not need it.
    :param target: the settings of the vendor's target by name. Each vendor has its own.
    :param scope: which records may be changed, in the vendor's words.
    :param guard: what a plan may do.
    :param source: how the files of the school are read; ``None`` for OneRoster files in UTF-8.
    :raises InvalidInput: ``last_grade`` is another number, ``roles`` names a role of administrators
        on either side, or the scope names a role that ``roles`` does not lead to.
    """

    keys: Keys = attrs.field(factory=Keys)
    roles: Mapping[str, str] = attrs.field(factory=dict)
    enrollment_roles: Mapping[str, str] = attrs.field(factory=dict)
    role_order: tuple[str, ...] = ()
    buildings: Mapping[str, str] = attrs.field(factory=dict)
    terms: Mapping[str, str] = attrs.field(factory=dict)
    grades: Mapping[str, str] = attrs.field(factory=dict)
    subjects: Mapping[str, str] = attrs.field(factory=dict)
    course_prefixes: Mapping[str, str] = attrs.field(factory=dict)
    year_in_section_keys: bool = False
    last_grade: int | None = attrs.field(default=None, validator=_check_last_grade)
    target: Mapping[str, str] = attrs.field(factory=dict)
    scope: Scope = attrs.field(factory=Scope)
    guard: GuardSettings = attrs.field(factory=GuardSettings)
    source: SourceSettings | None = None

    def __attrs_post_init__(self) -> None:
        for role, word in self.roles.items():
            if administers(role) or administers(word):
                raise InvalidInput(
                    f"roles translates {role} to {word}, and lms never changes administrators",
                    hint="remove this role from roles",
                )
        unknown = (self.scope.roles or frozenset()) - frozenset(self.roles.values())
        if unknown:
            raise InvalidInput(
                f"the scope has roles that no role is translated to: {', '.join(sorted(unknown))}",
                hint="write the vendor's words into the scope, as they are in roles",
            )

    @property
    def hash(self) -> str:
        """A hash of all settings. Two mappings with equal settings have the same."""
        values = orjson.dumps(attrs.asdict(self), option=orjson.OPT_SORT_KEYS, default=sorted)
        return blake2b(values, digest_size=16).hexdigest()
