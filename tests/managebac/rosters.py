"""Fill a sandbox with a school, and read the requests that it received."""

from __future__ import annotations

from manabac_async.sandbox import ManageBacSandbox, School


def filled(sandbox: ManageBacSandbox) -> School:
    """Put a school with people, classes and programs into the sandbox."""
    sandbox.school = School.seeded(
        students=12, teachers=4, classes=5, seed=1, members=3, parents=6, year_groups=6
    )
    return sandbox.school


def queries(sandbox: ManageBacSandbox, path: str) -> list[dict[str, list[str]]]:
    """Return the parameters of each request for a path."""
    return [
        {name: seen.query.getall(name) for name in dict.fromkeys(seen.query)}
        for seen in sandbox.log
        if seen.path == path
    ]
