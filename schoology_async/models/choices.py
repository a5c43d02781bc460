"""The values that Schoology documents for a field."""

from __future__ import annotations

from typing import Literal

#: The grade level of a course: 1 pre-kindergarten, 2 kindergarten, 3 to 14 grades 1 to 12,
#: 15 higher education. 0 removes the grade level.
GradeLevel = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
#: 0 other, 1 health and physical education, 2 language arts, 3 mathematics, 4 professional
#: development, 5 science, 6 social studies, 7 special education, 8 technology, 9 arts.
SubjectArea = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
#: 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
EnrollmentStatus = Literal[1, 2, 3, 4, 5]
#: The layout of a section's pages.
CourseFormat = Literal[1, 2]
#: How people join a group: 0 by invitation, 1 by a request that an administrator accepts, 2 freely.
InviteType = Literal[0, 1, 2]
#: Who may see a group. Schoology also returns ``custom``, which can't be written.
PrivacyLevel = Literal["everyone", "school", "building", "group"]
