"""Let a person sign in with Schoology, by three-legged OAuth 1.0a.

::

    request = await oauth.request_token(schoology)
    url = oauth.authorize_url(request, domain="https://lincoln.schoology.com", callback=CALLBACK)
    ...                                   # the person opens the URL and approves the application
    access = await oauth.access_token(schoology, request)
    Schoology(key, secret, token=access.token, token_secret=access.secret)

``schoology`` is a client with the application's consumer key. The requests use its connections,
rate limit, retries and events. ``examples/sign_in.py`` is a web application with all three steps.

Schoology sends no OAuth verifier with the callback. So the person who opens the callback page need
not be the person who approved the application. Keep the request token in the person's own session,
and compare it with the ``oauth_token`` of the callback.

An access token is valid for 90 days. After that, Schoology answers 401
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
    """A token for a person to approve. Keep it in the person's session until the callback.

    :param token: the ``oauth_token`` of the authorize URL and of the callback.
    :param secret: signs the request for the access token.
    :param expires_in: seconds until the token expires; ``None`` if Schoology does not return it.
    """

    token: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    expires_in: int | None = None


@attrs.frozen
class AccessToken:
    """A token to act for a person for 90 days, together with the consumer key. Keep it secret.

    :param token: the ``token`` of the :class:`~schoology_async.Schoology` client.
    :param secret: its ``token_secret``.
    """

    token: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)


async def request_token(schoology: Schoology) -> RequestToken:
    """Get a request token. This is the first leg: GET oauth/request_token.

    :param schoology: a client with the application's key. The client's own access token, if any, is
        not used.
    :raises Unauthorized: the key or its secret is wrong.
    :raises UnexpectedResponse: the response has no token.
    """
    values = await _tokens(schoology, "oauth/request_token", None)
    seconds = values.get("xoauth_token_ttl", "")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) < 10
    return RequestToken(
        values["oauth_token"], values["oauth_token_secret"], int(seconds) if is_number else None
    )


def authorize_url(request: RequestToken, *, domain: str, callback: str) -> str:
    """Return the URL where a person approves the request token. This is the second leg.

    :param domain: the web address of the school's Schoology, e.g. ``https://lincoln.schoology.com``.
        It is not the host of the API.
    :param callback: the URL of your application to which Schoology redirects the person afterwards.
    :raises InvalidInput: ``domain`` is not an ``https`` address, or ``callback`` is blank.
    """
    if not callback.strip():
        raise InvalidInput("callback must be the URL that Schoology redirects the person to")
    web = checked_base_url(domain if "://" in domain else f"https://{domain}")
    query = (("oauth_callback", callback), ("oauth_token", request.token))
    return f"{web}oauth/authorize?{encode_query(query)}"


async def access_token(schoology: Schoology, request: RequestToken) -> AccessToken:
    """Exchange an approved request token for an access token. This is the third leg: GET
    oauth/access_token.

    :param schoology: a client with the application's key, as for :func:`request_token`.
    :raises Unauthorized: the token was not approved, was used before, or has expired.
    :raises OutcomeUnknown: the response was lost, so the request token may be used up. Start again
        with a new request token.
    :raises UnexpectedResponse: the response has no token.
    """
    values = await _tokens(schoology, "oauth/access_token", request)
    return AccessToken(values["oauth_token"], values["oauth_token_secret"])


async def _tokens(
    schoology: Schoology, template: str, request: RequestToken | None
) -> dict[str, str]:
    """Send the request of one leg and return its form-encoded response.

    :param request: the request token that signs the request, with the consumer key. The request
        uses up this token, so it is not retried.
    """
    transport = schoology._transport
    vendor = transport.vendor
    if not isinstance(vendor, SchoologyVendor):
        raise TypeError("schoology must be a Schoology client")
    signer = vendor.signer.with_token(
        None if request is None else checked_secret(request.token, "request token"),
        None if request is None else checked_secret(request.secret, "request token's secret"),
    )
    call = attrs.evolve(get(build_path(template), returns=Response), repeatable=request is None)
    own = transport.with_options(vendor=attrs.evolve(vendor, signer=signer, run_as=None))
    response = await own.send(call)
    values = dict(parse_qsl(response.body.decode("ascii", "replace").strip()))
    if not (values.get("oauth_token") and values.get("oauth_token_secret")):
        # The error must not keep the response, which may hold a token or a secret.
        raise UnexpectedResponse("the response has no token and secret", call=call)
    return values
