"""Write the outputs of the commands in ``docs/roster.md`` again.

``python -m tests.docs.roster.record`` runs the tutorial, and replaces the outputs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from .tutorial import PAGE, run_tutorial

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(run_tutorial(PAGE.read_text("utf-8"), Path(folder)), "utf-8")
