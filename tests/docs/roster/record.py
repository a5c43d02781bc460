"""Write the outputs and the tables of vendors in ``docs/roster.md`` again.

``python -m tests.docs.roster.record`` runs the tutorial, and replaces the outputs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from .tutorial import PAGE, run_tutorial
from .vendors import with_tables

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        page = with_tables(PAGE.read_text("utf-8"))
        PAGE.write_text(run_tutorial(page, Path(folder)), "utf-8")
