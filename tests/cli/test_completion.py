"""Shell completion: the scripts, what Tab suggests, and a real bash that asks ``lms``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from lms_async.cli.completing.scripts import Shell, completion_script
from lms_async.cli.completing.suggestions import (
    suggest_fields,
    suggest_kinds,
    suggest_roster_targets,
    suggest_targets,
)

#: Press Tab after these words, and print what bash would suggest, and whether it adds a blank.
_PRESS_TAB = """
compopt() { printf 'nospace '; }
eval "$(lms completion bash)"
press_tab() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _lms_completion_without_blank lms
    printf '%s\\n' "${COMPREPLY[*]}"
}
press_tab lms import a.csv --to schoo
press_tab lms import a.csv --to schoology --map school_u
press_tab lms import ""
press_tab lms plan school --to schoo
press_tab lms plan show a.plan --cs
"""


def test_bash_completes_targets_fields_and_files(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(  # noqa: S603 - the words are fixed
        ["bash", "-c", _PRESS_TAB],  # noqa: S607
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert ran.stderr == ""
    # For a file lms suggests nothing: then bash completes file names.
    assert ran.stdout == "schoology\nnospace school_uid=\n\nschoology\n--csv\n"


@pytest.mark.parametrize("shell", list(Shell))
def test_every_shell_has_a_script_that_calls_lms(shell: Shell) -> None:
    script = completion_script(shell)
    assert "_LMS_COMPLETE" in script
    assert f"complete_{shell}" in script
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
