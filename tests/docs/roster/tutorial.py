"""Run the tutorial of ``docs/roster.md`` in the order in which a reader does.

The page says what to run:

- In a block ``console``, each line that begins with ``$`` is a command. What follows is its output.
  If the page has ``^C`` in the output, Ctrl-C is pressed when the people are being created.
- A block ``diff`` is an edit of the file that its first line names.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from lms_async.cli.app import main
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import environment_of

if TYPE_CHECKING:
    from lms_async.sandbox.log import Seen

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "roster.md"
_BLOCK = re.compile(r"(?<=^```)(console|diff)\n(.*?)(?=^```)", re.MULTILINE | re.DOTALL)
_HOST = re.compile(r"http://127\.0\.0\.1:\d+")
_SHOWN_HOST = "http://127.0.0.1:8080"
#: Added to the commands that send requests, so that the tutorial does not wait for the vendor.
_FAST = ("--limit", "1000/1s")
_SENDING = ("import", "roster", "plan", "apply", "verify")


def run_tutorial(page: str, folder: Path) -> str:
    """Run the tutorial, and return the page with the outputs of this run.

    :param page: the text of the page.
    :param folder: an empty folder, in which the commands run.
    """
    shutil.copytree(DOCS / "roster", folder, dirs_exist_ok=True)
    before = Path.cwd()
    with (
        _served() as sandbox,
        patch.dict(os.environ, {**environment_of(sandbox), "COLUMNS": "100"}),
    ):
        os.chdir(folder)
        try:
            tutorial = _Tutorial(folder, sandbox)
            return _BLOCK.sub(tutorial.run_block, page)
        finally:
            os.chdir(before)


class _Tutorial:
    def __init__(self, folder: Path, sandbox: SchoologySandbox) -> None:
        self._folder = folder
        self._sandbox = sandbox
        self._exit_code = 0

    def run_block(self, block: re.Match[str]) -> str:
        language, text = block.groups()
        if language == "diff":
            self._edit(text)
            return block[0]
        return f"{language}\n" + "".join(
            f"$ {command}\n{self._run(command, interrupt='^C' in output)}"
            for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
        )

    def _run(self, command: str, *, interrupt: bool) -> str:
        if command == "echo $?":
            return f"{self._exit_code}\n"
        words = shlex.split(command)
        if words[0] != "lms":
            ran = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)  # noqa: S602 - our own page
            return ran.stdout.removeprefix("\ufeff")
        if words[1] in _SENDING and words[1:3] != ["plan", "show"]:
            words += _FAST
        self._sandbox.before_each = _press_ctrl_c if interrupt else None
        printed = self._printed_by(words)
        if interrupt:
            printed = printed.replace("Stopping:", "^CStopping:", 1)
        return _HOST.sub(_SHOWN_HOST, printed.replace(f" {shlex.join(_FAST)}", ""))

    def _printed_by(self, words: list[str]) -> str:
        screen = self._folder / ".screen"
        with (
            screen.open("w", encoding="utf-8") as opened,
            redirect_stdout(opened),
            redirect_stderr(opened),
            patch.object(sys, "argv", words),
        ):
            self._exit_code = main()
        return screen.read_text("utf-8")

    def _edit(self, text: str) -> None:
        name, *lines = text.splitlines()
        path = self._folder / name.removeprefix("--- ")
        content = path.read_text("utf-8")
        for hunk in "\n".join(lines).split("\n@@\n"):
            old, new = _lines(hunk, " -"), _lines(hunk, " +")
            assert content.count(old) == 1, f"{name} has {content.count(old)} times:\n{old}"
            content = content.replace(old, new)
        path.write_text(content, "utf-8")


def _lines(hunk: str, signs: str) -> str:
    """Return the lines that begin with one of these signs, without the signs."""
    return "".join(f"{line[1:]}\n" for line in hunk.split("\n") if line[:1] in signs)


def _press_ctrl_c(seen: Seen) -> None:
    if (seen.method, seen.path) == ("POST", "users"):
        os.kill(os.getpid(), signal.SIGINT)


@contextmanager
def _served() -> Iterator[SchoologySandbox]:
    """Run a sandbox in a thread, while this thread runs ``lms``."""
    sandbox = SchoologySandbox()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait_for(name: str) -> None:
        given = () if name == "__aenter__" else (None, None, None)
        asyncio.run_coroutine_threadsafe(getattr(sandbox, name)(*given), loop).result(30)

    try:
        wait_for("__aenter__")
        yield sandbox
        wait_for("__aexit__")
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
