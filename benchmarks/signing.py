"""What does a signature cost compared with oauthlib's client, and is it equal?"""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import Callable, Iterator
from typing import Any, cast

from oauthlib.oauth1 import Client

from lms_async.http.urls import encode_query
from schoology_async.signing import Signature, Signer

from .measure import Ratio, Way, micros, rounds, spread
from .picture import bars
from .report import Found
from .vendor import CLIENT_CPU, pin

KEY, SECRET = "6b0c1f6ce3a5de9b0d2f", "0f4b8c1e&ü+2d7a"
BULK = "https://api.schoology.com/v1/users?update_existing=1"
REQUESTS = 2_000
EQUAL = 10_000

Request = tuple[str, str]


def random_requests(count: int) -> Iterator[Request]:
    """Generate methods and URLs of all kinds, percent-encoded."""
    draw = random.Random(20_26)
    letters = string.ascii_letters + string.digits + " -._~%&=+/?#,;:@ÄöйØ漢\U0001f600"

    def text() -> str:
        return "".join(draw.choices(letters, k=draw.randint(1, 12)))

    for _ in range(count):
        query = tuple(
            (draw.choice(("", "", "oauth", "oauth_")) + text(), text())
            for _ in range(draw.randint(0, 5))
        )
        url = f"https://api.schoology.com/v1/users/{draw.randint(1, 10**9)}"
        method = draw.choice(("GET", "POST", "PUT", "DELETE"))
        yield method, f"{url}?{encode_query(query)}" if query else url


def ours(signature: Signature) -> Callable[[Request], str]:
    signer = Signer(KEY, SECRET, signature=signature)
    return lambda request: signer.headers(*request, timestamp=1_500_000_000)["Authorization"]


def theirs(signature: Signature) -> Callable[[Request], str]:
    def sign(request: Request) -> str:
        client = Client(KEY, client_secret=SECRET, signature_method=signature)
        method, url = request
        _, headers, _ = client.sign(url, cast("Any", method))
        return str(headers["Authorization"])

    return sign


def equal() -> int:
    """Return how many of the random requests get the same signature from oauthlib's client."""
    signer = Signer(KEY, SECRET, token="t&k", token_secret="ts~")  # noqa: S106
    same = 0
    for number, (method, url) in enumerate(random_requests(EQUAL)):
        nonce, timestamp = f"n{number}", 1_500_000_000 + number
        client = Client(
            KEY,
            client_secret=SECRET,
            resource_owner_key="t&k",
            resource_owner_secret="ts~",  # noqa: S106
            nonce=nonce,
            timestamp=str(timestamp),
            realm="Schoology API",
        )
        _, headers, _ = client.sign(url, cast("Any", method))
        mine = signer.headers(method, url, timestamp=timestamp, nonce=nonce)
        same += _parts(mine["Authorization"]) == _parts(str(headers["Authorization"]))
    return same


def _parts(header: str) -> set[str]:
    return set(header.removeprefix("OAuth ").split(", "))


def signed(sign: Callable[[Request], str], requests: list[Request]) -> Way:
    async def way() -> int:
        return sum(sign(request).startswith("OAuth ") for request in requests)

    return way


THEIRS = "oauthlib Client.sign, HMAC-SHA1"
OURS = "lms-async, HMAC-SHA1, one URL (a bulk)"
OTHER = "lms-async, HMAC-SHA1, a new URL each time"
WAYS: dict[str, tuple[Callable[[Request], str], bool]] = {
    THEIRS: (theirs("HMAC-SHA1"), True),
    OURS: (ours("HMAC-SHA1"), True),
    OTHER: (ours("HMAC-SHA1"), False),
    "oauthlib Client.sign, PLAINTEXT": (theirs("PLAINTEXT"), True),
    "lms-async, PLAINTEXT, one URL": (ours("PLAINTEXT"), True),
    "lms-async, PLAINTEXT, a new URL each time": (ours("PLAINTEXT"), False),
}


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 21 if full else 3
    one = [("POST", BULK)] * REQUESTS
    users = [
        ("GET", f"https://api.schoology.com/v1/users/{10**8 + number}")
        for number in range(REQUESTS)
    ]
    ways = {name: signed(sign, one if same else users) for name, (sign, same) in WAYS.items()}
    took = asyncio.run(rounds(ways, count=count, units=REQUESTS))
    costs = {name: spread(micros(took[name], REQUESTS)) for name in ways}
    same = equal()
    Found(
        "signing",
        "A signature",
        ["way", "CPU µs a request, median (quartiles)", "ratio, median / of minima"],
        [
            [name, f"{middle:.1f} ({low:.1f}–{high:.1f})", str(Ratio.of(took, name, THEIRS))]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[
            Ratio.of(took, OURS, THEIRS).goal(0.4, "oauthlib's Client.sign, one URL"),
            Ratio.of(took, OTHER, THEIRS).goal(0.4, "oauthlib's Client.sign, a new URL each time"),
            (f"equal to oauthlib's on {same:,} of {EQUAL:,} random requests", same == EQUAL),
        ],
        notes=[
            f"{count} rounds of {REQUESTS:,} signatures in one process, shuffled",
            f"the ratio is to “{THEIRS}”, made anew for each request, as its documentation has it",
        ],
        full=full,
        picture=bars(
            costs, unit="CPU µs a signature", ours=[name for name in ways if "lms" in name]
        ),
    ).publish()
