"""What an HTTP error status says about the rows of a whole chunk: the one table.

A chunk holds up to 50 rows, and one status answers for all of them. The table says, for every
status from 400 to 599, whether one row may be to blame, whether waiting helps, whether any other
chunk could fare better, and whether the vendor may have acted. A status that is not listed has no
meaning that a client could rely on: a 4xx ends the bulk with its rows unsettled, a 5xx counts as a
lost response.
"""

from __future__ import annotations

from enum import Enum


class Effect(Enum):
    """What is done after a status."""

    #: One row may have caused it. Halve the chunk; a row that is refused alone is ``rejected``.
    CONTENT = "content"
    #: The path names what all rows have in common, and that is not there: all are ``rejected``.
    SHARED = "shared"
    #: Nothing was done, and the same request may succeed later. Retry it; if that does not help,
    #: the rows are ``skipped``, so that the next run sends them.
    PASSES = "passes"
    #: Nothing was done, and no other chunk could fare better. Stop; the rows are ``skipped``.
    ENDS = "ends"
    #: The vendor may have acted. Repeat what is repeatable, look up the rest, else ``unknown``.
    UNSETTLED = "unsettled"


#: Status → effect and reason.
EFFECTS: dict[int, tuple[Effect, str]] = {
    400: (Effect.CONTENT, "a value that the vendor cannot read"),
    401: (Effect.ENDS, "the credentials are not accepted"),
    402: (Effect.ENDS, "the school's subscription does not include this"),
    403: (Effect.ENDS, "the account may not do this"),
    404: (Effect.ENDS, "the address is not there; it is the same for every chunk"),
    405: (Effect.ENDS, "the address does not take this method"),
    406: (Effect.ENDS, "the vendor cannot answer in JSON here"),
    407: (Effect.ENDS, "a proxy wants credentials; the vendor was not reached"),
    408: (Effect.PASSES, "the request did not arrive in time as a whole, and was dropped"),
    409: (Effect.CONTENT, "a row conflicts with a record of the vendor"),
    410: (Effect.ENDS, "the address is gone; it is the same for every chunk"),
    411: (Effect.ENDS, "how the request is framed; it is the same for every chunk"),
    412: (Effect.ENDS, "a condition that no row of ours sets"),
    413: (Effect.CONTENT, "the body is too large: half of it may not be"),
    414: (Effect.CONTENT, "the URL is too long: with half of the ids it may not be"),
    415: (Effect.ENDS, "the body's type; it is the same for every chunk"),
    417: (Effect.ENDS, "an expectation that no row of ours sets"),
    421: (Effect.PASSES, "the wrong server took the request; it did nothing"),
    422: (Effect.CONTENT, "a value that the vendor does not accept"),
    423: (Effect.PASSES, "a record is locked for now"),
    424: (Effect.CONTENT, "another part of the same request failed"),
    425: (Effect.PASSES, "the server did not want to act this early"),
    426: (Effect.ENDS, "the protocol's version; it is the same for every chunk"),
    428: (Effect.ENDS, "a condition that no row of ours sets"),
    429: (Effect.PASSES, "the rate limit"),
    431: (Effect.CONTENT, "the request line is too long: with half of the ids it may not be"),
    451: (Effect.ENDS, "refused for legal reasons"),
    500: (Effect.UNSETTLED, "the vendor failed, before or after it acted"),
    501: (Effect.ENDS, "the vendor does not have this method"),
    502: (Effect.UNSETTLED, "a gateway lost the vendor's response"),
    503: (Effect.UNSETTLED, "overload or maintenance, of a gateway or of the vendor"),
    504: (Effect.UNSETTLED, "a gateway waited for the vendor in vain"),
    505: (Effect.ENDS, "the protocol's version; it is the same for every chunk"),
    510: (Effect.ENDS, "an extension that no row of ours could add"),
    511: (Effect.ENDS, "this network wants a login; the vendor was not reached"),
}

#: Statuses of the content that may also pass: the record that a row conflicts with, or the part
#: that failed, may be another request's that is under way.
MAY_PASS = frozenset({409, 424})

_OTHER_REFUSAL = (Effect.ENDS, "not a status that HTTP defines for this")
_OTHER_FAILURE = (Effect.UNSETTLED, "not a status that HTTP defines for this")


def effect_of(status: int, *, path_names_rows: bool = False) -> Effect:
    """Say what to do after ``status`` was the response to a whole chunk.

    :param status: from 400 to 599.
    :param path_names_rows: whether the URL's path holds an id that the rows gave, e.g. of their
        class: then 404 and 410 speak of that id.
    """
    if path_names_rows and status in (404, 410):
        return Effect.SHARED
    other = _OTHER_REFUSAL if status < 500 else _OTHER_FAILURE
    return EFFECTS.get(status, other)[0]
