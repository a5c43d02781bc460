"""Options that are on or off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lms_async import InvalidInput
from schoology_async import Schoology

OPTIONS: dict[str, Callable[[Schoology, Any], Any]] = {
    "parent_access_codes": lambda s, on: s.users.list(parent_access_codes=on),
    "fetch_district_course_name": lambda s, on: s.courses.list(fetch_district_course_name=on),
    "startswith": lambda s, on: s.grading_periods.list(title="Fall", startswith=on),
    "include_past": lambda s, on: s.sections.list(7, include_past=on),
    "include_past (codes)": lambda s, on: s.sections.list_by_school_codes(["C"], include_past=on),
    "include_past (user)": lambda s, on: s.users.sections(7, include_past=on),
    "include_all_enrollments": lambda s, on: s.users.grades(7, include_all_enrollments=on),
    "with_attachments": lambda s, on: s.sections.grade_items(7, with_attachments=on),
    "update_existing (users)": lambda s, on: s.users.create_many([], update_existing=on),
    "ignore_email_conflicts": lambda s, on: s.users.create_many([], ignore_email_conflicts=on),
    "update_existing (courses)": lambda s, on: s.courses.create_many([], update_existing=on),
    "update_existing (sections)": lambda s, on: s.sections.create_many([], update_existing=on),
    "update_existing": lambda s, on: s.enrollments.create_many([], update_existing=on),
    "enroll_user": lambda s, on: s.sections.copy_many([], enroll_user=on),
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("value", [0, 1, "0", "false", None])
async def test_an_option_that_is_not_true_or_false_is_refused(
    schoology: Schoology, name: str, value: Any
) -> None:
    """Schoology turns some options on for any value, even 0."""
    with pytest.raises(InvalidInput) as refused:
        OPTIONS[name](schoology, value)
    assert set(refused.value.fields) == {name.partition(" ")[0]}
