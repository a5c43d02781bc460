"""Read ``manifest.csv``: the version of the bundle, and which files are whole or only changes."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ...problems import Mode, ReadingReport, Severity
from ..tables.bundle import BundleFile
from ..tables.layout import normalized
from ..tables.text import open_text
from .columns import FORMATS

_VERSIONS = {"1.1", "1.2"}


@attrs.frozen
class Manifest:
    """What a bundle holds.

    :param version: ``1.1`` or ``1.2``.
    :param modes: by file name in lower case without ``.csv``.
    :param gaps: by file name, codes of the reasons why records may be missing from the file.
    """

    version: str
    modes: Mapping[str, Mode]
    gaps: Mapping[str, frozenset[str]]


def read_manifest(
    files: Mapping[str, BundleFile], encoding: str | None, report: ReadingReport
) -> Manifest:
    """Compare the manifest with the files that are there.

    A file that the manifest does not mention, or says is absent, is read as a bulk file. But
    records that are missing from the file are not removed.

    :raises SourceRefused: the manifest cannot be read.
    """
    likely = "1.2" if "roles" in files else "1.1"
    if "manifest" not in files:
        text = "the bundle has no manifest.csv. So records that are missing are not removed."
        report.add(Severity.WARNING, "manifest.csv", 0, "", "no_manifest", text)
        gaps = {form.name.lower(): frozenset({"no_manifest"}) for form in FORMATS}
        modes = {form.name.lower(): _mode_of_present(form.name, files) for form in FORMATS}
        return Manifest(likely, modes, gaps)

    name = files["manifest"].name
    stated: dict[str, tuple[int, str]] = {}
    for line, cells in open_text(files["manifest"], encoding, report).rows(report):
        if len(cells) > 1:
            stated[normalized(cells[0])] = line, cells[1].strip().casefold()

    common: set[str] = set()
    line, version = stated.get("oneroster.version", (0, ""))
    if version not in _VERSIONS:
        text = f"oneroster.version is not 1.1 or 1.2. The bundle is read as {likely}."
        report.add(Severity.WARNING, name, line, "value", "wrong_version", text)
        common.add("wrong_version")
        version = likely

    modes, gaps = {}, {}
    for form in FORMATS:
        stem = form.name.lower()
        found = _mode_of_present(form.name, files)
        line, word = stated.get(f"file.{stem}", (0, "absent"))
        told = Mode(word) if word in set(Mode) else None
        disagrees = told is None or (told is Mode.ABSENT) != (found is Mode.ABSENT)
        if disagrees:
            there = "is missing" if found is Mode.ABSENT else "is there"
            says = f"the manifest says {told}" if told else "the manifest has an unknown word"
            text = (
                f"{form.file} {there}, but {says}. So the plan removes no record because it is not "
                "in this file."
            )
            report.add(Severity.WARNING, name, line, "value", "manifest_disagrees", text)
        modes[stem] = found if disagrees or told is None else told
        gaps[stem] = frozenset(common | ({"manifest_disagrees"} if disagrees else set()))
    return Manifest(version, modes, gaps)


def _mode_of_present(name: str, files: Mapping[str, BundleFile]) -> Mode:
    return Mode.BULK if name.lower() in files else Mode.ABSENT
