"""Check and encode schools and buildings."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import (
    BuildingCreate,
    BuildingCreateDict,
    SchoolCreate,
    SchoolCreateDict,
    SchoolUpdate,
    SchoolUpdateDict,
)
from ...models.converter import converter

NewSchool = SchoolCreate | SchoolCreateDict
NewBuilding = BuildingCreate | BuildingCreateDict
SchoolChange = SchoolUpdate | SchoolUpdateDict

new_school = Sending(converter, SchoolCreate, what="the school")
new_building = Sending(converter, BuildingCreate, what="the building")
school_change = Sending(converter, SchoolUpdate, what="the change")
