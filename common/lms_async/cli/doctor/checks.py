"""The checks of ``lms doctor``. Each returns what it found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from ...environment import given_variables
from ...errors import LmsError
from ...http.probe import Probe
from ..credentials import Environment
from ..exit_codes import MAY_NOT_READ
from ..kinds import Listing
from ..target import Target
from ..wording import duration, listed
from .findings import Finding

#: A clock may differ by so many seconds. Vendors that check times allow a few minutes.
_CLOCK_MAY_DIFFER = 60.0
#: How long one listing may take, in seconds. Reading an empty one can take many requests.
_PATIENCE = 15.0


def where_settings_are(environment: Environment, target: Target) -> Finding:
    """Say which variables are set, and where. Their values are not shown."""
    given = given_variables(target.variables, environment.variables)
    where = "the environment" if given else str(environment.file)
    given = given or given_variables(target.variables, environment.from_file)
    return Finding(f"Settings: {listed(list(given))}, from {where}")


def connection(seen: Probe | None) -> Finding:
    """Describe the connection. The client itself has reached the vendor already."""
    if seen is None:
        return Finding("Connection: the vendor responds, but not to a request without credentials")
    secured = seen.tls or "not encrypted"
    return Finding(f"Connection: {secured}, response after {seen.seconds * 1000:.0f} ms")


def clock(seen: Probe | None) -> Finding:
    """Compare the clock of this computer with the vendor's."""
    if seen is None or seen.clock_ahead is None:
        return Finding("Clock: not checked, because the vendor did not send the time")
    if abs(seen.clock_ahead) <= _CLOCK_MAY_DIFFER:
        return Finding(f"Clock: differs from the vendor's by {round(abs(seen.clock_ahead))} s")
    which = "ahead of" if seen.clock_ahead > 0 else "behind"
    return Finding(
        f"Clock: {duration(abs(seen.clock_ahead))} {which} the vendor's",
        [
            "Set the clock of this computer, and let it synchronize. A vendor can reject requests "
            "whose time is wrong."
        ],
    )


async def permissions(client: Any, target: Target) -> list[Finding]:
    """Read the beginning of each listing, and say which ones the account may read."""
    readable: list[str] = []
    findings: list[Finding] = []
    for listing in target.listings:
        try:
            async with asyncio.timeout(_PATIENCE):
                await _read_first(listing, client)
        except MAY_NOT_READ as error:
            findings.append(
                Finding(
                    f"{listing.name}: {target.vendor} does not let this account read them: {error}",
                    [
                        f"If you need them, ask your {target.vendor} administrator for the "
                        "permission."
                    ],
                )
            )
        except TimeoutError:
            findings.append(Finding(f"{listing.name}: not checked, because it takes too long"))
        except LmsError as error:
            findings.append(
                Finding(f"{listing.name}: could not be read: {error}", ["Try again later."])
            )
        else:
            readable.append(listing.name)
    if readable:
        findings.insert(0, Finding(f"The account may read: {listed(readable)}"))
    return findings


async def _read_first(listing: Listing, client: Any) -> None:
    rows = listing.read(client, {})
    try:
        async for _ in rows:
            return
    finally:
        if isinstance(rows, AsyncGenerator):
            await rows.aclose()


def rate_limit(target: Target, refusals: Sequence[float]) -> Finding:
    """Say how fast an import sends.

    :param refusals: the pauses that the vendor asked for during the checks, in seconds.
    """
    limit, per = target.limit
    text = f"Rate limit: {limit} requests per {per:g} s, unless --limit changes it"
    if not refusals:
        return Finding(text)
    return Finding(
        f"{text}. The vendor refused {len(refusals)} of the requests because of its limit",
        [
            "If an lms command has just ended, wait a minute and run lms doctor again. Otherwise "
            "another program uses this account at the same time. Stop it, or use a lower --limit."
        ],
    )
