"""A third vendor of at most sixty lines gets retry, limiter, paging, bulk and ``lms import``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Status, Unauthorized
from lms_async.sandbox.limits import busiest
from tests import toy_vendor
from tests.conftest import QUICK
from tests.toy_vendor import Toy


@attrs.define
class Vendor:
    """Keeps pupils; answers the next requests with ``statuses``; lists three at a time."""

    url: str = ""
    pupils: list[str] = attrs.field(factory=list)
    statuses: list[int] = attrs.field(factory=list)
    arrivals: list[float] = attrs.field(factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        self.arrivals.append(asyncio.get_running_loop().time())
        if request.headers.get("X-Token") != "t0ken":
            return web.Response(status=401)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0), headers={"Retry-After": "0.05"})
        if request.method == "GET":
            start = int(request.query.get("from", "0"))
            rows = [{"number": number} for number in self.pupils[start : start + 3]]
            following = start + 3 if start + 3 < len(self.pupils) else None
            return web.json_response({"pupils": rows, "next": following})
        new = [row["number"] for row in await request.json()]
        self.pupils += new
        return web.json_response({"done": new})


@pytest_asyncio.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    app = web.Application()
    app.router.add_route("*", "/pupils", vendor.serve)
    async with TestServer(app) as server:
        vendor.url = str(server.make_url("/"))
        yield vendor


def test_it_is_sixty_lines_at_most() -> None:
    lines = Path(toy_vendor.__file__).read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 60


async def test_it_gets_retry_limiter_paging_and_bulk(vendor: Vendor) -> None:
    async with Toy("t0ken", vendor.url, retry=QUICK) as toy:
        rows: list[dict[str, Any]] = [{"number": str(number)} for number in range(2500)]
        report = await toy.create_many([*rows, {"number": ""}, {"nmae": "x"}])
        assert report.counts == Counter({Status.DONE: 2500, Status.REJECTED: 2})
        assert busiest(vendor.arrivals, 0.1) <= 20
        vendor.statuses += [503, 429, 502]
        listed = await toy.list()
        assert sorted(int(pupil.number) for pupil in listed[:10]) == list(range(10))
        assert len(listed) == 2500
        assert busiest(vendor.arrivals, 0.1) <= 20
    async with Toy("wrong", vendor.url, retry=QUICK) as toy:
        with pytest.raises(Unauthorized):
            await toy.list()


async def test_it_gets_the_command(vendor: Vendor, tmp_path: Path) -> None:
    """Found by its entry point, as a package's would be: nothing of ours names it."""
    installed = tmp_path / "site" / "toy-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(
        "[lms_async.targets]\ntoy = tests.toy_vendor:target\n"
    )
    (tmp_path / "pupils.csv").write_text("number\n1\n2\n\n2\n3\n")
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "lms_async.cli", "import", "pupils.csv", "--to", "toy"),
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{installed.parent}{os.pathsep}{root}",
            "TOY_TOKEN": "t0ken",
            "TOY_URL": vendor.url,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 1, said.decode()
    assert vendor.pupils == ["1", "3"]
    results = (tmp_path / "pupils.results.csv").read_text("utf-8")
    assert "rows 3 and 5" in results
