"""Check that the vendor has each word into which a mapping translates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...roster import Capabilities, RosterMapping, Word
from ..exit_codes import CommandError
from ..wording import counted, listed, nearest, quoted
from .settings import place

#: Tables whose words are keys of records. A plan can create the record, if the vendor holds it.
_KINDS = {"terms": "terms", "buildings": "orgs"}
#: How many words of the vendor an error lists.
_MOST = 30


def check_words(
    path: Path,
    mapping: RosterMapping,
    words: Mapping[str, Sequence[Word]],
    capabilities: Capabilities,
    vendor: str,
) -> None:
    """Check each word of the vendor that the mapping has.

    :param path: the mapping file, for the message.
    :param words: the vendor's words, by the table that translates into them.
    :raises CommandError: the vendor does not have some of them. The error lists all of these.
    """
    lines = []
    for table, known in words.items():  # "school" is no table
        if _KINDS.get(table) in capabilities.kinds:
            continue
        texts = [word.text for word in known]
        wrong = [
            (word, text) for word, text in getattr(mapping, table, {}).items() if text not in texts
        ]
        for word, text in wrong:
            near = nearest(text, texts)
            hint = f" Did you mean {quoted(near)}?" if near else ""
            lines.append(f"{place(path, table, word)} {vendor} has no {quoted(text)}.{hint}")
        if wrong:
            lines.append(f"{vendor} has for {table}: {_some(texts)}.")
    if lines:
        raise CommandError(*lines)


def missing_schools(
    changed: Iterable[str],
    words: Mapping[str, Sequence[Word]],
    capabilities: Capabilities,
    vendor: str,
) -> list[str]:
    """Return a line if the vendor does not have some of the schools of a plan's changes.

    :param changed: the keys of the schools.
    :param words: the vendor's words, by the table that translates into them.
    """
    if "buildings" not in words or _KINDS["buildings"] in capabilities.kinds:
        return []
    there = {word.text for word in words["buildings"]}
    missing = sorted({school for school in changed if school} - there)
    if not missing:
        return []
    return [
        f"{vendor} does not have these schools: {_some(missing)}. {vendor} will reject changes "
        f"with these schools. Create them at {vendor}, or translate them in [buildings] of the "
        "mapping."
    ]


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST
    shown = [quoted(text) for text in texts[:_MOST]]
    return listed([*shown, counted(more, "other")] if more > 0 else shown) or "no words"
