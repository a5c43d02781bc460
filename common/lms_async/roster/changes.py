"""The contents of a plan: changes, and records that are not changed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs


class Action(StrEnum):
    """What a change does with a record."""

    CREATE = "create"
    UPDATE = "update"
    #: Add an enrollment or a relationship.
    LINK = "link"
    UNLINK = "unlink"
    EXPIRE = "expire"
    DELETE = "delete"
    DEACTIVATE = "deactivate"
    ARCHIVE = "archive"
    #: Bring an inactive record back into use.
    RETURN = "return"


#: The actions that take a record out of use.
REMOVALS = frozenset(
    {Action.UNLINK, Action.EXPIRE, Action.DELETE, Action.DEACTIVATE, Action.ARCHIVE}
)
#: The actions that bring a record into use.
ADDITIONS = frozenset({Action.CREATE, Action.LINK, Action.RETURN})


class Reason(StrEnum):
    """Why a record, or one of its fields, is left alone."""

    BLANK_KEY = "no id from the school at the vendor"
    BLANK_KEY_IN_SOURCE = "no id in the source"
    DUPLICATE_KEY = "same id as another record"
    #: A section whose key the vendor has for a section of another school year, or an enrollment in
    #: such a section. The new section would rewrite the other year's section and its grades.
    OTHER_SCHOOL_YEAR = "id belongs to another school year"
    #: The vendor can't change the role. So this may be another person.
    OTHER_ROLE = "id belongs to a person with another role"
    #: The vendor's record may not be changed, or it belongs to such a section or person.
    LOCKED = "locked"
    OUT_OF_SCOPE = "out of scope"
    #: The section or person is not there and is not created or returned by this plan.
    NO_PARENT = "its section or person is missing"
    #: The vendor creates no such record without a field for which the record has no value.
    NEEDED_FIELD = "needed field is missing"
    REMOVAL_OFF = "removals are off"
    #: Removals were asked for, but the source may be incomplete.
    SOURCE_INCOMPLETE = "source may be incomplete"
    #: The vendor has no way to remove this kind.
    NOT_REMOVABLE = "vendor cannot remove this kind"
    #: The vendor ends the record itself when its person or section is removed.
    ENDS_WITH_PARENT = "vendor ends it with its section or person"
    #: A section of last year, or an enrollment in one, in the mode for a new school year.
    LEFT_TO_END = "belongs to last year"
    ADDITIONS_ONLY = "mode is additions_only"
    #: The vendor can set this field only when the record is created.
    FIXED_FIELD = "vendor cannot change this field"
    #: The vendor accepts this field and does not show it, so it can't be compared.
    NOT_VERIFIABLE = "vendor does not show this field"
    FIELD_NOT_HELD = "vendor has no such field"
    KIND_NOT_HELD = "lms cannot change this kind at the vendor"
    #: The mapping does not translate the role.
    UNKNOWN_ROLE = "mapping does not translate the role"
    ADMINISTRATOR = "lms never changes administrators"
    NO_ROLE = "person has no role on this day"
    #: A district or department: vendors know schools only.
    NOT_A_SCHOOL = "not a school"
    #: The term is over, or all terms of the section are. Its enrollments stay as they are.
    ENDED = "over on this day"
    #: The enrollment begins later, or is over.
    NOT_ENROLLED = "not enrolled on this day"
    #: The key of a section, or a year of graduation, needs a school year, and the terms have none.
    NO_SCHOOL_YEAR = "school year unknown"
    #: The year of graduation needs a grade that is a number.
    NO_GRADE = "grade is not a number"
    #: The mapping does not translate the grade, or the record has several grades.
    UNKNOWN_GRADE = "mapping does not translate the grade"
    #: The source says only by its id that a record was deleted, and the key is something else.
    DELETED_WITHOUT_KEY = "deleted, and lms does not know its key"


@attrs.frozen(kw_only=True)
class Change:
    """One change of one record at the vendor.

    :param kind: the plural name of the record's kind.
    :param action: what is done.
    :param key: the school's own id of the record, see :class:`~lms_async.roster.entries.Entry`.
    :param org: the school that the record belongs to, by its key.
    :param vendor_id: the vendor's id; ``""`` if the record is created.
    :param before: the fields that will differ, as they are now; empty if the record is created. For
        a removal, all fields that are compared.
    :param after: the same fields as they will be; for a new record, all its fields. Empty for a
        removal.
    """

    kind: str
    action: Action
    key: str = attrs.field(repr=False)
    org: str = ""
    vendor_id: str = attrs.field(default="", repr=False)
    before: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    after: Mapping[str, str] = attrs.field(factory=dict, repr=False)


@attrs.frozen(kw_only=True)
class LeftAlone:
    """A record, or a field of it, that differs from what is wanted and is not changed.

    :param kind: the plural name of the record's kind.
    :param key: the school's own id of the record; ``""`` if it has none, or if this stands for
        several records.
    :param org: the school that the record belongs to, by its key.
    :param vendor_id: the vendor's id; ``""`` if the record is only in the source.
    :param reason: why it is left alone.
    :param detail: the name of the field, or why the record is locked, or the fields that are needed
        and missing.
    :param records: how many records this stands for.
    """

    kind: str
    key: str = attrs.field(default="", repr=False)
    org: str = ""
    vendor_id: str = attrs.field(default="", repr=False)
    reason: Reason
    detail: str = ""
    records: int = 1
