"""ManageBac's words, into which a mapping translates those of the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms_async.errors import Forbidden, Unauthorized
from lms_async.roster import Word

from ..client import ManageBac
from .people import PATHS
from .references import PER_PAGE
from .sections import read_terms

_ENROLLMENT_ROLES = (Word("student"), Word("teacher"))


async def read_words(client: ManageBac) -> Mapping[str, Sequence[Word]]:
    """Read the active year groups, the subjects, the terms and the name of the school.

    :raises LmsError: they can't be read.
    """
    groups = await client.year_groups.list(archived=False, per_page=PER_PAGE)
    subjects: dict[str, list[str]] = {}
    for program, some in (await client.school.subjects()).items():
        for subject in some:
            if subject.name:
                subjects.setdefault(subject.name.strip(), []).append(program)
    terms = await read_terms(client)
    return {
        "school": await _school(client),
        "roles": [Word(role) for role in PATHS],
        "enrollment_roles": _ENROLLMENT_ROLES,
        "grades": [
            Word(group.name.strip(), ", ".join(filter(None, (group.program, group.grade))))
            for group in groups
            if group.name
        ],
        "subjects": [Word(name, ", ".join(programs)) for name, programs in subjects.items()],
        "terms": [Word(word, dates) for word, dates in terms.words().items() if word],
    }


async def _school(client: ManageBac) -> list[Word]:
    """Return the name of the school. A plan does not need it, so the account may lack the
    permission."""
    try:
        school = await client.school.get()
    except (Unauthorized, Forbidden):
        return []
    return [Word(school.name.strip(), school.subdomain or "")] if school.name else []
