"""ManageBac's words, into which a mapping translates those of the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms_async.roster import Word

from ..client import ManageBac
from .people import PATHS
from .references import PER_PAGE
from .sections import read_terms

_ENROLLMENT_ROLES = (Word("student"), Word("teacher"))


async def read_words(client: ManageBac) -> Mapping[str, Sequence[Word]]:
    """Read the active year groups, the subjects and the terms.

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
