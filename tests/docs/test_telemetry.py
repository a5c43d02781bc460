"""Run the examples in docs/telemetry.md, and read the metrics as Prometheus does."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.request import urlopen

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from lms_async.events import RequestSent
from lms_async.sandbox import Fault
from lms_async.telemetry import Telemetry
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

PAGE = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text("utf-8")
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
FIRST, PROMETHEUS, MANY_ACCOUNTS, _INSTRUMENTATION = CODE.findall(PAGE)


async def test_first_example_runs_without_an_sdk(schoology_sandbox: SchoologySandbox) -> None:
    names: dict[str, Any] = {
        "key": schoology_sandbox.key,
        "secret": schoology_sandbox.secret,
        "rows": people(2),
        "connect": partial(Schoology, base_url=schoology_sandbox.base_url),
    }
    example = FIRST.replace("with Schoology(", "with connect(") + "return report\n"
    exec("async def run():\n" + indent(example, "    "), names)  # noqa: S102 - our own page
    (await names["run"]()).raise_for_failures()


def test_prometheus_reads_the_metrics(
    tmp_path: Path, schoology_sandbox: SchoologySandbox, unused_tcp_port: int
) -> None:
    program = PROMETHEUS.replace("9464", str(unused_tcp_port))
    program = program.replace("Schoology(key, secret, ", "Schoology(key, secret, base_url=url, ")
    assert program.count("base_url=url") == 1
    path = tmp_path / "program.py"
    path.write_text(
        f"import asyncio, sys\n_, key, secret, url = sys.argv\n{program}\n"
        "async def main():\n"
        f"    (await import_people({people(60)!r})).raise_for_failures()\n"
        "    print('imported', flush=True)\n"
        "    await asyncio.to_thread(sys.stdin.read)\n"
        "asyncio.run(main())\n",
        "utf-8",
    )
    schoology_sandbox.faults.add(Fault.refuse(retry_after=0.01), Fault.error(503))
    arguments = [schoology_sandbox.key, schoology_sandbox.secret, schoology_sandbox.base_url]
    with subprocess.Popen(  # noqa: S603 - our own page
        [sys.executable, "-W", "error", path, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == "imported\n"
            url = f"http://127.0.0.1:{unused_tcp_port}/metrics"
            with urlopen(url, timeout=30) as response:
                scraped = response.read().decode()
        finally:
            running.kill()
    series = {line.partition("{")[0] for line in scraped.splitlines() if "{" in line}
    queries = re.findall(r"`([^`]*(?:rate|max)\b[^`]*)`", PAGE.partition("## Prometheus")[2])
    asked = set(re.findall(r"\b((?:lms|http)_\w+)(?=[{\[]| /|\))", " ".join(queries)))
    assert asked - {"lms_account", "lms_row_status"} <= series
    assert len(asked) >= 6
    rows = re.search(r'^lms_bulk_rows_total\{.*lms_row_status="done".*\} ([\d.]+)$', scraped, re.M)
    assert rows is not None
    assert float(rows[1]) == 60
    assert 'lms_account="north-high",lms_job="nightly import"' in rows[0]
    assert not any(word in scraped for word in ("Okafor", "school.example", *arguments[:2]))


@pytest.mark.parametrize("raised", [True, False])
def test_many_accounts_need_the_higher_limit(raised: bool) -> None:
    names: dict[str, Any] = {"reader": InMemoryMetricReader()}
    if raised:
        exec(MANY_ACCOUNTS, names)  # noqa: S102 - our own page
    else:
        names["provider"] = MeterProvider([names["reader"]])
    telemetry = Telemetry(meter_provider=names["provider"])
    for number in range(2500):
        telemetry.account(f"school {number}")(RequestSent("GET users", 1, 0.0))
    (of_resource,) = names["reader"].get_metrics_data().resource_metrics
    points = [
        point
        for metric in of_resource.scope_metrics[0].metrics
        if metric.name == "lms.limit.wait.duration"
        for point in metric.data.data_points
    ]
    assert (len(points) == 2500) is raised
    names["provider"].shutdown()
