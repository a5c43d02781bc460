"""Answer the most common questions in about four minutes, all of them with ``--full``, or only the
named ones.

Each question runs in its own process. All of them use one vendor process.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import os
import subprocess
import sys
import time

from . import pages
from .vendor import VENDOR, ceilings, vendor

FIRST = (
    *("request", "signing", "people", "read", "evening", "memory", "loop", "scale", "start"),
    "limit",
)
QUESTIONS = (
    *FIRST,
    *(
        "journal",
        "learning",
        "priority",
        "arrivals",
        "accounts",
        "redis_window",
        "windows",
        "queues",
        "workers",
        "roster",
        "roster_managebac",
    ),
    "read_roster",
    "lists",
    "plan",
    "plan_page",
    "telemetry",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("question", nargs="*", choices=[[], *QUESTIONS, "guard"], default=[])
    parser.add_argument(
        "--full", action="store_true", help="all questions, more rounds and larger sizes"
    )
    parser.add_argument("--store", action="store_true", help="guard: keep what is counted now")
    asked = parser.parse_args()
    if asked.question == ["guard"]:
        importlib.import_module("benchmarks.guard").main(store=asked.store)
    elif len(asked.question) == 1:
        ask = importlib.import_module(f"benchmarks.{asked.question[0]}").main
        longer = asked.full and "full" in inspect.signature(ask).parameters
        ask(full=True) if longer else ask()
        pages.write()
    else:
        _each(asked.question or (QUESTIONS if asked.full else FIRST), full=asked.full)
        pages.write()


def _each(questions: tuple[str, ...] | list[str], *, full: bool) -> None:
    failed = []
    with vendor() as base_url:
        print("The vendor itself answers, to raw sockets:")
        for what, most in asyncio.run(ceilings(base_url)).items():
            print(f"- {what}: {most:,.0f} requests/s")
        for question in questions:
            began = time.perf_counter()
            print(f"\n== {question}", file=sys.stderr, flush=True)
            command = [sys.executable, "-m", "benchmarks", question, *["--full"] * full]
            ended = subprocess.run(command, env={**os.environ, VENDOR: base_url}, check=False)  # noqa: S603
            print(f"== {question}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
            if ended.returncode:
                failed.append(question)
    if failed:
        sys.exit(f"not answered: {', '.join(failed)}")


if __name__ == "__main__":
    main()
