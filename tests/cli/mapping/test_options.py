from __future__ import annotations

from typing import Any

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.dates import read_date_format
from lms_async.cli.mapping.field_mapping import FieldMapping
from lms_async.cli.mapping.options import MappingOptions, with_options
from schoology_async.cli.people import PEOPLE

BASE = FieldMapping(
    columns={"school_uid": "ID", "username": "Email", "primary_email": "Email", "gender": "Sex"},
    constants={"role_id": "1"},
    values={"gender": {"female": "F", "male": "M"}},
    ignored=("Locker", "Home"),
    where={"Status": ["Active"], "School": ["1"]},
    date_format=read_date_format("MM/DD/YYYY"),
    encoding="cp1252",
)


def mapped(base: FieldMapping = BASE, **options: Any) -> FieldMapping:
    return with_options(base, MappingOptions(**options), PEOPLE)


def test_without_options_the_file_stays_as_it_is() -> None:
    found = mapped()
    assert found.columns == BASE.columns
    assert tuple(found.ignored) == BASE.ignored
    assert (found.constants, found.values, found.where) == (BASE.constants, BASE.values, BASE.where)
    assert (found.date_format, found.encoding) == (BASE.date_format, BASE.encoding)


def test_map_replaces_a_column_and_a_constant() -> None:
    found = mapped(maps=["school_uid=Home", "role_id=Role"])
    assert found.columns["school_uid"] == "Home"
    assert found.columns["role_id"] == "Role"
    assert found.constants == {}
    # the column that was replaced is known, so it is not an unknown column now
    assert list(found.ignored) == ["Locker", "ID"]


def test_set_replaces_a_column() -> None:
    found = mapped(sets=["gender=F", "username=x=y"])
    assert "gender" not in found.columns
    assert found.constants == {"role_id": "1", "gender": "F", "username": "x=y"}
    # another field is still read from the column Email
    assert list(found.ignored) == ["Locker", "Home", "Sex"]


def test_ignore_removes_a_column() -> None:
    found = mapped(ignored=["Email"])
    assert found.columns == {"school_uid": "ID", "gender": "Sex"}
    assert list(found.ignored) == ["Locker", "Home", "Email"]


def test_values_and_conditions_are_merged() -> None:
    found = mapped(
        values=["gender:Female=X", "gender: Other =", "role_id:a=b=c"],
        wheres=["Status=A", "Status=B", "Grade="],
    )
    assert found.values == {
        "gender": {"female": "X", "male": "M", "other": ""},
        "role_id": {"a": "b=c"},
    }
    assert found.where == {"Status": ["A", "B"], "School": ["1"], "Grade": [""]}


def test_formats_and_ignore_rest() -> None:
    found = mapped(date_format="DD/MM/YYYY", encoding="big5", ignore_rest=True)
    assert found.date_format == read_date_format("DD/MM/YYYY")
    assert (found.encoding, found.ignore_rest) == ("big5", True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sets": ["role_id"]}, "Write --set FIELD=VALUE"),
        ({"sets": ["=x"]}, "Write --set FIELD=VALUE"),
        ({"sets": ["role_id="]}, "has no value"),
        ({"sets": ["roleid=1"]}, '--set: There is no field "roleid". Did you mean "role_id"?'),
        ({"sets": ["role_id=1", "role_id=2"]}, "twice for the field role_id"),
        ({"sets": ["role_id=1"], "maps": ["role_id=Role"]}, "both --map and --set"),
        ({"values": ["gender=F"]}, "Write --value FIELD:WORD=VALUE"),
        ({"values": ["gender:=F"]}, "Write --value FIELD:WORD=VALUE"),
        ({"values": ["gender:Female"]}, "Write --value FIELD:WORD=VALUE"),
        ({"values": ["gendr:Female=F"]}, 'Did you mean "gender"?'),
        ({"values": ["gender:Female=F", "gender:FEMALE=M"]}, "twice for the word"),
        ({"wheres": ["Status"]}, "Write --where COLUMN=VALUE"),
        ({"wheres": ["Status=A", "Status=a "]}, "twice for the column"),
        ({"date_format": "m/d/y"}, "not a date format"),
        ({"encoding": "utf-99"}, "no encoding"),
        ({"maps": ["nonsense"]}, 'Write --map FIELD="Column"'),
    ],
)
def test_wrong_options_are_explained(options: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError) as why:
        mapped(**options)
    assert told in "\n".join(why.value.lines)


def test_value_of_set_is_never_shown() -> None:
    assert "hunter22" not in repr(MappingOptions(sets=["password=hunter22"]))
    for field in ("pasword", "password"):
        with pytest.raises(CommandError) as why:
            mapped(sets=[f"{field}=hunter22"])
        assert "hunter22" not in "\n".join(why.value.lines)
