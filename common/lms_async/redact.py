"""Keep secrets and pupils' data out of log lines, ``repr``, exceptions and tracebacks.

Everything that this package prints about a request or a response goes through this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MOST = 200  # characters of a vendor's message that are shown
_MOST_OF_A_ROW = 1000  # characters of a vendor's reason for one row
_MOST_SCANNED = 8000  # characters of a vendor's text that are read
_WORD = re.compile(r"[\w'-]+")
_PUNCTUATION = ".,;:!?()[]{}<>\"'`"
# Common words of vendors' error messages. Any other word may be a name.
_PLAIN_WORDS = frozenset(
    "a about access account active add address all allowed already an and another any api app are "
    "as at authenticate authentication authorised authorized bad be been belongs blank body "
    "building by call can can't cannot changed check class code combination conflict contains "
    "could couldn't created credentials data date deleted denied disabled does doesn't duplicate "
    "each email e-mail empty error exceeded exist exists expired failed field fields find for "
    "forbidden format found from group has have id in inactive incorrect internal invalid is isn't "
    "it its json key later limit list locked longer mail malformed many match maximum may message "
    "method missing more must name needed no nonce not null number oauth of on once only or out "
    "parameter parent parents password payload permission permissions please possible rate read "
    "rejected replay attack request requests required resource role same school section server "
    "service set should signature slow some student students taken teacher teachers than that the "
    "there this timestamp to token too try type unable unauthorized unavailable unexpected unique "
    "unknown unsupported update used user username users valid value version was were will with "
    "structure without wrong xml you your".split()
)


class Sealed(Generic[T]):
    """A secret that cannot be printed, formatted, pickled or compared by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the secret. Call this only to sign a request."""
        return self._value

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> str:
        raise TypeError("a sealed value is not pickled")


def texts(value: Any) -> Iterator[str]:
    """Yield every string and number in a JSON value, as text."""
    todo = [value]
    while todo:
        inner = todo.pop()
        if isinstance(inner, dict):
            todo.extend(reversed(inner.values()))
        elif isinstance(inner, list | tuple):
            todo.extend(reversed(inner))
        elif isinstance(inner, str | int) and not isinstance(inner, bool):
            yield str(inner)


def sentence(value: Any, separator: str = " ") -> str:
    """Join the texts in a JSON value to the vendor's message about one row.

    It has at most 1,000 characters, since reports and results files keep it.
    """
    text = separator.join(islice(texts(value), _MOST_OF_A_ROW))
    return text if len(text) <= _MOST_OF_A_ROW else text[: _MOST_OF_A_ROW - 1] + "…"


def scrub(text: str, *, sent: Iterable[str] = ()) -> str:
    """Return a vendor's message without any word that could be part of a name.

    Only common words of error messages are kept, and only if they are not in the texts that we
    ``sent``. Other words are replaced by ``…``. Markup is not shown at all.
    """
    if text.lstrip().startswith("<"):
        return "(a page of markup, not shown)"
    if len(text) > _MOST_SCANNED:  # cut before a word, not inside it
        text = "".join(text[:_MOST_SCANNED].rsplit(maxsplit=1)[:1])
    echoes = {part.casefold() for value in sent for part in _WORD.findall(value)}
    plain = _PLAIN_WORDS - echoes
    kept: list[str] = []
    for word in text.split():
        if word.strip(_PUNCTUATION).casefold() in plain:
            kept.append(word)
        elif not kept or kept[-1] != "…":
            kept.append("…")
    sentence = " ".join(kept)
    return sentence if len(sentence) <= _MOST else sentence[: _MOST - 1] + "…"
