"""Follow redirects, but only of reads and only to the vendor's own host."""

from __future__ import annotations

from typing import Any

from ..errors import CrossHostRedirect, LmsError, UnexpectedResponse
from .call import Call, follow
from .responses import Response


def is_redirect(response: Response) -> bool:
    """Return whether ``response`` redirects to another address."""
    return 300 <= response.status < 400 and "location" in response.headers


def redirected(call: Call[Any], response: Response, made: int, *, base_url: str) -> Call[Any]:
    """Return the call for the address to which ``response`` redirects.

    :param made: the number of attempts so far, for the error.
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
