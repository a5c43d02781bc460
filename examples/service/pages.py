"""The pages: the schools of a person, the imports of a school, and one import."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import define, field

from lms_async import InvalidInput
from lms_async.jobs import Job, Stores

from . import live, people_csv, results, uploading
from .access import UPLOAD, USER
from .database import Database, Import, State
from .files import Files
from .rendering import page, static, url
from .settings import Settings
from .views import Views

#: Rows of a part of an import. Parts are done by several workers, and each has a journal.
_ROWS_PER_SHARD, _MAX_SHARDS = 1_000, 16


@define
class Pages:
    """The handlers of all pages. Each gets a request that :func:`~.access.guard` let through."""

    database: Database
    files: Files
    settings: Settings
    stores: Stores = field(init=False)
    views: Views = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.stores = self.settings.stores(self.database.pool)
        self.views = Views(self.database, self.files, self.stores)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add all routes to ``router``."""
        router.add_get("/", self.show_schools, name="schools")
        router.add_get("/static/{file}", static, name="static")
        router.add_get("/schools/{school}", self.show_school, name="school")
        router.add_post("/schools/{school}/imports", self.upload, name=UPLOAD)
        one = "/schools/{school}/imports/{number}"
        router.add_get(one, self.show_import, name="one")
        router.add_get(f"{one}/events", self.send_events, name="events")
        router.add_get(f"{one}/results.csv", self.download, name="download")
        router.add_post(f"{one}/start", self.start, name="start")
        router.add_post(f"{one}/stop", self.stop, name="stop")
        router.add_post(f"{one}/delete", self.delete, name="delete")

    async def show_schools(self, request: web.Request) -> web.Response:
        """Let the person choose a school."""
        return page(request, "schools.html")

    async def show_school(self, request: web.Request) -> web.Response:
        """Show the upload form, and the imports of a school."""
        return await self._school(request)

    async def _school(self, request: web.Request, **values: Any) -> web.Response:
        school = request.match_info["school"]
        return page(
            request,
            "school.html",
            school=school,
            imports=await self.database.of_school(school),
            max_bytes=self.settings.max_bytes,
            **{"problem": "", **values},
        )

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Receive a file, check it, and show what an import would do."""
        school = request.match_info["school"]
        try:
            if len(await self.database.of_school(school)) >= self.settings.max_open:
                raise people_csv.NotUsable("The school has too many imports. Delete some first.")
            upload = await uploading.receive(request, self.files, max_bytes=self.settings.max_bytes)
            try:
                job = await self._planned(school, upload)
            except BaseException:
                self.files.delete(upload.id)
                raise
        except (people_csv.NotUsable, InvalidInput) as error:
            status = 413 if isinstance(error, uploading.TooLarge) else 422
            return await self._school(request, status=status, problem=str(error))
        one = Import.checked(upload.id, school, request[USER].name, upload.file_name, job)
        await self.database.add(one)
        return self._to_import(request, one)

    async def _planned(self, school: str, upload: uploading.Upload) -> Job:
        path = self.files.upload(upload.id)
        count = await asyncio.to_thread(people_csv.check, path, max_rows=self.settings.max_rows)
        async with results.offline_client() as client:
            return await Job.plan(
                people_csv.rows(path),
                "users.create_many",
                client=client,
                name=upload.id.hex,
                account=school,
                shards=min(_MAX_SHARDS, -(-count // _ROWS_PER_SHARD)),
                options={"update_existing": upload.update_existing},
            )

    async def _import(self, request: web.Request) -> Import:
        try:
            number = UUID(request.match_info["number"])
        except ValueError:
            raise web.HTTPNotFound from None
        one = await self.database.find(request.match_info["school"], number)
        if one is None:
            raise web.HTTPNotFound
        return one

    async def show_import(self, request: web.Request) -> web.Response:
        """Show what an import would do, does, or has done."""
        one = await self._import(request)
        return page(request, "import.html", one=one, view=await self.views.of(one))

    async def send_events(self, request: web.Request) -> web.StreamResponse:
        """Send the progress of an import while it changes."""
        one = await self._import(request)
        return await live.stream(request, self.database, self.views, one.school, one.id)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Send the results of all rows as CSV, also while the import runs."""
        one = await self._import(request)
        lines = results.lines(one, self.files, self.stores)
        block = [await anext(lines)]  # if this fails, the response is an error
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": 'attachment; filename="results.csv"',
            }
        )
        await response.prepare(request)
        await response.write(results.HEADER.encode())
        async for line in lines:
            block.append(line)
            if len(block) == 500:
                await response.write(results.to_csv(block).encode())
                block.clear()
        await response.write(results.to_csv(block).encode())
        return response

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Start an import, or resume one that was stopped."""
        one = await self._import(request)
        await self.database.change(one, State.STARTED, unless=(State.FINISHED,))
        return self._to_import(request, one)

    async def stop(self, request: web.Request) -> web.StreamResponse:
        """Stop an import. Requests that were sent get their responses."""
        one = await self._import(request)
        await self.database.change(one, State.STOPPED, unless=(State.CHECKED, State.FINISHED))
        return self._to_import(request, one)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Delete an import with its files, unless it runs."""
        one = await self._import(request)
        if one.state == State.STARTED or await self.database.waits(one) is not None:
            raise web.HTTPConflict(text="Stop the import first, and wait until it has stopped.")
        await self.database.delete(one)
        self.files.delete(one.id)
        raise web.HTTPSeeOther(url(request, "school", school=one.school))

    def _to_import(self, request: web.Request, one: Import) -> web.StreamResponse:
        # The status gets the focus, so that a screen reader begins there.
        raise web.HTTPSeeOther(
            url(request, "one", school=one.school, number=one.id.hex) + "#status"
        )
