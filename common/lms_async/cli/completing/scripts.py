"""The scripts that make a shell ask ``lms`` for suggestions.

The scripts are typer's. Typer's own options ``--show-completion`` and ``--install-completion`` are
not used: they guess the shell from the parent process, and the latter edits the user's files.
"""

from __future__ import annotations

import os
from enum import StrEnum

from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script

_VARIABLE = "_LMS_COMPLETE"

#: bash adds a blank after a completed word. After ``FIELD=``, the user continues typing.
_NO_BLANK_AFTER_EQUALS = """
_lms_completion_without_blank() {
    _lms_completion "$@"
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}

complete -o default -F _lms_completion_without_blank lms
"""


class Shell(StrEnum):
    """A shell for which there is a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion_script(shell: Shell) -> str:
    """Return the script for ``shell``, which has to run when the shell starts."""
    script = get_completion_script(prog_name="lms", complete_var=_VARIABLE, shell=shell.value)
    if shell is Shell.BASH:
        script += f"\n{_NO_BLANK_AFTER_EQUALS}"
    return script.rstrip("\n")


def prepare_completion() -> None:
    """Let typer respond if a completion script called this process."""
    if _VARIABLE in os.environ:
        completion_init()
