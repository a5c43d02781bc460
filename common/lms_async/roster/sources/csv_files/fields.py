"""The fields that columns of CSV files can have, by kind of record."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ...model import Course, Enrollment, Org, Person, Relationship, Section, Term


@attrs.frozen
class KindFields:
    """The fields of a kind of record. Most are those of the model, by their names.

    :param names: all fields.
    :param required: the fields that need a column or a constant.
    :param key: the fields without which a row cannot be read.
    :param same: the fields that make two rows the same record.
    :param id_field: the field with the id of the record, ``""`` if it has none.
    :param shown: the ids of orgs, terms and courses, which messages may have.
    """

    names: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]
    same: tuple[str, ...]
    id_field: str = ""
    shown: tuple[str, ...] = ()


def _with_id(names: str, *, required: str, shown: str = "") -> KindFields:
    own = ("id",)
    needed = ("id", *required.split())
    return KindFields(("id", *names.split()), needed, own, own, "id", tuple(shown.split()))


#: Instead of ``roles``, people have a ``role``, which they have in each org of ``org_ids``.
FIELDS: Mapping[str, KindFields] = {
    Org.plural: _with_id("name type code parent_id", required="name", shown="parent_id"),
    Term.plural: _with_id(
        "title type starts ends school_year parent_id", required="title", shown="parent_id"
    ),
    Person.plural: _with_id(
        "given_name family_name middle_name preferred_given_name email username phone sms"
        " birth_date gender role org_ids grades identifier enabled",
        required="given_name family_name role",
    ),
    Course.plural: _with_id(
        "title code org_id subjects grades term_id", required="title", shown="org_id term_id"
    ),
    Section.plural: _with_id(
        "title code course_id org_id term_ids type grades subjects periods location",
        required="course_id",
        shown="course_id org_id term_ids",
    ),
    # A person may be in a section more than once, with other dates or roles.
    Enrollment.plural: KindFields(
        tuple("section_id person_id role primary begins ends".split()),
        required=("section_id", "person_id", "role"),
        key=("section_id", "person_id"),
        same=tuple("section_id person_id role primary begins ends".split()),
    ),
    Relationship.plural: KindFields(
        ("person_id", "other_id", "kind"),
        required=("person_id", "other_id"),
        key=("person_id", "other_id"),
        same=("person_id", "other_id", "kind"),
    ),
}
#: Fields that are dates, and fields that are true or false.
DATES = frozenset("starts ends begins birth_date".split())
FLAGS = frozenset({"primary", "enabled"})
