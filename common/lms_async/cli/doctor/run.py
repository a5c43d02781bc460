"""Run the checks of ``lms doctor`` in order, and print what they find."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import TextIO

from ... import __version__
from ...events import Event, Refused
from ...http.probe import probe
from ..connecting import create_client, verify_credentials
from ..credentials import Environment, require_variables
from ..exit_codes import CommandError, Exit
from ..proxies import host_of, proxy_for, without_netrc
from ..target import Target
from ..wording import listed
from . import checks
from .findings import Finding, print_finding


async def run_doctor(targets: Sequence[Target], environment: Environment, out: TextIO) -> Exit:
    """Check the installation, and each of ``targets``.

    :param out: gets a line for each check.
    :returns: ``DONE``, or the exit code of the first target that cannot be used. A listing that
        the account may not read does not count.
    """
    out.write(f"{_versions()}\n")
    exit_codes = []
    for target in targets:
        out.write(f"{target.name}: {target.vendor}\n")
        exit_codes.append(await _check(target, environment, out))
    return next((code for code in exit_codes if code is not Exit.DONE), Exit.DONE)


def _versions() -> str:
    return (
        f"lms {__version__}, Python {platform.python_version()}, aiohttp {version('aiohttp')}, "
        f"{platform.system()} {platform.release()}, output in {sys.stdout.encoding}"
    )


async def _check(target: Target, environment: Environment, out: TextIO) -> Exit:
    try:
        await _check_until_problem(target, environment, out)
    except CommandError as problem:
        text, *to_do = problem.lines
        print_finding(Finding(text, to_do or [_to_do(problem.exit_code, target)]), out)
        return problem.exit_code
    return Exit.DONE


async def _check_until_problem(target: Target, environment: Environment, out: TextIO) -> None:
    """Run the checks in order, and print each finding.

    :raises CommandError: the target cannot be used.
    """
    variables = require_variables(environment, target)
    print_finding(checks.where_settings_are(environment, target), out)
    names = listed(list(variables))
    refusals: list[float] = []

    def notice(event: Event) -> None:
        if isinstance(event, Refused):
            refusals.append(event.seconds)

    with without_netrc():
        async with create_client(target, variables, None, [notice], names) as client:
            host = host_of(client)
            proxy = proxy_for(host)
            through = f"through the proxy {proxy}" if proxy else "no proxy"
            print_finding(Finding(f"Host: {host or 'not known'}, {through}"), out)
            seen = await probe(host) if host else None
            if seen is not None:
                print_finding(checks.connection(seen), out)
                print_finding(checks.clock(seen), out)
            await verify_credentials(target, client, names, "")
            if seen is None:
                print_finding(checks.connection(seen), out)
                print_finding(checks.clock(seen), out)
            print_finding(Finding(f"Credentials: {target.vendor} accepts them"), out)
            for finding in await checks.permissions(client, target):
                print_finding(finding, out)
    print_finding(checks.rate_limit(target, refusals), out)


def _to_do(exit_code: Exit, target: Target) -> str:
    if exit_code is Exit.UNREACHABLE:
        return (
            "Check the network, the proxy and the base URL. If they are right, "
            f"{target.vendor} may be down: try again later."
        )
    return "Correct the settings, and run lms doctor again."
