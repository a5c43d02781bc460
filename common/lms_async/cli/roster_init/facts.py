"""What was found on both sides."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ..roster_support import RosterSetting
from .csv_files import ProposedSource
from .source_survey import SourceSurvey
from .vendor_survey import VendorSurvey


@attrs.frozen(kw_only=True)
class Facts:
    """What the proposals depend on.

    :param source: what the source has.
    :param vendor: what the vendor has; ``None`` if no credentials are set.
    :param name: the name of the vendor, as people write it.
    :param creates: the command that creates missing words of the vendor, by table of the mapping.
    :param encoding: the encoding of files of the source that are not UTF-8, if it was given.
    :param files: how the CSV files of the source are read; ``None`` for OneRoster files.
    :param settings: the settings of the vendor's target by name.
    """

    source: SourceSurvey
    vendor: VendorSurvey | None
    name: str
    settings: Mapping[str, RosterSetting]
    creates: Mapping[str, str] = attrs.field(factory=dict)
    encoding: str | None = None
    files: ProposedSource | None = None
