"""The vendor's words for the roles of the source, and the roles that have none."""

from __future__ import annotations

from collections import Counter

from ..mapping.mapping import RosterMapping
from ..problems import ReadingReport, Severity


class RoleWords:
    """Translates roles, and counts those that the mapping does not translate.

    :param mapping: the school's settings.
    """

    def __init__(self, mapping: RosterMapping) -> None:
        self._tables = {
            "people": ("roles", mapping.roles),
            "enrollments": ("enrollment_roles", mapping.enrollment_roles),
        }
        self._unknown: Counter[tuple[str, str]] = Counter()

    def word(self, kind: str, role: str) -> str:
        """Return the vendor's word for a role in a record of ``kind``; ``""`` if it has none."""
        word = self._tables[kind][1].get(role, "")
        if not word:
            self._unknown[kind, role] += 1
        return word

    def report_unknown(self, report: ReadingReport) -> None:
        """Report the roles that had no word, with counts."""
        for kind, (table, _) in self._tables.items():
            roles = [
                f"{role} ({count:,})"
                for (of, role), count in self._unknown.most_common()
                if of == kind
            ]
            if roles:
                text = (
                    f"The mapping does not translate these roles: {', '.join(roles)}. Records with "
                    f"them are left alone. To plan them, add the roles to [{table}]."
                )
                report.add(Severity.WARNING, "", 0, "role", f"unknown_role_{kind}", text)
