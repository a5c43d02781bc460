"""The decisions that turn the columns of a file into the fields of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ...date_format import DateFormat


@attrs.frozen(kw_only=True)
class FieldMapping:
    """How the cells of a file become fields."""

    #: Columns by field. One column can be read into several fields.
    columns: Mapping[str, str] = attrs.field(factory=dict)
    #: Values by field that are the same for all rows. One may be a password.
    constants: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    #: For each field, its values by the words of the file. The words are as :func:`folded` returns
    #: them. The value ``""`` leaves the field out.
    values: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict, repr=False)
    #: Columns to skip.
    ignored: Sequence[str] = ()
    #: Whether to skip all columns that are not named here and are not fields.
    ignore_rest: bool = False
    #: By column, the cells of the rows to import. Other rows are left out.
    where: Mapping[str, Sequence[str]] = attrs.field(factory=dict, repr=False)
    #: How the file writes dates. ``None`` for formats that every target accepts.
    date_format: DateFormat | None = None
    #: The encoding of the file, as :func:`~lms_async.cli.files.encodings.checked_name` returns it.
    encoding: str | None = None
