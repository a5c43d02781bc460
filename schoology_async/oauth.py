"""Let a person sign in with Schoology: OAuth 1.0a with three legs.

::

    request = await oauth.request_token(schoology)
    url = oauth.authorize_url(request, domain="https://lincoln.schoology.com", callback=CALLBACK)
    ...                                   # the person opens the URL, and allows the application
    access = await oauth.access_token(schoology, request)
    Schoology(key, secret, token=access.token, token_secret=access.secret)

``schoology`` is a client with the application's consumer key. The requests share its connections,
rate limit, retries and events. ``examples/sign_in.py`` is a web application that does all this.

Schoology has no verifier: whoever opens the callback page may not be who allowed the application.
So keep the request token in the person's own session, and compare it with the ``oauth_token`` of
the callback. An access token is valid for 90 days. Then Schoology answers 401
(:class:`~lms_async.errors.Unauthorized`), and the person has to sign in again.
Vendor page: https://developers.schoology.com/api-documentation/authentication
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import attrs

from lms_async.errors import InvalidInput, UnexpectedResponse
from lms_async.http.call import get
from lms_async.http.responses import Response
from lms_async.http.urls import build_path, encode_query
from lms_async.http.vendor import checked_base_url, checked_secret

from .vendor import SchoologyVendor

if TYPE_CHECKING:
    from .client import Schoology

#: How long an access token is valid, in days (vendor page).
ACCESS_TOKEN_DAYS = 90


@attrs.frozen
class RequestToken:
    """A token that a person may allow. Keep it in the person's session until the callback.

    :param token: what the authorize URL and the callback name.
    :param secret: signs the request for the access token.
    :param expires_in: seconds until Schoology forgets it; ``None`` if Schoology does not say it.
    """

    token: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    expires_in: int | None = None


@attrs.frozen
class AccessToken:
    """What acts for a person, with the consumer key, for 90 days. Keep both values secret.

    :param token: ``Schoology(…, token=…)``.
    :param secret: ``Schoology(…, token_secret=…)``.
    """

    token: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)


async def request_token(schoology: Schoology) -> RequestToken:
    """Get a request token. This is the first leg: GET oauth/request_token.

    :param schoology: a client with the application's key. An access token of its own is not used.
    :raises Unauthorized: the key or its secret is wrong.
    :raises UnexpectedResponse: the response has no token.
    """
    given = await _tokens(schoology, "oauth/request_token", None)
    seconds = given.get("xoauth_token_ttl", "")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) < 10
    return RequestToken(
        given["oauth_token"], given["oauth_token_secret"], int(seconds) if is_number else None
    )


def authorize_url(request: RequestToken, *, domain: str, callback: str) -> str:
    """Return the address where a person allows the request token. This is the second leg.

    :param domain: the school's own web address, e.g. ``https://lincoln.schoology.com``. It is not
        the host of the API.
    :param callback: the address of yours to which Schoology sends the person afterwards.
    :raises InvalidInput: ``domain`` is not an ``https`` address, or ``callback`` is blank.
    """
    if not callback.strip():
        raise InvalidInput("callback is the address to which the person comes back")
    web = checked_base_url(domain if "://" in domain else f"https://{domain}")
    query = (("oauth_callback", callback), ("oauth_token", request.token))
    return f"{web}oauth/authorize?{encode_query(query)}"


async def access_token(schoology: Schoology, request: RequestToken) -> AccessToken:
    """Exchange an allowed request token for an access token. This is the third leg: GET
    oauth/access_token.

    :param schoology: a client with the application's key, as for :func:`request_token`.
    :raises Unauthorized: the person did not allow the token, it was used before, or it expired.
    :raises OutcomeUnknown: the response was lost, and the request token may be used up. Start again
        with a new one.
    :raises UnexpectedResponse: the response has no token.
    """
    given = await _tokens(schoology, "oauth/access_token", request)
    return AccessToken(given["oauth_token"], given["oauth_token_secret"])


async def _tokens(
    schoology: Schoology, template: str, request: RequestToken | None
) -> dict[str, str]:
    """Send one leg, and return its form-encoded response.

    :param request: what signs it beside the consumer key. Such a call uses the token up, so it is
        not repeated.
    """
    transport = schoology._transport
    vendor = transport.vendor
    if not isinstance(vendor, SchoologyVendor):
        raise TypeError("a client of Schoology is needed")
    signer = vendor.signer.with_token(
        None if request is None else checked_secret(request.token, "request token"),
        None if request is None else checked_secret(request.secret, "request token's secret"),
    )
    call = attrs.evolve(get(build_path(template), returns=Response), repeatable=request is None)
    own = transport.with_options(vendor=attrs.evolve(vendor, signer=signer, run_as=None))
    response = await own.send(call)
    given = dict(parse_qsl(response.body.decode("ascii", "replace").strip()))
    if not (given.get("oauth_token") and given.get("oauth_token_secret")):
        # The error does not keep the response, which may hold half of a credential.
        raise UnexpectedResponse("the response has no token and secret", call=call)
    return given
