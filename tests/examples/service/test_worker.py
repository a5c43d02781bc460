"""What the worker does besides sending rows: files that changed, and what is old."""

from __future__ import annotations

import os
import time

import pytest

from lms_async import JournalMissing
from lms_async.journal.postgres import PostgresStore
from service.database import opened
from service.files import Files
from service.sample_files import sample_people
from service.worker import delete_old
from tests.examples.service.running import Service, Visitor


def wait_for(text: str, visitor: Visitor, url: str) -> str:
    """Return the page of an import, when it contains ``text``."""
    end = time.monotonic() + 60
    while text not in (shown := visitor.get(url).text):
        assert time.monotonic() < end, shown
        time.sleep(0.1)
    return shown


def test_interrupted_import_says_why_and_can_be_resumed(service: Service, south: Visitor) -> None:
    url = south.uploaded("south", sample_people(60))
    sandbox = service.sandboxes["south"]
    sandbox.forbidden.add("users")
    south.press(f"{url}/start")
    shown = wait_for("Interrupted. You can resume it.", south, url)
    assert "403" in shown
    sandbox.forbidden.clear()
    south.press(f"{url}/start")
    wait_for("Finished.", south, url)
    lines = south.get(f"{url}/results.csv").text.splitlines()
    assert [line.split(",")[2] for line in lines] == ['"result"', *['"done"'] * 60]


def test_import_whose_file_has_changed_is_refused(service: Service, south: Visitor) -> None:
    before = len(service.sandboxes["south"].log)
    url = south.uploaded("south", sample_people(3))
    (path,) = [one for one in service.files if one.stem == url.rpartition("/")[2]]
    path.write_text(sample_people(2), "utf-8")
    south.press(f"{url}/start")
    assert "has changed" in wait_for("Interrupted. You can resume it.", south, url)
    assert len(service.sandboxes["south"].log) == before
    assert south.get(f"{url}/results.csv").status_code == 503
    assert south.press(f"{url}/delete").status_code == 303


async def test_old_imports_are_deleted_with_their_files(service: Service, north: Visitor) -> None:
    old, new = (north.uploaded("north", sample_people(3)) for _ in range(2))
    left = service.demo.uploads / "left-by-a-killed-process.upload"
    left.write_text("")
    os.utime(left, (0, 0))
    async with opened(service.demo.environment["SERVICE_DATABASE"], connections=2) as database:
        journal = PostgresStore(database.pool, "of an old import", key=bytes(32))
        lease = await journal.open(wait=0, restart=False)
        await lease.close()
        async with database.pool.connection() as connection:
            await connection.execute(
                "UPDATE service.import SET created = now() - interval '25 hours' WHERE id = %s",
                [old.rpartition("/")[2]],
            )
        await delete_old(database, Files(service.demo.uploads), hours=24)
        with pytest.raises(JournalMissing):
            await journal.read()
    assert north.get(old).status_code == 404
    assert north.get(new).status_code == 200
    names = {one.stem for one in service.files}
    assert old.rpartition("/")[2] not in names
    assert left.stem not in names
    assert new.rpartition("/")[2] in names
    north.press(f"{new}/delete")
