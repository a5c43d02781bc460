"""Recognize files that are not CSV text, and say what to do with them."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath

from ..exit_codes import CommandError
from ..wording import listed, quoted
from .source import Source

_SAVE_AS_UTF8 = 'Save the sheet with the rows as "CSV UTF-8" and import that file.'
#: The first bytes of files that are mistaken for CSV.
_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("is an Excel workbook (.xls)", _SAVE_AS_UTF8),
    b"%PDF-": ("is a PDF document", "Export the rows as CSV."),
    b"\x1f\x8b": ("is compressed (gzip)", "Unpack it first, for example with gunzip."),
    b"\xfd7zXZ\0": ("is compressed (xz)", "Unpack it first, for example with unxz."),
    b"BZh": ("is compressed (bzip2)", "Unpack it first, for example with bunzip2."),
    b"7z\xbc\xaf\x27\x1c": ("is a 7-Zip archive", "Unpack it first."),
    b"Rar!\x1a\x07": ("is a RAR archive", "Unpack it first."),
    b"SQLite format 3\0": ("is a database file (SQLite)", "Export the rows as CSV."),
    b"\x28\xb5\x2f\xfd": ("is compressed (zstd)", "Unpack it first, for example with unzstd."),
    b"PAR1": ("is a Parquet file", "Export the rows as CSV."),
    b"\x89PNG": ("is a picture", "Export the rows as CSV."),
    b"\xff\xd8\xff": ("is a picture", "Export the rows as CSV."),
    b"{\\rtf": ("is a text document (RTF)", "Export the rows as CSV."),
}
#: How other text formats begin, after spaces and a byte-order mark. Some programs save a web page
#: or XML with the file extension of a spreadsheet.
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(<\?xml|<Workbook)|(<!doctype html|<html|<table)|[\[{]\s*[\[{\"])",
    re.I,
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: The files of a OneRoster CSV export. Every export has the first one.
_ONE_ROSTER = frozenset(
    "manifest.csv academicSessions.csv classes.csv courses.csv demographics.csv enrollments.csv "
    "orgs.csv roles.csv userProfiles.csv users.csv".split()
)
_WORKBOOKS = {
    "xl/workbook.xml": "is an Excel workbook (.xlsx)",
    "xl/workbook.bin": "is an Excel workbook (.xlsb)",
    "content.xml": "is an OpenDocument spreadsheet (.ods)",
    "Index/Document.iwa": "is a Numbers workbook",
}
_MOST_NAMES = 5


def refuse_other_formats(source: Source, start: bytes) -> None:
    """Check the first bytes of the input.

    :raises CommandError: the file has a known format that is not CSV text.
    """
    if start.startswith(_ZIP):
        raise CommandError(*_archive(source))
    for beginning, (what, advice) in _BEGINNINGS.items():
        if start.startswith(beginning):
            raise CommandError(f"{source.name} {what}, not CSV text.", advice)
    if found := _MARKUP.match(start):
        is_xml, is_html = found.groups()
        what = "is XML" if is_xml else "is a web page (HTML)" if is_html else "is JSON"
        raise CommandError(
            f"{source.name} {what}, not CSV text.",
            f"Open it in a spreadsheet. {_SAVE_AS_UTF8}"
            if is_xml or is_html
            else "Export the rows as CSV.",
        )


def _archive(source: Source) -> tuple[str, str]:
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return (
            f"{source.name} is a damaged zip archive, not CSV text.",
            "Export or download it again.",
        )
    for name, what in _WORKBOOKS.items():
        if name in names:
            return f"{source.name} {what}, not CSV text.", _SAVE_AS_UTF8
    tables = [name for name in names if name.lower().endswith(".csv")]
    plain = {PurePosixPath(name).name for name in tables}
    one_at_a_time = "lms import takes one CSV file at a time. Unzip the archive and import "
    if "manifest.csv" in plain or len(plain & _ONE_ROSTER) > 1:
        known = sorted(plain & _ONE_ROSTER - {"manifest.csv"})
        return (
            f"{source.name} is a zip archive of OneRoster files ({_named(known)}).",
            one_at_a_time
            + ("users.csv for the people." if "users.csv" in plain else "one of them."),
        )
    if tables:
        return (
            f"{source.name} is a zip archive with {_named(tables)}.",
            one_at_a_time + "that file.",
        )
    return f"{source.name} is a zip archive without a CSV file in it.", "Import a CSV file."


def _named(names: list[str]) -> str:
    shown = [quoted(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else listed(shown) if shown else "no rows"
