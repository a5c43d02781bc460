"""The text file that ``lms export`` writes beside the CSV files: how to import them."""

from __future__ import annotations

from pathlib import Path

from ..target import Target
from .formats import MARK, CsvFormat

README = "README.txt"
#: How each of these files begins.
README_BEGINNING = "Written by lms export."


def readme_text(target: Target, folder: Path) -> str:
    """Return the commands that import the files in ``folder``, in the order of the target."""
    commands, others = [], []
    for listing in target.listings:
        name = f"{listing.name}.csv"
        path = folder / name
        if not listing.exported or not path.exists():
            continue
        has_rows = path.stat().st_size > len(
            CsvFormat(listing.columns, mark=MARK).header().encode()
        )
        if listing.imported_as is None:
            others.append(name)
        elif has_rows:
            commands.append(f"lms import {name} --to {target.name} --kind {listing.imported_as}")
    lines = [f"{README_BEGINNING} The files contain personal data. Keep them private.", ""]
    if commands:
        lines += ["These commands import the files into an account. Keep this order:", ""]
        lines += [*commands, ""]
        lines += [
            "For the account that the files are from, add --update-existing to the commands that",
            "have this option. Otherwise records that exist are rejected.",
            "",
            "Import into another account only if every record has the school's own id. A record",
            "without one is named by the vendor's id, which is another record in another account.",
            "",
        ]
    if others:
        lines += [f"lms cannot import these files: {', '.join(others)}", ""]
    return "\n".join(lines)
