"""The options of ``lms import`` that decide how columns become fields, as typer reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..completing.suggestions import suggest_fields

MappingPath = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE.toml",
        help='Read the columns from this mapping file. "lms mapping init" writes one. '
        "The options from --map to --encoding take precedence over the file.",
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar='FIELD="Column"',
        help="Read FIELD from this column. Can be repeated, also with the same column.",
        autocompletion=suggest_fields,
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Send this value in all rows. Can be repeated.",
        autocompletion=suggest_fields,
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="FIELD:WORD=VALUE",
        help="Replace WORD in this field by VALUE. Without VALUE, the field is not sent. Once a "
        "field has --value, all words in its column need one, except names of the vendor's "
        "records. Can be repeated.",
    ),
]
Wheres = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COLUMN=VALUE",
        help="Import only rows with this value in this column. Repeat the option to allow several "
        "values. Conditions on different columns must all hold.",
    ),
]
Ignored = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar='"Column"', help="Skip this column. Can be repeated."),
]
IgnoreRest = Annotated[
    bool, typer.Option("--ignore-rest", help="Skip all columns that are neither fields nor mapped.")
]
DateFormatText = Annotated[
    str | None,
    typer.Option(
        "--date-format",
        metavar="MM/DD/YYYY",
        help="How the file writes dates. Without it, dates must be YYYY-MM-DD or DD.MM.YYYY.",
    ),
]
EncodingName = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding of the file, if it is not UTF-8."),
]
