"""Scripted faults: what goes wrong, at which request, and whether the server acts before that."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal, TypedDict, Unpack

from attrs import Factory, define, field, frozen

Kind = Literal["refuse", "error", "hang", "cut", "half_body", "blank", "html", "redirect"]

_PAGE = (
    "<!DOCTYPE html><html><head><title>{0}</title></head>"
    "<body><h1>{0}</h1><p>Please try again later.</p></body></html>"
)


class Scope(TypedDict, total=False):
    """Which requests a fault affects."""

    times: int
    """How often the fault happens. By default once, or without limit if there is a ``share``."""
    method: str | None
    path: str | None
    """The exact path below the API's root, such as ``users``."""
    skip: int
    """How many matching requests pass first."""
    share: float | None
    """Affect this share of the matching requests, at random."""


@frozen
class Fault:
    """One fault. Use the class methods to make one."""

    kind: Kind
    acts: bool = False
    """Whether the server does what was requested before the fault."""
    status: int = 200
    headers: Mapping[str, str] = Factory(dict)
    body: str = ""
    scope: Scope = Factory(Scope)

    @classmethod
    def refuse(cls, *, retry_after: float | None = None, **scope: Unpack[Scope]) -> Fault:
        """Answer 429, as if the rate limit were exceeded."""
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        headers["Content-Type"] = "text/plain"
        return cls("refuse", status=429, headers=headers, body="Too many requests.", scope=scope)

    @classmethod
    def error(
        cls, status: int = 500, *, acts: bool = False, body: str = "", **scope: Unpack[Scope]
    ) -> Fault:
        """Answer with an error status and any text, or none."""
        headers = {"Content-Type": "text/plain"}
        return cls("error", acts=acts, status=status, headers=headers, body=body, scope=scope)

    @classmethod
    def hang(cls, *, acts: bool = False, **scope: Unpack[Scope]) -> Fault:
        """Never answer. The connection stays open until one side closes it."""
        return cls("hang", acts=acts, scope=scope)

    @classmethod
    def cut(cls, *, after: bool = False, **scope: Unpack[Scope]) -> Fault:
        """Cut the connection without an answer, before the server acts or ``after``."""
        return cls("cut", acts=after, scope=scope)

    @classmethod
    def half_body(cls, **scope: Unpack[Scope]) -> Fault:
        """Act, send status, headers and half of the body, and cut the connection."""
        return cls("half_body", acts=True, scope=scope)

    @classmethod
    def blank(cls, *, acts: bool = False, **scope: Unpack[Scope]) -> Fault:
        """Answer 200 with an empty body."""
        headers = {"Content-Type": "application/json"}
        return cls("blank", acts=acts, headers=headers, scope=scope)

    @classmethod
    def html(cls, *, status: int = 502, **scope: Unpack[Scope]) -> Fault:
        """Answer with an HTML page: a gateway's error, or with status 200 a captive portal."""
        page = _PAGE.format("Welcome" if status == 200 else f"Error {status}")
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return cls("html", status=status, headers=headers, body=page, scope=scope)

    @classmethod
    def redirect(cls, location: str, *, status: int = 303, **scope: Unpack[Scope]) -> Fault:
        """Redirect to ``location``."""
        return cls("redirect", status=status, headers={"Location": location}, scope=scope)


@define
class _Armed:
    fault: Fault
    skip: int = field(init=False)
    left: int | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        scope = self.fault.scope
        self.skip = scope.get("skip", 0)
        self.left = scope.get("times", 1 if scope.get("share") is None else None)

    def concerns(self, method: str, path: str) -> bool:
        scope = self.fault.scope
        return scope.get("method") in {None, method} and scope.get("path") in {None, path}


class Faults:
    """The faults that have not happened yet."""

    def __init__(self, seed: int = 0) -> None:
        self.fired = 0
        """How many faults have happened so far."""
        self._random = random.Random(f"faults {seed}")  # noqa: S311 - not a secret
        self._armed: list[_Armed] = []

    def __len__(self) -> int:
        """Return how many faults have not happened yet."""
        return len(self._armed)

    def add(self, *faults: Fault) -> None:
        """Add faults. The first one that matches a request affects it."""
        self._armed += [_Armed(fault) for fault in faults]

    def clear(self) -> None:
        """Remove all faults."""
        self._armed.clear()

    def meet(self, method: str, path: str) -> Fault | None:
        """Return the fault that affects a request, if any, and count it as used."""
        for armed in self._armed:
            if not armed.concerns(method, path):
                continue
            if armed.skip:
                armed.skip -= 1
                continue
            share = armed.fault.scope.get("share")
            if share is not None and self._random.random() >= share:
                continue
            self.fired += 1
            if armed.left is not None:
                armed.left -= 1
                if not armed.left:
                    self._armed.remove(armed)
            return armed.fault
        return None
