from __future__ import annotations

import pytest
import typer.main

from lms_async.cli.app import app


@pytest.mark.parametrize("name", [None, "mapping", "journal"])
def test_descriptions_of_commands_are_not_cut(name: str | None) -> None:
    group = typer.main.get_command(app)
    if name is not None:
        group = group.commands[name]  # type: ignore[attr-defined]
    for command in group.commands.values():  # type: ignore[attr-defined]
        assert not command.get_short_help_str(45).endswith("..."), command.name
