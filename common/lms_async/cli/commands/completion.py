"""``lms completion``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..completing.scripts import Shell, completion_script


def completion(
    shell: Annotated[
        Shell, typer.Argument(help="The shell that runs the script.", show_choices=True)
    ],
) -> None:
    """Print a script for completion with Tab.

    The Tab key then completes lms commands, kinds and fields.

    \b
    bash        echo 'eval "$(lms completion bash)"' >> ~/.bashrc
    zsh         echo 'eval "$(lms completion zsh)"' >> ~/.zshrc   (after compinit)
    fish        lms completion fish > ~/.config/fish/completions/lms.fish
    powershell  lms completion powershell >> $PROFILE

    Open a new terminal afterwards.
    """
    typer.echo(completion_script(shell))
