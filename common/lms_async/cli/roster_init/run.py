"""Read both sides, and write the first mapping of a roster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TextIO

from ...errors import InvalidInput, LmsError
from ...roster import RosterMapping, SourceRefused, SourceSettings, open_source
from ...roster.sources.one_roster import has_files
from ..connecting import connected
from ..credentials import Environment, has_credentials, require_variables
from ..exit_codes import CommandError, exit_code_of_error, explain_error
from ..listing.progress import RowCount, shown_on
from ..reporting.reporters import Reporter
from ..reporting.streams import check_written
from ..roster_support import RosterSupport
from ..target import Target
from ..wording import command_line, counted, listed
from .csv_files import ProposedSource, propose_source
from .facts import Facts
from .source_survey import SourceSurvey, survey_source
from .vendor_survey import VendorSurvey, survey_vendor
from .writing import roster_text

#: How many decisions are printed. The file has all of them.
_MOST_CHECKS = 20


async def write_roster_mapping(
    path: Path,
    target: Target,
    support: RosterSupport,
    environment: Environment | Mapping[str, str],
    reporter: Reporter,
    err: TextIO,
    *,
    out: Path,
    as_of: date,
    encoding: str | None = None,
    limit: tuple[int, float] | None = None,
) -> None:
    """Write the mapping of a roster to ``out``, and report what to check.

    :param path: the source.
    :param support: how the target's roster is reached.
    :param environment: the credentials. Without them, the vendor is not asked.
    :param err: gets the progress, and what the reporter says.
    :param as_of: the day for which the first plan will be made.
    :param encoding: the encoding of files that are not UTF-8.
    :param limit: the rate limit: requests, seconds. ``None`` takes the target's.
    :raises CommandError: a side cannot be read, ``out`` exists, or ``err`` can't be written.
    """
    _refuse_existing(out)
    reporter.note(f"Reading {path}")
    again = command_line(["lms", "roster", "init", str(path), "--to", target.name])
    files = _propose_files(path, encoding, again)
    source = _read_source(path, files, encoding, as_of, again)
    vendor = None
    if has_credentials(environment, target):
        vendor = await _ask(target, support, environment, reporter, err, source, as_of, limit)
    plan = command_line(["lms", "plan", str(path), "--mapping", str(out), "--to", target.name])
    facts = Facts(
        source=source,
        vendor=vendor,
        name=target.vendor,
        settings=support.settings,
        creates=support.creates,
        encoding=encoding,
        files=files,
    )
    text, checks = roster_text(facts, again=plan)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{out} could not be written: {error.strerror}.") from None
    reporter.note(
        f"Wrote {out}. {counted(len(checks), 'thing')} to check:" if checks else f"Wrote {out}."
    )
    for check in checks[:_MOST_CHECKS]:
        reporter.note(f"- {check}")
    if len(checks) > _MOST_CHECKS:
        reporter.note(f"- and {len(checks) - _MOST_CHECKS} more, see the file")
    first = "Read the file"
    if files is not None and not files.settings().files:
        first = f"Describe the files of the school in {out}, below [source]"
    reporter.note(f"{first}, then make a plan, which changes nothing: {plan}")
    check_written(err)


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise CommandError(
            f"{out} exists. lms does not replace it.",
            "Rename it, or write another file with --out FILE.toml.",
        )


def _propose_files(path: Path, encoding: str | None, again: str) -> ProposedSource | None:
    """Return how CSV files are read; ``None`` if the source has OneRoster files, or can't be."""
    is_csv = path.suffix.lower() == ".csv" and path.is_file()
    if not is_csv and not (path.is_dir() and not has_files(path) and any(path.glob("*.csv"))):
        return None
    return propose_source(path, encoding, again)


def _read_source(
    path: Path, files: ProposedSource | None, encoding: str | None, as_of: date, again: str
) -> SourceSurvey:
    settings = SourceSettings(encoding=encoding) if files is None else files.settings()
    if files is not None and not settings.files:  # a person has to describe them first
        return SourceSurvey(as_of)
    try:
        return survey_source(open_source(path, RosterMapping(source=settings)), as_of)
    except SourceRefused as error:
        if error.problem.code != "not_text":
            raise CommandError(str(error)) from None
        raise CommandError(
            str(error),
            "lms roster init writes the encoding into the mapping if you run:",
            f"  {again} --encoding NAME",
        ) from None
    except InvalidInput as error:
        raise CommandError(str(error)) from None


async def _ask(
    target: Target,
    support: RosterSupport,
    environment: Environment | Mapping[str, str],
    reporter: Reporter,
    err: TextIO,
    source: SourceSurvey,
    as_of: date,
    limit: tuple[int, float] | None,
) -> VendorSurvey:
    """Read the vendor's words and records."""
    variables = require_variables(environment, target)
    settings = {name: setting.default for name, setting in support.settings.items()}
    count = RowCount(target.vendor)
    async with connected(target, variables, reporter, limit=limit) as client, shown_on(err, count):
        try:
            roster = support.connect(client, settings)
            return await survey_vendor(roster, source, count, as_of)
        except LmsError as error:
            raise CommandError(
                *explain_error(error, target.vendor, listed(list(variables))),
                exit_code=exit_code_of_error(error),
            ) from None
