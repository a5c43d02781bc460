"""``--kind teachers``: create teachers, or update them; and the list of teachers."""

from __future__ import annotations

from ..resources.sending.teachers import new_teacher
from .people import FIELDS
from .people_by_email import kind_of, listing_of

TEACHERS = kind_of(
    "teachers",
    fields=FIELDS,
    check_row=new_teacher,
    aliases=dict.fromkeys(("staff id", "teacher id", "employee id"), "identifier"),
)

TEACHER_LIST = listing_of(TEACHERS, "role", "programs")
