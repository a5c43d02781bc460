"""Find the bulk method of a client that a job names, and call it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import Any

from ..bulk.bulk import Bulk
from ..client import Client
from ..errors import InvalidInput
from ..journal.journal import Journal
from ..resource import Resource


def bulk_of(
    client: Client,
    operation: str,
    rows: Iterable[Any] | AsyncIterable[Any],
    options: Mapping[str, Any],
    *,
    journal: Journal | None = None,
) -> Bulk[Any]:
    """Return the bulk of ``operation`` for ``rows``. It sends nothing before it is read.

    :param operation: a resource and its method, such as ``users.create_many``. It may come from
        outside, so nothing but a bulk method is called.
    :param options: the other arguments of the method.
    :raises InvalidInput: the client has no such bulk method, the method can't be used in parts, or
        ``options`` do not fit it.
    """
    method = _method(client, operation)
    signature = inspect.signature(method)
    if "guard" in signature.parameters:
        raise InvalidInput(
            f"{operation} can't be a job, because its guard counts the removals of one call",
            hint="call it for all rows at once",
        )
    places = [one for one in signature.parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
    arguments = {**options, places[-1].name: rows, "journal": journal}
    given = signature.parameters.keys() - {places[-1].name, "journal"}
    unknown = sorted(options.keys() - given)
    if unknown:
        allowed = ", ".join(sorted(given)) or "none"
        raise InvalidInput(
            f"{operation} has no option {', '.join(unknown)}", hint=f"its options are: {allowed}"
        )
    missing = [
        name
        for name, one in signature.parameters.items()
        if one.default is one.empty and name not in arguments
    ]
    if missing:
        raise InvalidInput(f"{operation} needs the options {', '.join(missing)}")
    bulk = method(**arguments)
    if not isinstance(bulk, Bulk):
        raise _not_a_bulk(client, operation)
    return bulk


def _method(client: Client, operation: str) -> Callable[..., Any]:
    names = operation.split(".")
    if len(names) == 2 and not any(name.startswith("_") for name in names):
        resource = getattr(client, names[0], None)
        method = getattr(resource, names[1], None) if isinstance(resource, Resource) else None
        # Only bulk methods have a journal, so no other method is called.
        if inspect.ismethod(method) and "journal" in inspect.signature(method).parameters:
            return method
    raise _not_a_bulk(client, operation)


def _not_a_bulk(client: Client, operation: str) -> InvalidInput:
    return InvalidInput(
        f"{type(client).__name__} has no bulk method {operation!r}",
        hint="give a resource and its method, such as users.create_many",
    )
