"""The table of what an HTTP error status means for the rows of a chunk.

A chunk holds many rows and gets one status. For every status from 400 to 599 the table says whether
one row may have caused it, whether waiting helps, whether other chunks would fail too, and whether
the vendor may have acted. Any other 4xx stops the bulk, and its rows are skipped. Any other 5xx
counts as a lost response.
"""

from __future__ import annotations

from enum import Enum


class Effect(Enum):
    """What to do after a status."""

    #: One row may have caused it. Halve the chunk. A row that is refused alone is ``rejected``.
    CONTENT = "content"
    #: The path names a record that all rows share, and it does not exist. All rows are
    #: ``rejected``.
    SHARED = "shared"
    #: Nothing was done, and the request may succeed later. Retry it. If that does not help, the
    #: rows are ``skipped``, so that the next run sends them.
    PASSES = "passes"
    #: Nothing was done, and other chunks would fail too. Stop the bulk. The rows are ``skipped``.
    ENDS = "ends"
    #: The vendor may have acted. Repeat the request if it is repeatable, otherwise look the rows
    #: up. A row is ``unknown`` if the look-up does not find out its status.
    UNSETTLED = "unsettled"


#: Status → effect and reason.
EFFECTS: dict[int, tuple[Effect, str]] = {
    400: (Effect.CONTENT, "a value that the vendor cannot read"),
    401: (Effect.ENDS, "the credentials are not accepted"),
    402: (Effect.ENDS, "the school's subscription does not include this"),
    403: (Effect.ENDS, "the account may not do this"),
    404: (Effect.ENDS, "the address does not exist; it is the same for every chunk"),
    405: (Effect.ENDS, "the address does not take this method"),
    406: (Effect.ENDS, "the vendor cannot answer in JSON here"),
    407: (Effect.ENDS, "a proxy requires credentials; the vendor was not reached"),
    408: (Effect.PASSES, "the complete request did not arrive in time, and was dropped"),
    409: (Effect.CONTENT, "a row conflicts with a record of the vendor"),
    410: (Effect.ENDS, "the address is gone; it is the same for every chunk"),
    411: (Effect.ENDS, "the length of the body is missing; it is the same for every chunk"),
    412: (Effect.ENDS, "a precondition failed; no row sets one"),
    413: (Effect.CONTENT, "the body is too large; half of the rows may fit"),
    414: (Effect.CONTENT, "the URL is too long; half of the ids may fit"),
    415: (Effect.ENDS, "the body's type is not accepted; it is the same for every chunk"),
    417: (Effect.ENDS, "an expectation failed; no row sets one"),
    421: (Effect.PASSES, "the wrong server received the request; it did nothing"),
    422: (Effect.CONTENT, "a value that the vendor does not accept"),
    423: (Effect.PASSES, "a record is locked for now"),
    424: (Effect.CONTENT, "another part of the same request failed"),
    425: (Effect.PASSES, "the server did not risk acting on a request that may be repeated"),
    426: (Effect.ENDS, "another version of the protocol is needed; it is the same for every chunk"),
    428: (Effect.ENDS, "a precondition is required; no row sets one"),
    429: (Effect.PASSES, "the rate limit"),
    431: (Effect.CONTENT, "the request line is too long; half of the ids may fit"),
    451: (Effect.ENDS, "refused for legal reasons"),
    500: (Effect.UNSETTLED, "the vendor failed, before or after it acted"),
    501: (Effect.ENDS, "the vendor does not have this method"),
    502: (Effect.UNSETTLED, "a gateway lost the vendor's response"),
    503: (Effect.UNSETTLED, "overload or maintenance, of a gateway or of the vendor"),
    504: (Effect.UNSETTLED, "a gateway got no response from the vendor"),
    505: (Effect.ENDS, "another version of the protocol is needed; it is the same for every chunk"),
    510: (Effect.ENDS, "an extension is required; no row can add one"),
    511: (Effect.ENDS, "this network requires a login; the vendor was not reached"),
}

#: Statuses with ``Effect.CONTENT`` that may also be temporary. Another request under way may have
#: caused the conflict or the failure.
MAY_PASS = frozenset({409, 424})

_OTHER_REFUSAL = (Effect.ENDS, "not a status that HTTP defines for this")
_OTHER_FAILURE = (Effect.UNSETTLED, "not a status that HTTP defines for this")


def effect_of(status: int, *, path_names_rows: bool = False) -> Effect:
    """Return what to do after ``status`` was the response to a whole chunk.

    :param status: from 400 to 599.
    :param path_names_rows: whether the URL's path holds an id that the rows name, e.g. of their
        class. Then 404 and 410 are about that id.
    """
    if path_names_rows and status in (404, 410):
        return Effect.SHARED
    other = _OTHER_REFUSAL if status < 500 else _OTHER_FAILURE
    return EFFECTS.get(status, other)[0]
