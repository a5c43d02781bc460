"""Reading CSV in pieces of any size returns the same records as the csv module."""

from __future__ import annotations

import csv
import tracemalloc
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async.records.csv_records import CsvRecords, MalformedCsv


def read(data: bytes, size: int = 7, charset: str = "utf-8") -> list[list[str]]:
    records = CsvRecords(charset)
    found = []
    for at in range(0, len(data), size):
        found += records.feed(data[at : at + size])
    return found + records.finish()


def whole(text: str) -> list[list[str]]:
    return [record for record in csv.reader(StringIO(text, newline="")) if record]


cells = st.text(st.sampled_from('aé😀\u2028\x0b ,"\n'), max_size=6)


@given(
    st.lists(st.lists(cells, min_size=1, max_size=4), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 40),
    st.booleans(),
)
def test_csv_is_read_in_pieces_of_any_size(
    records: list[list[str]], line_break: str, size: int, with_mark: bool
) -> None:
    out = StringIO(newline="")
    csv.writer(out, lineterminator=line_break, quoting=csv.QUOTE_ALL).writerows(records)
    data = out.getvalue().encode("utf-8-sig" if with_mark else "utf-8")
    assert read(data, size) == records


@given(st.text(st.sampled_from('ab,"\n'), max_size=30), st.integers(1, 40))
def test_any_text_is_read_like_the_csv_module_does_or_refused(text: str, size: int) -> None:
    try:
        found = read(text.encode(), size)
    except MalformedCsv:
        with pytest.raises(csv.Error):
            list(csv.reader(StringIO(text, newline=""), strict=True))
    else:
        assert found == whole(text)


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (b"", []),
        (b"\n\r\n", []),
        (b"a,b", [["a", "b"]]),
        (b"a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        (b'\xef\xbb\xbfa\n"1\r\n2",', [["a"], ["1\r\n2", ""]]),
        (b'5" tall,x\n"y""z",1\n', [['5" tall', "x"], ['y"z', "1"]]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_quotes_line_breaks_and_byte_order_marks(
    data: bytes, records: list[list[str]], size: int
) -> None:
    assert read(data, size) == records


@pytest.mark.parametrize(
    ("data", "charset", "why"),
    [
        (b'a,"b\n', "utf-8", "ends inside quotes"),
        (b"caf\xe9\n", "utf-8", "not text in its character set"),
        (b"caf\xc3", "utf-8", "not text in its character set"),
        (b"a\rb\n", "utf-8", "can't be read"),
        (b"a" * 1_100_000, "utf-8", "longer than 1,048,576 characters"),
        (b'"' + b"a\n" * 600_000, "utf-8", "longer than 1,048,576 characters"),
        (b"a", "base64", "not supported"),
        (b"a", "x-none", "not supported"),
    ],
)
def test_malformed_csv_is_refused_and_not_quoted(data: bytes, charset: str, why: str) -> None:
    with pytest.raises(MalformedCsv, match=why) as refused:
        read(data, 65536, charset)
    assert refused.value.__cause__ is refused.value.__context__ is None or why == "not supported"
    assert "caf" not in str(refused.value)


def test_character_sets_besides_utf_8_are_read() -> None:
    assert read("é,ü\n".encode("latin-1"), charset="iso-8859-1") == [["é", "ü"]]
    assert read("é,ü\n".encode("utf-16"), charset="utf-16") == [["é", "ü"]]


def test_memory_does_not_grow_with_the_text() -> None:
    line = b'12345,"Ada\nOkafor",ada@school.example\n'
    records = CsvRecords()
    records.feed(line * 100)
    tracemalloc.start()
    try:
        for _ in range(500):
            records.feed(line * 100)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
