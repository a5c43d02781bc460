"""Find the vendor's values for the words of a proposed column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..exit_codes import MAY_NOT_READ
from ..kinds import Kind, Reference
from .proposing import Proposal, faults_of_words


@attrs.frozen
class Translation:
    """The words of one column, and what they become.

    :param values: the vendor's value of each word; ``None`` if the user must fill it in.
    :param hints: what the vendor takes, for comments.
    """

    field: str
    values: Mapping[str, str | None]
    hints: Sequence[str]


async def translations(proposal: Proposal, kind: Kind, client: Any) -> list[Translation]:
    """Return a translation for each column whose words the vendor does not take as they are.

    :param client: looks up the vendor's records; ``None`` without credentials.
    """
    found = []
    for one in proposal.columns:
        words = one.words.codes()
        if one.field in kind.references:
            found += await _of_reference(one.field, kind.references[one.field], words, client)
        elif words and (faults := faults_of_words(kind, one.field, words)):
            values = {word: None if word in faults else word for word in words}
            found.append(Translation(one.field, values, list(dict.fromkeys(faults.values()))))
    return found


async def _of_reference(
    field: str, reference: Reference, words: Sequence[str] | None, client: Any
) -> list[Translation]:
    if reference.known is None or not words:
        return []  # too many records or different cells: lms import looks them up
    if client is None:
        what = f"the {reference.noun} of the vendor; with credentials, this command looks them up"
        return [Translation(field, dict.fromkeys(words), [what])]
    names = dict.fromkeys(name for word in words for name in reference.names_in(word))
    try:
        ids = await reference.find(client, names)
        known = await reference.known(client)
    except MAY_NOT_READ:
        what = f"the vendor does not let this account list its {reference.noun}"
        return [Translation(field, dict.fromkeys(words), [what])]
    values: dict[str, str | None] = {}
    for word in words:
        found = [ids.get(name, ()) for name in reference.names_in(word)]
        is_known = bool(found) and all(len(each) == 1 for each in found)
        values[word] = ",".join(each[0] for each in found) if is_known else None
    return [Translation(field, values, [f"{reference.noun} of the vendor: {', '.join(known)}"])]
