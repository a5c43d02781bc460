"""Say which import wrote a journal that this import cannot use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any

from ...errors import InvalidInput, JournalFailed, JournalUnusable
from .. import journals
from ..exit_codes import CommandError
from ..kinds import Kind, KindOption, KindOptions
from .request import ImportRequest

_NAMES: dict[tuple[KindOption, bool], str] = {
    ("update_existing", True): "with --update-existing",
    ("update_existing", False): "without --update-existing",
    ("keep_enrollments", True): "with --keep-enrollments",
    ("keep_enrollments", False): "with --erase-enrollments",
    ("notify", True): "with --notify",
    ("notify", False): "without --notify",
}


async def explain_journal_error(
    client: Any, request: ImportRequest, error: JournalUnusable | JournalFailed
) -> CommandError:
    """Return ``error`` as what the command says about it.

    A journal notes the SDK's call. If an import with other options or another kind wrote it, the
    message names these as the user types them.
    """
    general = journals.journal_error(error)
    if not journals.is_of_another_call(error):
        return general
    path = journals.journal_path(request.results_path)
    try:
        noted = journals.read_summary(path).operation
    except CommandError:
        return general
    for kind in [request.kind, *request.target.kinds]:
        fitting = [options async for options in _options_for(client, kind, noted)]
        if fitting:
            return CommandError(
                f"The journal {path} was written by an import of --kind {kind.name}"
                f"{_options_in_words(kind, fitting)}.",
                "Use --restart to start over, or --results FILE for a separate import. Both send "
                "all rows.",
            )
    return general


async def _options_for(client: Any, kind: Kind, operation: str) -> AsyncIterator[KindOptions]:
    """Yield those options of a kind with which its import is this operation."""
    for values in product([True, False], repeat=len(kind.options)):
        given: dict[str, Any] = dict(zip(kind.options, values, strict=True))
        options = KindOptions(**given)
        try:
            bulk = kind.bulk(client, (), options, None)
        except InvalidInput:
            continue  # the kind does not have this combination of options
        await bulk.close()
        if bulk.operation == operation:
            yield options


def _options_in_words(kind: Kind, fitting: list[KindOptions]) -> str:
    """Return the options that all of ``fitting`` have in common."""
    words = " and ".join(_common_options(kind, fitting))
    return f" {words}" if words else ""


def _common_options(kind: Kind, fitting: list[KindOptions]) -> Iterator[str]:
    for name in kind.options:
        values = {getattr(options, name) for options in fitting}
        if len(values) == 1:
            yield _NAMES[name, values.pop()]
