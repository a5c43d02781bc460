"""``python -m benchmarks``: all questions, or those that are named."""

from __future__ import annotations

import argparse
import importlib

QUESTIONS = ("people", "memory", "limit")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("question", nargs="*", choices=[[], *QUESTIONS], default=[])
    for question in parser.parse_args().question or QUESTIONS:
        importlib.import_module(f"benchmarks.{question}").main()


if __name__ == "__main__":
    main()
