"""Find sections whose key the vendor has in another school year.

Some schools use the ids of their sections again each year. Then a new section would rewrite last
year's section at the vendor, together with its grades.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import orjson

from ..entries import split
from ..guarding.guard import GuardSettings, Refusal, exceeds, percent
from .school_years import Days
from .working_set import WorkingSet

_YEAR = timedelta(days=365)
#: The longest term that belongs to a single school year.
_LONGEST = timedelta(days=400)
_TERMS = "SELECT key, compared FROM there WHERE kind = ?"
_SECTIONS = """
SELECT t.key, t.compared FROM wanted AS w JOIN there AS t ON t.kind = w.kind AND t.key = w.key
WHERE w.kind = ? AND w.key <> '' AND NOT w.outside AND NOT t.outside
"""


def sections_of_other_years(working_set: WorkingSet, years: Mapping[str, Days]) -> Iterator[str]:
    """Yield the keys of the sections that the vendor has in another school year than the school.

    That is so if no school year is long enough for the school's terms of the year and the middle of
    the vendor's term. If the vendor does not show the dates of a section's terms, nothing is known
    about the section.

    :param working_set: all entries, with indexes.
    :param years: the school year of each section of the school, by the section's key.
    """
    sections, terms = map(working_set.number_of, ("sections", "terms"))
    if sections is None or terms is None:
        return
    middles: dict[str, list[date | None]] = {}
    for key, compared in working_set.connection.execute(_TERMS, (terms,)):
        middles.setdefault(key, []).append(_middle(orjson.loads(compared)))
    for key, compared in working_set.connection.execute(_SECTIONS, (sections,)):
        year = years.get(key)
        titles = split(orjson.loads(compared).get("terms", ""))
        if year is None or not titles:
            continue
        days = [day for title in titles for day in middles.get(title, [None])]
        if all(
            day is not None and (day < year.last - _YEAR or day > year.first + _YEAR)
            for day in days
        ):
            yield key


def check_section_years(settings: GuardSettings, *, other_year: int, wanted: int) -> list[Refusal]:
    """Check how many sections have a key that the vendor has in another school year.

    They are left alone. Above the bound for removals, the plan stops: the school seems to use its
    ids again each year, and setting ``year_in_section_keys`` later would create the sections of
    this plan a second time.

    :param other_year: how many sections have such a key.
    :param wanted: how many sections the source has.
    """
    bound = settings.max_removed_share
    if wanted < settings.min_records or not exceeds(other_year, bound, wanted):
        return []
    return [
        Refusal(
            rule="max_removed_share",
            kind="sections",
            number=other_year / wanted,
            bound=bound,
            stops=True,
            text=f"{other_year:,} of {wanted:,} sections have the key of a section that the vendor "
            f"has in another school year ({percent(other_year, wanted)}). The guard allows "
            f"{percent(bound)}. If the school uses the ids of its sections again each year, set "
            "year_in_section_keys = true. If it does not, check the dates of the terms.",
        )
    ]


def _middle(term: Mapping[str, str]) -> date | None:
    """Return the day in the middle of a term; ``None`` if it has no dates, or is too long."""
    try:
        starts, ends = (date.fromisoformat(term.get(name, "")) for name in ("starts", "ends"))
    except ValueError:
        return None
    return None if ends - starts > _LONGEST else starts + (ends - starts) / 2
