"""What a target can import and list: one :class:`Kind` or :class:`Listing` for each kind of record.

A vendor package creates these objects and lists them in its target. Nothing has to be subclassed.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Hashable,
    Iterable,
    Mapping,
    Sequence,
)
from typing import Any, Literal

import attrs

from ..bulk.bulk import Bulk
from ..bulk.guard import Guard
from ..journal.journal import Journal
from .exit_codes import CommandError
from .meanings import Meaning

#: A row of a file: cells by field. Empty cells are left out.
Row = Mapping[str, str]

#: The options of ``lms import`` that only some kinds have.
KindOption = Literal["update_existing", "keep_enrollments", "notify"]

#: ``Kind.read_existing`` marks a record that is not active with "1" in this field. It is neither
#: created nor updated.
INACTIVE = "inactive"

#: How each option is typed.
SPELLED: Mapping[KindOption, str] = {
    "update_existing": "--update-existing",
    "keep_enrollments": "--keep-enrollments or --erase-enrollments",
    "notify": "--notify or --no-notify",
}


@attrs.frozen(kw_only=True)
class KindOptions:
    """The values of the options that only some kinds have."""

    #: ``--update-existing``.
    update_existing: bool = False
    #: ``--keep-enrollments`` or ``--erase-enrollments``.
    keep_enrollments: bool | None = None
    #: ``--notify`` or ``--no-notify``.
    notify: bool | None = None
    #: How many records a removal may remove.
    guard: Guard | None = None


@attrs.frozen(kw_only=True)
class Reference:
    """A field whose cells name records that the vendor has, for example roles.

    ``lms import`` replaces each cell by the id of the record before it checks and sends the row.

    :param noun: what the vendor calls the records, in the plural.
    :param find: takes the client and the different cells of the file. Returns for each cell the ids
        of the records that have this id, name or code: none, one, or several.
    :param known: returns the names of all records, for error messages and ``lms mapping init``.
        ``None`` if there are too many to list: then only the rows with an unknown cell are
        rejected. Otherwise an unknown cell stops the import before it sends anything.
    :param becomes: the field that receives the id; the named field is then not sent, and its cells
        are never taken for ids. ``None`` replaces the cell in its own field. Its cells can be ids.
    :param several: whether a cell can have several values, separated by commas.
    """

    noun: str
    find: Callable[[Any, Collection[str]], Awaitable[Mapping[str, Sequence[str]]]]
    known: Callable[[Any], Awaitable[Sequence[str]]] | None = None
    becomes: str | None = None
    several: bool = False

    def names_in(self, cell: str) -> list[str]:
        """Return the single values of a cell."""
        if not self.several:
            return [cell]
        return [part for part in (piece.strip() for piece in cell.split(",")) if part]


@attrs.frozen(kw_only=True)
class CodeReference:
    """A record that a row names by codes, and that the vendor looks up when it gets the row.

    ``lms import`` sends the codes as they are. Only a dry run looks the record up, to say which
    rows the vendor would reject.

    :param noun: what the vendor calls the records, in the plural.
    :param fields: the fields that name the record together.
    :param find: takes the client and the different cells of these fields. Returns how many records
        each names. Cells that could not be looked up are left out.
    """

    noun: str
    fields: tuple[str, ...]
    find: Callable[[Any, Collection[tuple[str, ...]]], Awaitable[Mapping[tuple[str, ...], int]]]


def _unchanged(key: tuple[str, ...]) -> Hashable:
    return key


def ignore_case(key: tuple[str, ...]) -> Hashable:
    """Return a key without upper and lower case, as vendors compare email addresses."""
    return tuple(cell.casefold() for cell in key)


def no_row(row: Row) -> bool:
    """Say that no row of a kind removes a record."""
    return False


def every_row(row: Row) -> bool:
    """Say that every row of a kind removes a record."""
    return True


@attrs.frozen(kw_only=True)
class Kind:
    """A kind of record that a file can have, and how its rows are checked and sent.

    :param name: the name for ``--kind``.
    :param noun: what messages call the rows, in the plural.
    :param does: what an import does, as one sentence for ``--help`` and ``lms columns``.
    :param fields: the columns that a file can have, and what each contains.
    :param required: groups of columns. A file must have at least one column of each group.
    :param key: the columns that identify a row. Two rows of a file must not have the same values.
    :param check_row: checks a row without sending it. Returns its values by field in the form in
        which they are sent, so that two rows can be compared, or anything else if there is no such
        form. Raises :class:`~lms_async.errors.InvalidInput`, which says what is wrong by field,
        without values.
    :param count_requests: returns how many requests these valid rows take if nothing fails.
    :param bulk: takes the client, the rows, the options and the journal. Returns a bulk call, not
        yet started, that yields one outcome per row, in order.
    :param aliases: fields by common names of columns. ``lms`` suggests them, and the user confirms.
    :param meanings: what the fields hold, as far as exports of other systems hold the same.
        ``lms mapping init`` finds columns with it.
    :param normalize_key: returns the key's cells without differences that the vendor ignores:
        :func:`ignore_case`, or a function of the key.
    :param references: the fields whose cells name records that the vendor has.
    :param codes: the records that rows name by codes, which the vendor looks up itself.
    :param dates: the fields that contain a date.
    :param options: the options of :class:`KindOptions` that an import of this kind can have.
    :param asks: those of ``options`` that must be given, because the vendor's default does harm.
    :param removes: returns whether a valid row removes a record: :func:`no_row`, :func:`every_row`,
        or a function of the row, for example of a column ``delete``. If any row does, ``lms
        import`` shows the numbers, applies its guard, and asks before it sends.
    :param count_existing: returns how many records of this kind the vendor has, for the guard.
    :param read_existing: takes the client and keys of rows, and yields the vendor's records with
        these keys as rows. It can yield others too. A dry run compares them with the file. So does
        an import with ``--update-existing``, which then leaves out the rows that change nothing.
        Records that are not active have the field :data:`INACTIVE`.
    :param switches: whether a row only switches a state, such as active. ``read_existing`` then
        yields only records that have the wanted state. Their rows are done, and are not sent.
    :param activated_by: the name of the kind that makes inactive records active again; ``""`` for
        none.
    :param recognized_by: the fields by which ``bulk`` recognizes an existing record, the surest
        first, and for each a function that leaves out differences that the vendor ignores. A record
        with another value in a surer field is another record. Only needed if it is not the key.
    :param code_explanations: explains the vendor's error codes in the summary, without personal
        data.
    """

    name: str
    noun: str
    does: str
    fields: Mapping[str, str]
    required: Sequence[Sequence[str]]
    key: Sequence[str]
    check_row: Callable[[Row], object]
    count_requests: Callable[[Iterable[Row]], int]
    bulk: Callable[[Any, Iterable[Any], KindOptions, Journal | None], Bulk[Any]]
    aliases: Mapping[str, str] = attrs.field(factory=dict)
    meanings: Mapping[str, Meaning] = attrs.field(factory=dict)
    normalize_key: Callable[[tuple[str, ...]], Hashable] = _unchanged
    references: Mapping[str, Reference] = attrs.field(factory=dict)
    codes: Sequence[CodeReference] = ()
    dates: Collection[str] = ()
    options: tuple[KindOption, ...] = ()
    asks: tuple[KindOption, ...] = ()
    removes: Callable[[Row], bool] = no_row
    count_existing: Callable[[Any], Awaitable[int]] | None = None
    read_existing: Callable[[Any, Collection[tuple[str, ...]]], AsyncIterator[Row]] | None = None
    recognized_by: Mapping[str, Callable[[str], Hashable]] = attrs.field(factory=dict)
    switches: bool = False
    activated_by: str = ""
    code_explanations: Mapping[str, str] = attrs.field(factory=dict)


def requests_of(rows_per_request: int) -> Callable[[Iterable[Row]], int]:
    """Return a ``count_requests`` for a bulk call that sends this many rows per request."""
    return lambda rows: -(-sum(1 for _ in rows) // rows_per_request)


@attrs.frozen(kw_only=True)
class Listing:
    """A kind of record that ``lms list`` and ``lms export`` read.

    :param name: the name for ``lms list``.
    :param does: what is listed, as one sentence for ``--help``.
    :param columns: the columns, in the order of the file.
    :param read: takes the client and the filters, and yields one row per record, with text in each
        cell.
    :param shown: the columns that a terminal shows; all of them if empty.
    :param filters: the vendor's filters for ``--filter NAME=VALUE``, and what each selects.
    :param imported_as: the name of the :class:`Kind` that takes the rows back. Its fields are then
        among the columns. ``None`` if an import cannot create such records.
    :param exported: whether ``lms export`` writes a file of it.
    :param id_column: the column with the vendor's id of the record, if the listing has it.
    """

    name: str
    does: str
    columns: Sequence[str]
    read: Callable[[Any, Mapping[str, str]], AsyncIterator[Row]]
    shown: Sequence[str] = ()
    filters: Mapping[str, str] = attrs.field(factory=dict)
    imported_as: str | None = None
    exported: bool = True
    id_column: str = "id"


def check_options(kind: Kind, options: KindOptions) -> None:
    """Check the options of an import.

    :raises CommandError: the kind does not have one of them, or asks for one that is not given.
    """
    given = [name for name in SPELLED if getattr(options, name) not in (None, False)]
    for name in given:
        if name not in kind.options:
            raise CommandError(
                f"--kind {kind.name} does not have the option {SPELLED[name]}. Remove it."
            )
    open_ = [SPELLED[name] for name in kind.asks if getattr(options, name) is None]
    if open_:
        decisions = "a decision" if len(open_) == 1 else f"{len(open_)} decisions"
        raise CommandError(f"--kind {kind.name} needs {decisions}. Add {', and '.join(open_)}.")
