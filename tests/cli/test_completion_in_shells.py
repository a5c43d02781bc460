"""Press Tab in real shells, each in a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from lms_async.cli.completing.scripts import Shell, completion_script
from tests.cli.terminal import take_terminal

#: Ctrl-X d. Each shell is set up to write the command line into the file ``$LINE`` at these keys.
_WRITE_LINE = "\x18d"
_ERASE_LINE = "\x15"


@attrs.frozen
class Started:
    """How a shell is started without the user's settings, and what it then has to run.

    :param setup: loads the completion script, and binds :data:`_WRITE_LINE`.
    """

    command: tuple[str, ...]
    setup: tuple[str, ...]


SHELLS = {
    "bash": Started(
        ("bash", "--norc", "-i"),
        (
            "source ./script",
            'write_line() { printf %s "$READLINE_LINE" > "$LINE"; }',
            "bind -x '\"\\C-xd\": write_line'",
        ),
    ),
    "zsh": Started(
        ("zsh", "-f", "-i"),
        (
            "autoload -Uz compinit; compinit -u -D",
            "source ./script",
            'write_line() { printf %s "$BUFFER" > "$LINE" }; zle -N write_line',
            "bindkey '^Xd' write_line",
        ),
    ),
    "fish": Started(
        ("fish", "--no-config", "-i"),
        ("source ./script", "bind \\cxd 'commandline | string collect > $LINE'"),
    ),
}


class ShellInTerminal:
    """A shell in a terminal.

    :param keyboard: the descriptor of the user's end.
    :param line: the file in which the shell writes its command line.
    """

    def __init__(self, keyboard: int, line: Path) -> None:
        self._keyboard = keyboard
        self._line = line
        self.screen = ""

    def run(self, command: str) -> None:
        """Run a command, and wait until it has ended."""
        self._press(f"{command}; echo done > $LINE\r")
        self._written()

    def tab(self, typed: str) -> str:
        """Type the beginning of a command line and press Tab. Return the command line."""
        self._press(f"{_ERASE_LINE}{typed}\t{_WRITE_LINE}")
        return self._written()

    def _press(self, keys: str) -> None:
        self._line.unlink(missing_ok=True)
        os.write(self._keyboard, keys.encode())

    def _written(self) -> str:
        """Wait until the shell has written the file, and return it."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([self._keyboard], [], [], 0.05)[0]:
                self.screen += os.read(self._keyboard, 1 << 16).decode(errors="replace")
            elif self._line.exists() and (text := self._line.read_text().rstrip("\n")):
                return text
        raise AssertionError(f"The shell does not respond. Its screen: {self.screen}")


@contextmanager
def started(shell: str, folder: Path) -> Iterator[ShellInTerminal]:
    """Start a shell that completes ``lms``, in a folder with the file ``students.csv``."""
    (folder / "students.csv").touch()
    (folder / "script").write_text(completion_script(Shell(shell)))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - the commands are fixed
        SHELLS[shell].command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "TERM": "xterm",
            "LINE": str(folder / "line"),
        },
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    try:
        terminal = ShellInTerminal(ours, folder / "line")
        for command in SHELLS[shell].setup:
            terminal.run(command)
        yield terminal
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_commands_options_targets_fields_and_files(
    shell: str, tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    with started(shell, tmp_path) as terminal:
        for typed, completed in (
            ("lms mapp", "lms mapping "),
            ("lms import --dry", "lms import --dry-run "),
            ("lms import a.csv --to=schoo", "lms import a.csv --to=schoology "),
            # No blank: the user continues with the name of a column.
            ("lms import a.csv --to schoology --map school_u", "school_uid="),
            ("lms import stu", "lms import students.csv "),
        ):
            assert terminal.tab(typed).endswith(completed), terminal.screen
