"""Run mutation tests (`make mutants`): change the code that decides a row's status, one place at a
time, and list the changes that no test notices.

mutmut derives a file's package from its path and only knows the root and ``src``. Our packages are
in ``common`` and the root, so a folder of links gives mutmut the layout it expects.

The settings are in pyproject.toml (``[tool.mutmut]``). ``tests/mutants.md`` lists the changes that
no test can or needs to notice. The command exits with 1 if there are others.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".mutants"
LINKS = {
    "src/lms_async": "common/lms_async",
    "src/schoology_async": "schoology_async",
    "src/manabac_async": "manabac_async",
    "tests": "tests",
    "pyproject.toml": "pyproject.toml",
}
#: The code that decides a row's status, and whether anything is sent again.
DECIDING = [
    "lms_async.bulk.admission.*",
    "lms_async.bulk.breaker.*",
    "lms_async.http.attempts.*",
    "lms_async.http.urls.x_resolve_link_*",
    "lms_async.http.urls.x__host_*",
    "lms_async.bulk.delivery.*",
    "lms_async.journal.matching.*",
    "lms_async.bulk.one_record.*",
    "lms_async.http.redirects.*",
    "lms_async.http.retry.*",
    "lms_async.http.statuses.*",
    "lms_async.http.transport.xǁTransportǁ_attempt_*",
    "lms_async.http.transport.xǁTransportǁ_perform*",
    "lms_async.http.transport.xǁTransportǁ_wait_after*",
    "lms_async.http.transport.xǁTransportǁ_fetch*",
    "lms_async.bulk.results.*",
    "lms_async.bulk.sending.*",
    "lms_async.bulk.status.*",
    "manabac_async.resources.lookup.*",
    "manabac_async.bulk_results.*",
    "manabac_async.v1.resources.x__parse_result*",
    "manabac_async.v1.lookup.*",
    "schoology_async.resources.lookup.*",
    "schoology_async.bulk_results.*",
]
#: mutmut's exit codes for a mutant. Any other code is unexpected, and is printed.
OUTCOMES = {0: "survived", 1: "killed", 3: "killed", 33: "no tests", 36: "timeout"}
OUTCOMES |= dict.fromkeys((-24, 24, 152, 255), "timeout")
#: Tests that take or measure time, by parts of their names.
SLOW = (
    "503_with_retry_after",
    "encoded_query_parses_back",
    "stops_if_the_vendor_is_down",
    "after_the_breaker_opened",
    "second_opener_of_a_new_journal",
    "while_some_batches_succeed",
    "path_values_are_percent_encoded",
    "unknown_row_is_not_resolved",
    "last_done_row_of_a_key",
    "under_repeated_cancellation",
)
#: A line in tests/mutants.md: the function, how many of its changes survive, and why.
LISTED = re.compile(r"^\| `([\w.]+)` \| (\d+) \|", re.MULTILINE)


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Leave out slow tests and run the quickest first, because the first failure ends a mutant's
    run.

    This file is a pytest plugin while mutmut runs.
    """
    slow = [item for item in items if any(part in item.nodeid for part in SLOW)]
    config.hook.pytest_deselected(items=slow)
    stats = Path("mutmut-stats.json")
    durations = json.loads(stats.read_bytes())["duration_by_test"] if stats.exists() else {}
    items[:] = sorted(
        set(items).difference(slow), key=lambda item: (durations.get(item.nodeid, 0.0), item.nodeid)
    )


def link() -> None:
    for name, target in LINKS.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_symlink():
            path.symlink_to(ROOT / target)


def function_of(mutant: str) -> str:
    """Return ``lms_async.bulk.bulk.Bulk.stop`` for
    ``lms_async.bulk.bulk.xǁBulkǁstop__mutmut_3``."""
    name = mutant.partition("__mutmut_")[0]
    module, _, mangled = name.rpartition(".")
    return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def summarize() -> int:
    """Print the counts per file and each survivor. Return how many are not explained."""
    listed: Counter[str] = Counter()
    for function, count in LISTED.findall((ROOT / "tests/mutants.md").read_text("utf-8")):
        listed[function] += int(count)
    left: dict[str, list[str]] = {}
    print(f"{'':52}{'killed':>9}{'survived':>9}{'timeout':>9}{'other':>9}")
    total: Counter[str] = Counter()
    for meta in sorted((FOLDER / "mutants/src").rglob("*.meta")):
        ends = json.loads(meta.read_bytes())["exit_code_by_key"]
        counts: Counter[str] = Counter()
        for mutant, code in ends.items():
            if code is None:
                continue  # not selected in this run
            outcome = OUTCOMES.get(code, f"exit code {code}")
            counts[outcome] += 1
            if outcome not in ("killed", "timeout"):
                left.setdefault(function_of(mutant), []).append(f"{mutant} ({outcome})")
        total += counts
        if counts:
            print(_line(str(meta.relative_to(FOLDER / "mutants/src"))[:-5], counts))
    print(_line("all", total))
    unexplained = 0
    for function, mutants in sorted(left.items()):
        new = max(0, len(mutants) - listed[function])
        unexplained += new
        note = "explained in tests/mutants.md" if not new else f"{new} not explained"
        print(f"\n{function}: {len(mutants)} left, {note}")
        print("\n".join(f"  {mutant}" for mutant in mutants))
    return unexplained


def _line(name: str, counts: Counter[str]) -> str:
    known = [counts[outcome] for outcome in ("killed", "survived", "timeout")]
    known.append(counts.total() - sum(known))
    return f"{name:52}" + "".join(f"{number:9}" for number in known)


def main(only: list[str]) -> int:
    """Run mutmut over all the code from scratch, or again over the mutants that match ``only``."""
    if not only:
        shutil.rmtree(FOLDER / "mutants", ignore_errors=True)
    link()
    mutmut = Path(sys.executable).with_name("mutmut")
    # One at a time, because parallel runs would disturb the timed tests.
    command = [mutmut, "run", "--max-children", "1", *(only or DECIDING)]
    ended = subprocess.run(command, cwd=FOLDER, check=False)  # noqa: S603 - the developer's own arguments
    if ended.returncode:
        return ended.returncode
    unexplained = summarize()
    print(f"\nTo see one: cd {FOLDER.name} && ../.venv/bin/mutmut show NAME")
    return int(unexplained > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
