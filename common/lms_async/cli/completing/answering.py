"""Answer a shell that asks what Tab can suggest: see :mod:`.scripts`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from typer._completion_classes import BashComplete  # typer has no public name for it

_WORDS, _WORD = "_LMS_WORDS", "_LMS_WORD"


def is_asked(environment: Mapping[str, str]) -> bool:
    """Return whether a completion script started this process."""
    return _WORDS in environment


def suggestions(command: Any, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what Tab can suggest, as lines: a word without blanks, and after a blank its help text.

    :param command: the whole command line, as ``typer.main.get_command`` returns it.
    :param environment: the variables that the script set.
    """
    words = [_without_quotes(word) for word in environment[_WORDS].split("\n")[1:]]
    word = _without_quotes(environment.get(_WORD, ""))
    # bash makes three words of --to=TARGET. The other shells replace all of it.
    if words[-1:] == ["="]:
        words.pop()
    name, equals, _ = word.partition("=")
    before = name + equals if equals and name.startswith("--") else ""
    # Finding suggestions is the same for all shells.
    found = BashComplete(command, {}, "lms", _WORDS).get_completions(words, word)
    for one in found:
        # A list has one line per suggestion, so the first sentence is enough.
        text = " ".join((one.help or "").split()).partition(". ")[0].removesuffix(".")
        yield f"{before}{one.value} {text}".rstrip()


def _without_quotes(word: str) -> str:
    """Return a word as the command gets it. The word may end within a quotation."""
    for closed in (word, f"{word}'", f'{word}"'):
        try:
            return "".join(shlex.split(closed)[:1])
        except ValueError:  # a quotation mark is missing
            continue
    return word
