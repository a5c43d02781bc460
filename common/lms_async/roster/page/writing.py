"""Write the page: a template, and between its parts the data."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from os import PathLike
from pathlib import Path
from secrets import token_hex

from ...errors import PlanFailed
from ..plan_files.plan_file import PlanFile
from .data import PageData

#: How every page begins.
PAGE_BEGINNING = "<!DOCTYPE html>"
_HERE = Path(__file__).parent
#: The scripts, in the order in which they need each other.
_SCRIPTS = ("elements.js", "totals.js", "record_list.js", "page.js")


def write_page(plan: PlanFile | PathLike[str] | str, path: PathLike[str] | str) -> None:
    """Write a plan as one HTML file, for reading and printing. The file needs no network.

    The file contains people's data. Only its owner can read it. It appears when it is complete, and
    replaces an older one.

    :param plan: the plan, open or as a path.
    :param path: the HTML file.
    :raises PlanUnusable: the plan is missing or damaged.
    :raises PlanFailed: the page can't be written.
    """
    if not isinstance(plan, PlanFile):
        with PlanFile(Path(plan)) as opened:
            return write_page(opened, path)
    path = Path(path)
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with open(part, "xb", opener=_open_private) as file:
            file.writelines(_page(PageData(plan)))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PlanFailed(f"the page {path} can't be written: {error.strerror}") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return None


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _page(data: PageData) -> Iterator[bytes]:
    before, _, rest = _template().partition(b"{{summary}}")
    between, _, after = rest.partition(b"{{rows}}")
    yield before
    yield data.summary()
    yield between
    yield from _elements("changes", data.changes())
    yield from _elements("left-alone", data.left_alone())
    yield after


def _elements(of: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield b'<script type="application/json" data-rows="%s">' % of.encode()
        yield chunk
        yield b"</script>\n"


def _template() -> bytes:
    """Return the page without data. Its policy allows its own style and scripts, by their hashes,
    and nothing else."""
    style = _file("page.css")
    script = "\n".join(map(_file, _SCRIPTS))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _file("page.html").replace("{{policy}}", policy)
    return page.replace("{{style}}", style).replace("{{script}}", script).encode()


def _file(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
