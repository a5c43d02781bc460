"""Check and encode schools."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import SchoolCreate, SchoolCreateDict, SchoolUpdate, SchoolUpdateDict
from ...models.converter import converter

NewSchool = SchoolCreate | SchoolCreateDict
SchoolChange = SchoolUpdate | SchoolUpdateDict

new_school = Sending(converter, SchoolCreate, what="the school")
school_change = Sending(converter, SchoolUpdate, what="the change")
