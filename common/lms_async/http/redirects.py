"""Which redirects are followed: those of reads, to the vendor's own host."""

from __future__ import annotations

from typing import Any

from ..errors import CrossHostRedirect, LmsError, UnexpectedResponse
from .call import Call, follow
from .responses import Response


def is_redirect(response: Response) -> bool:
    """Say whether ``response`` leads to another address."""
    return 300 <= response.status < 400 and "location" in response.headers


def redirected(call: Call[Any], response: Response, made: int, *, base_url: str) -> Call[Any]:
    """Return the call that the redirect ``response`` leads to.

    :param made: the attempts so far, which an error counts.
    :raises UnexpectedResponse: ``call`` is a write.
    :raises CrossHostRedirect: the address is not below ``base_url``.
    """
    error: LmsError = UnexpectedResponse("the vendor redirected a write", call=call)
    if call.method == "GET":
        try:
            return follow(call, response.headers["location"], base_url=base_url)
        except ValueError as refused:
            error = CrossHostRedirect(f"redirect not followed: {refused}", call=call)
    error.response = response.shortened()
    raise error.after(made)
