"""Check and encode sections."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import (
    SectionCopy,
    SectionCopyDict,
    SectionCreate,
    SectionCreateDict,
    SectionOptionsUpdate,
    SectionUpdate,
    SectionUpdateDict,
)
from ...models.converter import converter

NewSection = SectionCreate | SectionCreateDict
SectionChange = SectionUpdate | SectionUpdateDict
CopiedSection = SectionCopy | SectionCopyDict

_section_options = {"options": Sending(converter, SectionOptionsUpdate, what="the options")}
new_section = Sending(
    converter,
    SectionCreate,
    what="the section",
    one_of=(("section_code", "section_school_code"),),
    inner=_section_options,
)
section_change = Sending(converter, SectionUpdate, what="the change", inner=_section_options)
copied_section = Sending(
    converter,
    SectionCopy,
    what="the section",
    one_of=(
        ("source_section_id", "source_section_school_code"),
        ("section_id", "section_school_code", "section_code"),
        ("course_id", "course_code"),
    ),
)
