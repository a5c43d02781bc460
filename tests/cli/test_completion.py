"""Shell completion: what Tab suggests. See ``test_completion_in_shells.py``, too."""

from __future__ import annotations

from typing import Any, cast

import attrs
import pytest
from typer.main import get_command

from lms_async.cli.app import app, main
from lms_async.cli.completing.answering import suggestions
from lms_async.cli.completing.scripts import Shell, completion_script
from lms_async.cli.completing.suggestions import (
    suggest_fields,
    suggest_kinds,
    suggest_roster_targets,
    suggest_targets,
)
from lms_async.cli.exit_codes import Exit

ROOT: Any = get_command(app)


def after(*words: str) -> list[str]:
    """Return what is suggested for the last of these words."""
    environment = {"_LMS_WORDS": "\n".join(["lms", *words[:-1]]), "_LMS_WORD": words[-1]}
    return list(suggestions(ROOT, environment))


def test_commands_are_suggested_with_what_they_do() -> None:
    assert after("imp") == ["import Import a CSV file"]
    assert [line.partition(" ")[0] for line in after("pl")] == ["plan"]
    assert after("plan", "sh") == ["show"]
    assert after("plan", "s") == []  # the shell then completes names of files
    assert [line.partition(" ")[0] for line in after("plan", "show", "roster.plan", "--cs")] == [
        "--csv"
    ]


def test_only_the_first_sentence_of_a_help_text_is_shown() -> None:
    (line,) = after("import", "--json")
    assert line == "--json Print JSON, one object per line"


def test_value_after_an_equals_sign_is_suggested() -> None:
    assert after("import", "a.csv", "--to=schoo") == ["--to=schoology"]
    assert after("import", "a.csv", "--to", "=", "schoo") == ["schoology"]  # as bash divides it


def test_words_with_quotes_are_understood() -> None:
    words = ("import", "it's mine.csv", '"a b', "--to", "'schoology'", "--kind", '"advis')
    assert [line.partition(" ")[0] for line in after(*words)] == ["advisors"]


def test_nothing_is_suggested_for_a_file() -> None:
    assert after("import", "peo") == []


@pytest.mark.parametrize("shell", list(Shell))
def test_every_shell_has_a_script_that_calls_lms(shell: Shell) -> None:
    script = completion_script(shell)
    assert "_LMS_WORDS" in script
    assert "_LMS_WORD" in script
    assert not script.endswith("\n")


@attrs.frozen
class _Context:
    params: dict[str, object]


def context(**params: object) -> Any:
    return cast("Any", _Context(params))


def test_targets_are_suggested() -> None:
    assert suggest_targets("manabac") == []
    assert suggest_targets("managebac") == ["managebac", "managebac-v1"]


def test_only_targets_that_keep_rosters_are_suggested_for_plans() -> None:
    assert "schoology" in suggest_roster_targets("")
    assert "managebac-v1" not in suggest_roster_targets("")


def test_kinds_of_the_given_target_are_suggested_with_what_they_do() -> None:
    (kind,) = suggest_kinds(context(to="managebac-v1"), "people")
    assert kind[0] == "people"
    assert kind[1]
    assert suggest_kinds(context(to="schoology"), "nothing like this") == []


def test_kinds_of_all_targets_are_suggested_before_a_target_is_given() -> None:
    every = {name for name, _ in suggest_kinds(context(to=None), "")}
    assert every >= {name for name, _ in suggest_kinds(context(to="managebac"), "")}
    assert every >= {name for name, _ in suggest_kinds(context(name="schoology"), "")}


def test_fields_of_the_given_kind_are_suggested() -> None:
    suggested = dict(suggest_fields(context(to="schoology", kind="people"), "name_f"))
    assert list(suggested) == ["name_first=", "name_first_preferred="]
    assert suggest_fields(context(to="schoology", kind="no such kind"), "") == []
    assert suggest_fields(context(to="no such target"), "") == []


@pytest.mark.parametrize(
    ("words", "message"), [(["tcsh"], 'There is no script for "tcsh".'), ([], "SHELL is missing.")]
)
def test_shells_are_listed_if_there_is_no_script(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["lms", "completion", *words])
    assert main() == Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert message in said
    assert "Choose bash, zsh, fish or powershell." in said


def test_shells_are_suggested() -> None:
    assert after("completion", "power") == ["powershell"]
