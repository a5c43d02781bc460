"""The files of a OneRoster bundle as tables, which a test can change before they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from tests.roster.bundles import manifest

Row = dict[str, str]


@attrs.define
class Tables:
    """The rows of the files, by name without the ending."""

    rows: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def copy(self) -> Tables:
        """Return tables that can be changed without these."""
        return Tables({name: [dict(row) for row in rows] for name, rows in self.rows.items()})

    def change(self, table: str, column: str, to: Callable[[str], str]) -> None:
        """Replace the cells of a column that are not blank."""
        for row in self.rows[table]:
            if row[column]:
                row[column] = to(row[column])

    def keep(self, table: str, wanted: Callable[[Row], bool]) -> None:
        """Delete the rows of a table that are not wanted."""
        self.rows[table] = [row for row in self.rows[table] if wanted(row)]

    def text(self, table: str) -> str:
        """Return a table as its file has it."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.rows[table][0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows[table])
        return text.getvalue()

    def write(self, folder: Path, others: Mapping[str, bytes] | None = None) -> Path:
        """Write the files and a manifest into the new folder ``folder``, and return it.

        :param others: the bytes of files that replace those of the tables, by name with the ending.
        """
        folder.mkdir()
        files = {f"{name}.csv": self.text(name).encode() for name in self.rows}
        files["manifest.csv"] = manifest(self.rows).encode()
        for name, content in (files | dict(others or {})).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        return folder
