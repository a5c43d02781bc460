"""Connect to a target and test its credentials, before the first row is read or sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from ..errors import InvalidInput, LmsError
from ..events import Listener
from ..limits.window import Window
from .exit_codes import CommandError, exit_code_of_error, explain_error
from .proxies import host_of, proxy_for, without_netrc
from .reporting.reporters import Reporter
from .target import Target
from .wording import listed


@asynccontextmanager
async def connected(
    target: Target,
    variables: Mapping[str, str],
    reporter: Reporter,
    *,
    limit: tuple[int, float] | None = None,
    events: Sequence[Listener] = (),
    hint: str = "",
) -> AsyncIterator[Any]:
    """Open a client whose credentials the vendor accepted.

    :param variables: the environment variables of the target that are set.
    :param reporter: shows the host before the first request.
    :param limit: the rate limit: requests, seconds. ``None`` takes the target's.
    :param events: called with each of the client's events.
    :param hint: the last line of the error if the credentials cannot be tested.
    :raises CommandError: the settings are not valid, the vendor cannot be reached, or it does not
        accept the credentials.
    """
    names = listed(list(variables))
    with without_netrc():
        async with create_client(target, variables, limit, events, names) as client:
            host = host_of(client)
            reporter.host(target.name, target.vendor, host, proxy_for(host))
            await verify_credentials(target, client, names, hint)
            yield client


def create_client(
    target: Target,
    variables: Mapping[str, str],
    limit: tuple[int, float] | None,
    events: Sequence[Listener],
    names: str,
) -> AbstractAsyncContextManager[Any]:
    """Create a client that has not sent a request yet.

    :param limit: the rate limit: requests, seconds. ``None`` takes the target's.
    :param names: the variables to check, for the error message.
    :raises CommandError: the settings are not valid.
    """
    limiter = Window(limit[0], per=limit[1]) if limit else None
    try:
        return target.connect(variables, limiter=limiter, events=events)
    except InvalidInput as invalid:
        why = str(invalid)
    raise CommandError(f"The settings are not valid: {why}", f"Check {names}.")


async def verify_credentials(target: Target, client: Any, names: str, hint: str) -> None:
    """Send one cheap request.

    :param names: the variables to check, for the error message.
    :param hint: the last line of the error message.
    :raises CommandError: the vendor cannot be reached, or does not accept the credentials.
    """
    try:
        await target.verify(client)
    except LmsError as error:
        failure = error
    else:
        return
    raise CommandError(
        *explain_error(failure, target.vendor, names),
        *([hint] if hint else []),
        exit_code=exit_code_of_error(failure),
    )
