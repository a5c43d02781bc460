"""``python -m benchmarks``: all questions, or those that are named."""

from __future__ import annotations

import argparse
import importlib

QUESTIONS = ("people", "memory", "limit", "learning", "priority", "arrivals", "accounts")
#: Those that have a longer version, which shows more.
LONGER = ("limit", "learning")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("question", nargs="*", choices=[[], *QUESTIONS], default=[])
    parser.add_argument("--full", action="store_true", help="minutes instead of seconds")
    given = parser.parse_args()
    for question in given.question or QUESTIONS:
        ask = importlib.import_module(f"benchmarks.{question}").main
        if given.full and question in LONGER:
            ask(full=True)
        else:
            ask()


if __name__ == "__main__":
    main()
