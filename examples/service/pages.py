"""The pages: the schools of a person, the imports of a school, and one import."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import define, field

from lms_async import InvalidInput

from . import live, results, uploading
from .access import UPLOAD, USER
from .database import WITHOUT_PLAN, Database, Import, State
from .files import Files, NotUsable
from .kinds import Kind, kind_of, known_lines, make_kinds
from .plan_summary import summarize
from .rendering import page, static, url
from .settings import Settings
from .views import HAS_RESULTS, Views

#: Imports in these states can't be started.
_NEVER_STARTED = (State.PLANNING, State.UNPLANNED, State.REFUSED, State.FINISHED)


@define
class Pages:
    """The handlers of all pages. Each gets a request that :func:`~.access.guard` let through."""

    database: Database
    files: Files
    settings: Settings
    kinds: Mapping[str, Kind] = field(init=False)
    views: Views = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.kinds = make_kinds(self.files, self.settings, self.database.pool)
        self.views = Views(self.database, self.files, self.kinds)

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
        router.add_get(f"{one}/plan.html", self.download_plan, name="plan")
        router.add_post(f"{one}/start", self.start, name="start")
        router.add_post(f"{one}/retry", self.retry, name="retry")
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
                raise NotUsable("The school has too many imports. Delete some first.")
            upload = await uploading.receive(request, self.files, max_bytes=self.settings.max_bytes)
            try:
                kind = self.kinds[kind_of(self.files.upload(upload.id))]
                one, shards = await kind.checked(upload, school, request[USER].name)
            except BaseException:
                self.files.delete(upload.id)
                raise
        except (NotUsable, InvalidInput) as error:
            status = 413 if isinstance(error, uploading.TooLarge) else 422
            return await self._school(request, status=status, problem=str(error))
        await self.database.add(one, shards=shards)
        return self._to_import(request, one)

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
        path = self.files.plan(one.id)
        has_plan = one.state not in WITHOUT_PLAN and one.kind == "roster"
        return page(
            request,
            "import.html",
            one=one,
            columns=self.kinds[one.kind].columns,
            plan=await asyncio.to_thread(summarize, path) if has_plan else None,
            view=await self.views.of(one),
        )

    async def send_events(self, request: web.Request) -> web.StreamResponse:
        """Send the progress of an import while it changes."""
        one = await self._import(request)
        return await live.stream(request, self.database, self.views, one.school, one.id)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Send the results so far as CSV; of a plan only if it does not run."""
        one = await self._import(request)
        kind = self.kinds[one.kind]
        if kind.needs_credentials and one.state not in HAS_RESULTS:
            raise web.HTTPNotFound
        lines = known_lines(kind, one, self.files)
        first = await anext(lines, None)  # if this fails, the response is an error
        block = [] if first is None else [first]
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": 'attachment; filename="results.csv"',
            }
        )
        await response.prepare(request)
        await response.write(results.header(kind.columns).encode())
        async for line in lines:
            block.append(line)
            if len(block) == 500:
                await response.write(results.to_csv(block).encode())
                block.clear()
        await response.write(results.to_csv(block).encode())
        return response

    async def download_plan(self, request: web.Request) -> web.StreamResponse:
        """Send the plan as a page to be saved, because our policy forbids the script inside it."""
        one = await self._import(request)
        path = self.files.plan_page(one.id)
        if one.state in WITHOUT_PLAN or not path.exists():
            raise web.HTTPNotFound
        return web.FileResponse(
            path,
            headers={
                "Content-Type": "text/html; charset=utf-8",
                "Content-Disposition": 'attachment; filename="plan.html"',
            },
        )

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Start an import, or resume one that was stopped."""
        one = await self._import(request)
        await self.database.change(one, State.STARTED, unless=_NEVER_STARTED)
        return self._to_import(request, one)

    async def retry(self, request: web.Request) -> web.StreamResponse:
        """Let a worker make the plan again, after that has failed."""
        one = await self._import(request)
        others = set(State) - {State.UNPLANNED}
        await self.database.change(one, State.PLANNING, unless=others)
        return self._to_import(request, one)

    async def stop(self, request: web.Request) -> web.StreamResponse:
        """Stop an import. Requests that were sent get their responses."""
        one = await self._import(request)
        await self.database.change(one, State.STOPPED, unless=(*_NEVER_STARTED, State.CHECKED))
        return self._to_import(request, one)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Delete an import with its files, unless it runs."""
        one = await self._import(request)
        if one.state == State.STARTED or await self.database.waits(one) is not None:
            raise web.HTTPConflict(text="Stop the import first, and wait until the worker is done.")
        await self.database.delete(one)
        self.files.delete(one.id)
        raise web.HTTPSeeOther(url(request, "school", school=one.school))

    def _to_import(self, request: web.Request, one: Import) -> web.StreamResponse:
        # The status gets the focus, so that a screen reader begins there.
        raise web.HTTPSeeOther(
            url(request, "one", school=one.school, number=one.id.hex) + "#status"
        )
