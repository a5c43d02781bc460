"""What the worker does besides sending rows: files that changed, and what is old."""

from __future__ import annotations

import os
import time

from service.database import opened
from service.demo import sample_people
from service.files import Files
from service.worker import delete_old
from tests.examples.service.running import Service, Visitor


def test_import_whose_file_has_changed_is_refused(service: Service, south: Visitor) -> None:
    url = south.uploaded("south", sample_people(3))
    (path,) = [one for one in service.files if one.stem == url.rpartition("/")[2]]
    path.write_text(sample_people(2), "utf-8")
    south.press(f"{url}/start")
    end = time.monotonic() + 60
    while "Interrupted" not in (text := south.get(url).text):
        assert time.monotonic() < end, text
        time.sleep(0.1)
    assert "has changed" in text
    assert len(service.sandboxes["south"].log) == 0
    assert south.get(f"{url}/results.csv").status_code == 503
    assert south.press(f"{url}/delete").status_code == 303


async def test_old_imports_are_deleted_with_their_files(service: Service, north: Visitor) -> None:
    old, new = (north.uploaded("north", sample_people(3)) for _ in range(2))
    left = service.demo.uploads / "left-by-a-killed-process.upload"
    left.write_text("")
    os.utime(left, (0, 0))
    async with opened(service.demo.environment["SERVICE_DATABASE"], connections=2) as database:
        async with database.pool.connection() as connection:
            await connection.execute(
                "UPDATE service.import SET created = now() - interval '25 hours' WHERE id = %s",
                [old.rpartition("/")[2]],
            )
        await delete_old(database, Files(service.demo.uploads), hours=24)
    assert north.get(old).status_code == 404
    assert north.get(new).status_code == 200
    names = {one.stem for one in service.files}
    assert old.rpartition("/")[2] not in names
    assert left.stem not in names
    assert new.rpartition("/")[2] in names
    north.press(f"{new}/delete")
