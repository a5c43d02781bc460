"""Records are found by their ids and names, and written by names that only they have."""

from __future__ import annotations

from lms_async.cli.directory import Directory, Named


def test_names_are_compared_without_case_and_blanks() -> None:
    names = Directory([Named("1", ("Grade 7", "G7")), Named("2", ("G7 ",)), Named("30", ("0012",))])
    cells = ["GRADE 7 ", "g7", "1", "01", "", "x", "0012", "0030"]
    assert names.find(cells) == {
        "GRADE 7 ": ["1"],
        "g7": ["1", "2"],
        "1": ["1"],
        "01": ["1"],
        "": [],
        "x": [],
        "0012": ["30"],
        "0030": ["30"],
    }


def test_a_cell_that_is_the_id_of_one_record_and_the_name_of_another_is_ambiguous() -> None:
    names = Directory([Named("12", ("Grade 11",)), Named("13", ("12",))])
    assert names.find(["12"]) == {"12": ["12", "13"]}
    assert names.name_of("13") == "13"
    assert names.name_of("12") == "Grade 11"
    assert names.name_of("99") == "99"
    assert names.name_of(None) == ""
    assert [names.only_name_of(id_) for id_ in ("12", "13", "99", None)] == ["Grade 11", "", "", ""]


def test_an_active_record_is_preferred_to_an_archived_record_with_the_same_name() -> None:
    records = [Named("1", ("S1",), archived=True), Named("2", ("S1",))]
    assert Directory(records).find(["s1"]) == {"s1": ["2"]}
    assert Directory(records, prefer_archived=True).find(["s1"]) == {"s1": ["1"]}
    assert Directory(records[:1]).find(["s1"]) == {"s1": ["1"]}
    assert Directory(records).names == ["S1"]


def test_name_of_a_record_is_used_only_if_it_is_unique() -> None:
    directory = Directory(
        [
            Named("1", ("N", "North")),
            Named("2", ("Twin",)),
            Named("3", ("twin ",)),
            Named("4", ("Fall, late",)),
        ]
    )
    assert [directory.name_of(id_) for id_ in "12345"] == ["N", "2", "3", "4", "5"]
    assert directory.name_of(None) == ""
    assert directory.names_of(("1", "3")) == "N,3"
