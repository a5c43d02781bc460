"""``lms completion``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..completing.scripts import Shell, completion_script
from ..completing.suggestions import suggest_shells
from ..exit_codes import CommandError
from ..wording import listed, quoted


def completion(
    shell: Annotated[
        str | None,
        typer.Argument(
            metavar="SHELL",
            help=f"The shell that runs the script: {listed(list(Shell), 'or')}.",
            autocompletion=suggest_shells,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print a script for completion with Tab.

    The Tab key then completes commands, options, targets, kinds, fields and files.

    \b
    bash        echo 'eval "$(lms completion bash)"' >> ~/.bashrc
    zsh         echo 'eval "$(lms completion zsh)"' >> ~/.zshrc   (after compinit)
    fish        lms completion fish > ~/.config/fish/completions/lms.fish
    powershell  lms completion powershell >> $PROFILE

    Open a new terminal afterwards.
    """
    if shell not in list(Shell):
        what = "SHELL is missing" if shell is None else f"There is no script for {quoted(shell)}"
        raise CommandError(f"{what}. Choose {listed(list(Shell), 'or')}.")
    typer.echo(completion_script(Shell(shell)))
