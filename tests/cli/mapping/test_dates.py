from __future__ import annotations

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.dates import DateColumn, read_date_format


@pytest.mark.parametrize(
    ("written", "cell", "iso"),
    [
        ("MM/DD/YYYY", "03/05/2010", "2010-03-05"),
        ("MM/DD/YYYY", "3/5/2010", "2010-03-05"),
        ("M/D/YYYY", "03/05/2010", "2010-03-05"),
        ("DD/MM/YYYY", "03/05/2010", "2010-05-03"),
        ("DD.MM.YYYY", "3.5.2010", "2010-05-03"),
        ("YYYY-MM-DD", "2010-05-03", "2010-05-03"),
        ("YYYYMMDD", "20100503", "2010-05-03"),
        ("DD Mon YYYY", "3 May 2010", "2010-05-03"),
        ("DD-Mon-YYYY", "03-SEP-2010", "2010-09-03"),
        ("Mon DD, YYYY", "September 3, 2010", "2010-09-03"),
        ("MM/DD/YYYY", "2/29/2012", "2012-02-29"),
        ("MM/DD/YYYY", "2/29/2011", None),
        ("MM/DD/YYYY", "13/05/2010", None),
        ("MM/DD/YYYY", "3/5/10", None),
        ("MM/DD/YYYY", "3-5-2010", None),
        ("MM/DD/YYYY", "٣/5/2010", None),
        ("YYYYMMDD", "2010053", None),
        ("DD Mon YYYY", "3 Mai 2010", None),
    ],
)
def test_dates_are_read_in_the_given_format(written: str, cell: str, iso: str | None) -> None:
    assert read_date_format(written).to_iso(cell) == iso


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("%m/%d/%Y", "not a date format"),
        ("MM/DD", "not a date format"),
        ("", "not a date format"),
        ("MM/MM/YYYY", "not a date format"),
        ("mm/dd/yyyy", "not a date format"),
        ("MM/DD/YY", "two digits"),
    ],
)
def test_wrong_formats_are_explained(written: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        read_date_format(written)


@pytest.mark.parametrize(
    ("cells", "formats", "rows"),
    [
        (["3/5/2010", "3/13/2010"], ("MM/DD/YYYY",), (2, 0)),
        (["13/3/2010", "3/5/2010"], ("DD/MM/YYYY",), (2, 0)),
        (["3/5/2010", "1/2/2010"], ("MM/DD/YYYY", "DD/MM/YYYY"), (2, 0)),
        (["3/13/2010", "x", "13/3/2010"], (), (2, 4)),
        (["1 Jan 2010"], ("DD Mon YYYY",), (2, 0)),
    ],
)
def test_formats_are_recognized(
    cells: list[str], formats: tuple[str, ...], rows: tuple[int, int]
) -> None:
    column = DateColumn()
    for row, cell in enumerate(cells, start=2):
        column.add(row, cell)
    assert column.formats == formats
    assert (column.first_row, column.mixed_row) == rows
    assert column.accepted == 0


def test_formats_that_every_target_accepts_need_no_name() -> None:
    column = DateColumn()
    for cell in ("2010-03-05", "05.03.2010", "2010-03-05T00:00:00"):
        column.add(2, cell)
    assert (column.accepted, column.others) == (3, 0)
