"""Helpers that read the outcomes of a bulk."""

from __future__ import annotations

from typing import Any

from lms_async import Outcome


async def ended(bulk: Any) -> list[Outcome[Any]]:
    return [outcome async for outcome in bulk]


def code_of(outcome: Outcome[Any]) -> str | None:
    return None if outcome.error is None else outcome.error.code


def fields_of(outcome: Outcome[Any]) -> set[str]:
    return set() if outcome.error is None else set(outcome.error.fields)
