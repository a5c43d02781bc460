"""The filters of most lists of ManageBac."""

from __future__ import annotations

SINCE = {
    "modified_since": "only records that were changed since this time, such as 2026-09-01 or "
    "2026-09-01T08:00:00Z",
    "deleted_since": "records that were deleted since this time, instead of current ones",
}
