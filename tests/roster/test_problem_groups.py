"""The order in which people read the problems of a source."""

from __future__ import annotations

from pathlib import Path

from lms_async.roster import Severity
from lms_async.roster.problem_groups import grouped

from .bundles import write_texts
from .reading import FILES, read


def test_a_column_with_another_name_comes_before_what_follows_from_it(tmp_path: Path) -> None:
    renamed = FILES["users"].replace("givenName", "firstName")
    _, report = read(write_texts(tmp_path, **{**FILES, "users": renamed}))
    found = [group for group in grouped(report) if group.severity is not Severity.ACCEPTED]
    names = [(group.file, group.name, group.count) for group in found]

    assert names == [
        ("users.csv", "no_column", 1),
        ("users.csv", "unknown_column", 1),
        ("users.csv", "blank", 3),
        ("enrollments.csv", "orphan", 2),
    ]
    (unknown,) = [group for group in found if group.name == "unknown_column"]
    assert unknown.first[0].column == "firstName"
    # One example is enough for rows that are rejected for one reason.
    assert [len(group.first) for group in found if group.follows] == [1, 1]
    orphans = found[-1].first[0]
    assert orphans.text == "no person with this id was read from users.csv."


def test_the_cause_of_other_problems_is_shown_with_several_examples(tmp_path: Path) -> None:
    rows = "".join(f"\n        q{at},,,perhaps,s1,student,,,Ada,Ekpo,,,,,,,," for at in range(9))
    users = FILES["users"].rstrip() + rows
    _, report = read(write_texts(tmp_path, **{**FILES, "users": users}))
    (group,) = [one for one in grouped(report) if one.severity is Severity.REJECTED]

    assert (group.heading, group.name) == ("Rejected records of the source", "true_or_false")
    assert (len(group.first), group.more, group.follows) == (3, group.count - 3, False)
