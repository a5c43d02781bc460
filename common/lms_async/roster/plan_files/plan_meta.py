"""What a plan was made from: its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs
from attrs.validators import deep_mapping, instance_of, optional

_TEXT = instance_of(str)


def _is_mapping(meta: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Raise TypeError if ``value`` is no mapping, for attrs."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{attribute.name} is no mapping")


@attrs.frozen(kw_only=True)
class PlanMeta:
    """What a plan was made from.

    :param made_at: when the plan was made, with a time zone.
    :param target: the name of the target.
    :param account: the account at the vendor, without a secret.
    :param as_of: the day for which the plan was made. It decides who is enrolled.
    :param mapping_hash: a hash of the mapping.
    :param fingerprint: a hash of all that was there, see
        :attr:`~lms_async.roster.comparing.working_set.WorkingSet.fingerprint`.
    :param source_records: how many records the source had, by kind. If it had none of a kind, only
        changes, or fewer than the guard allows, this is the number of the last plan.
    :param settings: the settings of the target, see :attr:`~lms_async.roster.Target.settings`.
    :param found_share: the share of the vendor's people with a key that are in the source once the
        plan is applied; ``None`` if there are none. If the source had only changes of people, this
        is the share of the last plan.
    :param vendor_records: how many records in scope the vendor has in use, by kind, once the plan
        is applied.
    :param not_created: how many records the plan should create and did not, by kind. It is known
        once the plan is applied.
    """

    # A damaged file may have values of other types, with which the guard would fail much later.
    made_at: datetime
    target: str = attrs.field(validator=_TEXT)
    account: str = attrs.field(validator=_TEXT)
    as_of: date
    mapping_hash: str = attrs.field(validator=_TEXT)
    fingerprint: str = attrs.field(validator=_TEXT)
    source_records: Mapping[str, int] = attrs.field(
        factory=dict, validator=deep_mapping(_TEXT, instance_of(int), _is_mapping)
    )
    settings: Mapping[str, str] = attrs.field(
        factory=dict, validator=deep_mapping(_TEXT, _TEXT, _is_mapping)
    )
    found_share: float | None = attrs.field(
        default=None, validator=optional(instance_of((int, float)))
    )
    vendor_records: Mapping[str, int] = attrs.field(
        factory=dict, validator=deep_mapping(_TEXT, instance_of(int), _is_mapping)
    )

    not_created: Mapping[str, int] = attrs.field(
        factory=dict, validator=deep_mapping(_TEXT, instance_of(int), _is_mapping)
    )

    @property
    def id(self) -> str:
        """A text that differs between any two plans."""
        return f"{self.made_at.isoformat()} {self.fingerprint} {self.mapping_hash}"


def meta_of(values: Mapping[str, Any]) -> PlanMeta:
    """Return the metadata that was written as JSON.

    :raises LookupError: a value is missing.
    :raises TypeError: there are other values, or a value has another type.
    :raises ValueError: a date is not valid.
    """
    dates = {
        "made_at": datetime.fromisoformat(values["made_at"]),
        "as_of": date.fromisoformat(values["as_of"]),
    }
    return PlanMeta(**{**values, **dates})
