"""Recognize the roles of administrators, who are never created or changed."""

from __future__ import annotations


def administers(role: str) -> bool:
    """Return whether a role is one of administrators.

    :param role: the word of the source, such as ``siteAdministrator`` or ``sysadmin``, or the
        vendor's word, such as ``School Admin``. Vendors do not say which roles administer, so a
        word that contains "admin" counts as one.
    """
    return "admin" in role.casefold()
