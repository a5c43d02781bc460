"""How a school describes its CSV files."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence

import attrs

from ....date_format import parse_date_format
from ....errors import InvalidInput
from ...model import Org, Term
from ..tables.cells import Ambiguous, read_date, read_flag, read_school_year
from ..tables.layout import normalized
from ..tables.text import checked_encoding
from .fields import DATES, FIELDS, FLAGS


class SettingError(InvalidInput):
    """A setting is wrong.

    :param names: where the setting is, such as ``("columns", "id")``.
    """

    def __init__(self, what: str, *names: str, hint: str = "") -> None:
        self.names = names
        super().__init__(what, hint=hint)


@attrs.frozen(kw_only=True)
class CsvFile:
    """A CSV file, and how its rows become records of one kind.

    A file whose rows say something about several kinds, such as a student, a section and its
    teacher, is described once for each. In such a file, rows that repeat a record are usual, and a
    row in which the id of a record is blank does not have the record.

    :param file: the name of the file.
    :param kind: ``orgs``, ``terms``, ``people``, ``courses``, ``sections``, ``enrollments`` or
        ``relationships``.
    :param columns: the column of each field. Upper and lower case, blanks and marks in the names of
        columns do not matter. Columns that are not mentioned are not read. One column can be read
        into several fields.

        The fields are those of the model, such as :class:`~lms_async.roster.Course`. Instead of
        ``roles``, people have a ``role``, in each of their orgs. A cell of a field with several
        values, such as ``grades``, has commas between them.
    :param constants: fields that have the same value in all rows. A date is written as YYYY-MM-DD.
    :param where: read only the rows that have one of these values in this column. Upper and lower
        case do not matter. ``""`` selects blank cells. If there are several columns, all must fit.
    :param date_format: how the file writes dates, such as ``MM/DD/YYYY``. The parts are ``YYYY``,
        ``MM``, ``DD`` and ``Mon``. Dates such as 2026-08-17 are always read.
    :raises SettingError: a kind or a field does not exist, a field is missing, or a value is wrong.
    """

    file: str
    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = attrs.field(factory=dict)
    where: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    date_format: str | None = None

    def __attrs_post_init__(self) -> None:
        if "/" in self.file or "\\" in self.file or not self.file.strip():
            raise SettingError("file must be the name of a file, without folders", "file")
        if self.kind not in FIELDS:
            kinds = list(FIELDS)
            raise SettingError(
                f"kind must be {', '.join(kinds[:-1])} or {kinds[-1]}",
                "kind",
                hint=_nearest(self.kind, kinds),
            )
        self._check_fields()
        for field, value in self.constants.items():
            _check_constant(field, value)
        for column, words in self.where.items():
            if not words:
                raise SettingError(f"where has no values for {column}", "where", column)
        _check_date_format(self.date_format)

    def _check_fields(self) -> None:
        known = FIELDS[self.kind]
        for table, fields in (("columns", self.columns), ("constants", self.constants)):
            for field, value in fields.items():
                if field not in known.names:
                    raise SettingError(
                        f"{self.kind} have no field {field}",
                        table,
                        field,
                        hint=_nearest(field, known.names),
                    )
                if not (normalized(value) if table == "columns" else value.strip()):
                    raise SettingError(f"{field} is blank", table, field)
        for field in self.constants:
            if field in self.columns:
                text = f"{field} has a column and a value for all rows"
                raise SettingError(text, "constants", field, hint="remove one of them")
        for field in known.key:
            if field in self.constants and len(known.key) == 1:
                raise SettingError(f"{field} cannot be the same in all rows", "constants", field)
        missing = [field for field in known.required if field not in self.columns]
        missing = [field for field in missing if field not in self.constants]
        if missing:
            raise SettingError(
                f"{self.kind} need {', '.join(missing)}",
                "columns",
                hint="give each of them a column, or one value for all rows",
            )


@attrs.frozen(kw_only=True)
class SourceSettings:
    """How the files of a school are read.

    :param files: the CSV files; none if the files are OneRoster files. Several files may have
        records of one kind. If a kind is in no file, it is unknown, and no record of it is removed.
    :param orgs: the schools, if no file lists them.
    :param terms: the terms, if no file lists them.
    :param encoding: Python's name of the encoding of files that are not UTF-8 and have no
        byte-order mark, for example ``cp1252``.
    :param date_format: how OneRoster files write dates, such as ``MM/DD/YYYY``. Other CSV files
        have their own; see :class:`CsvFile`.
    :param bulk_files_are_complete: OneRoster files that the manifest calls bulk list all records,
        although they fill the columns ``status`` or ``dateLastModified``, as only a list of changes
        should.
    :raises SettingError: the orgs or terms are also in a file, have an id twice, or there are no
        files besides; Python has no such encoding; or the format of dates is wrong.
    """

    files: tuple[CsvFile, ...] = ()
    orgs: tuple[Org, ...] = ()
    terms: tuple[Term, ...] = ()
    encoding: str | None = None
    date_format: str | None = None
    bulk_files_are_complete: bool = False

    def __attrs_post_init__(self) -> None:
        _check_date_format(self.date_format)
        if self.files and self.bulk_files_are_complete:
            text = "only OneRoster files can be bulk files, and other files are described here"
            raise SettingError(text, "bulk_files_are_complete")
        for kind, records in ((Org.plural, self.orgs), (Term.plural, self.terms)):
            if not records:
                continue
            if not self.files:
                text = f"{kind} can only be listed here for CSV files, and no file is described"
                raise SettingError(text, kind)
            if any(file.kind == kind for file in self.files):
                text = f"{kind} are listed here, and a file has them too"
                raise SettingError(text, kind, hint="remove one of them")
            ids = {record.id for record in records}
            if "" in ids or len(ids) < len(records):
                raise SettingError(f"the ids of {kind} must be there and differ", kind)
            for record in records:
                if record.parent_id and record.parent_id not in ids - {record.id}:
                    raise SettingError(f"a parent_id of {kind} is not the id of another one", kind)
        if self.encoding is not None:
            try:
                checked_encoding(self.encoding)
            except InvalidInput as why:
                raise SettingError(why.what, "encoding") from None


def _check_date_format(given: str | None) -> None:
    if given is None:
        return
    try:
        parse_date_format(given)
    except ValueError as why:
        text = str(why).rstrip(".")
        raise SettingError(f"date_format: {text}", "date_format") from None


def _check_constant(field: str, value: str) -> None:
    try:
        if field in DATES and not read_date(value)[1]:
            raise Ambiguous("write the date as YYYY-MM-DD.")
        if field in FLAGS:
            read_flag(value, blank=False)
        if field == "school_year":
            read_school_year(value)
    except Ambiguous as why:
        raise SettingError(f"{field}: {str(why).rstrip('.')}", "constants", field) from None


def _nearest(name: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"write {', '.join(names)}"
