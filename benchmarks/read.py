"""What does it cost to read a whole roster?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
import orjson
import pydantic
import schoolopy

from schoology_async import Schoology, Window

from .answers import LISTED, PAGE, page
from .measure import Ratio, Rounds, Way, micros, rounds, spread
from .picture import bars
from .report import Found
from .vendor import CLIENT_CPU, ceilings, pin, vendor

OURS = "lms-async, models"
SIGNED = "lms-async, models, HMAC-SHA1"
DICTS = "aiohttp + orjson, dicts"
BYTES = "aiohttp, bytes"
DECODED = "orjson.loads alone"
MSGSPEC = "aiohttp + msgspec, structs"
PYDANTIC = "aiohttp + pydantic, models"
SCHOOLOPY = "schoolopy, one page after the other"


class Struct(msgspec.Struct):
    uid: str
    id: int
    school_id: int
    synced: int
    school_uid: str
    building_id: int
    additional_buildings: str
    name_title: str
    name_title_show: int
    name_first: str
    name_first_preferred: str
    name_middle: str
    name_middle_show: int
    name_last: str
    name_display: str
    username: str
    primary_email: str
    picture_url: str
    gender: str
    position: str | None
    grad_year: str
    role_id: int
    tz_offset: float
    tz_name: str
    parents: list[Any] | None
    child_uids: str | None


_fields: dict[str, Any] = {
    field.name: (field.type, ...) for field in msgspec.structs.fields(Struct)
}
Model: type[pydantic.BaseModel] = pydantic.create_model("Model", **_fields)


class Structs(msgspec.Struct):
    user: list[Struct]


class Models(pydantic.BaseModel):
    user: list[Model]  # type: ignore[valid-type]


def dicts(content: bytes) -> list[Any]:
    rows: list[Any] = orjson.loads(content)["user"]
    return rows


def structs(content: bytes) -> list[Any]:
    return msgspec.json.decode(content, type=Structs).user


def models(content: bytes) -> list[Any]:
    return Models.model_validate_json(content).user


def as_bytes(content: bytes) -> list[Any]:
    return [None] * content.count(b'"uid":')


async def by_hand(
    session: aiohttp.ClientSession, url: str, rows_in: Callable[[bytes], list[Any]]
) -> int:
    """Read one page after the other by offset, and keep all rows in a list."""
    kept: list[Any] = []
    for start in range(0, LISTED, PAGE):
        async with session.get(f"{url}?start={start}&limit={PAGE}") as response:
            kept += rows_in(await response.read())
    return len(kept)


def by_schoolopy(client: schoolopy.Schoology) -> int:
    kept: list[Any] = []
    for start in range(0, LISTED, PAGE):
        # schoolopy's get_users() cannot read a second page.
        answer = client._get("users", {"start": start})
        kept += [schoolopy.models.User(row) for row in answer["user"]]
    return len(kept)


def schoolopy_client(base_url: str) -> schoolopy.Schoology:
    auth = schoolopy.Auth("key", "secret")
    client = schoolopy.Schoology(auth, api_host=base_url)
    client.limit = PAGE
    return client


async def compare(base_url: str, count: int) -> tuple[float, Rounds]:
    most = (await ceilings(base_url))["a page of 200"]
    url = base_url + "users"
    contents = [page(start) for start in range(0, LISTED, PAGE)]
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        clients = {
            method: await stack.enter_async_context(
                Schoology(
                    *("key", "secret"),
                    base_url=base_url,
                    limiter=Window(10**6, per=1.0),
                    signature=method,
                )
            )
            for method in ("PLAINTEXT", "HMAC-SHA1")
        }
        theirs = schoolopy_client(base_url)

        def ours(method: str) -> Way:
            async def way() -> int:
                return len(await clients[method].users.list())

            return way

        async def decoded() -> int:
            return sum(len(dicts(content)) for content in contents)

        async def threaded() -> int:
            return await asyncio.to_thread(by_schoolopy, theirs)

        ways: dict[str, Way] = {
            OURS: ours("PLAINTEXT"),
            SIGNED: ours("HMAC-SHA1"),
            DICTS: lambda: by_hand(session, url, dicts),
            BYTES: lambda: by_hand(session, url, as_bytes),
            DECODED: decoded,
            MSGSPEC: lambda: by_hand(session, url, structs),
            PYDANTIC: lambda: by_hand(session, url, models),
            SCHOOLOPY: threaded,
        }
        return most, await rounds(ways, count=count, units=LISTED)


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 21 if full else 3
    with vendor() as base_url:
        most, took = asyncio.run(compare(base_url, count))
    costs = {name: spread(micros(took[name], LISTED)) for name in took}
    ours = Ratio.of(took, OURS, DICTS)
    Found(
        "read",
        f"A roster of {LISTED:,} people, read whole",
        ["way", "CPU µs a person, median (quartiles)", "ratio, median / of minima"],
        [
            [name, f"{middle:.1f} ({low:.1f}–{high:.1f})", str(Ratio.of(took, name, DICTS))]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[ours.goal(2.0, "CPU of aiohttp + orjson into dicts, signing told apart")],
        notes=[
            f"{count} rounds in one process, shuffled; {LISTED // PAGE} pages of {PAGE} users of "
            "27 fields; everything read is kept until the end of the list",
            "ours prefetches, joins the pages, drops what comes twice and checks each field's type",
            f"the vendor itself answers {most:,.0f} pages a second to raw sockets",
            f"the ratio is to “{DICTS}”",
        ],
        full=full,
        short=f"Reading a whole roster into checked models takes {ours.of_rounds:.2f} × the CPU "
        "time of plain dicts with aiohttp and orjson, and "
        f"{Ratio.of(took, OURS, SCHOOLOPY).of_rounds:.2f} × that of schoolopy.",
        picture=bars(costs, unit="CPU µs a person", ours=[OURS, SIGNED]),
        peers=["msgspec", "pydantic", "schoolopy"],
    ).publish()
