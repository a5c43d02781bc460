"""Merge reads that wait at the same time into one ``POST multiget`` request.

``schoology.with_options(multiget=True)`` uses :class:`MultigetTransport`. It overrides only
:meth:`Transport._perform`, and only for the reads that ``multiget`` supports. So redirects,
deadlines and decoding work as for a single read.

Schoology does not document the JSON of ``multiget``. If a part of a response can't be understood,
its read is sent again as a single request. So a wrong assumption about the JSON costs a request,
but never returns a wrong record.
"""

from __future__ import annotations

import asyncio
import re
from copy import copy, deepcopy
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl, unquote

import attrs
import orjson

from lms_async.errors import ApiError, LmsError
from lms_async.events import MergingRefused
from lms_async.http.attempts import Attempts
from lms_async.http.call import Call
from lms_async.http.redirects import is_redirect
from lms_async.http.responses import Response
from lms_async.http.retry import is_retryable
from lms_async.http.transport import Transport
from lms_async.http.urls import encode_query

from .multiget import MOST_READS, SubResponse, read_call, read_parts, request_body
from .vendor import Merging, SchoologyVendor

#: The number of event loop iterations for which reads are collected before their request is sent.
_TURNS = 2
#: The paths that ``multiget`` supports (vendor page), relative to the base URL.
_is_supported = re.compile(
    r"""
    (groups|courses|sections|users)/\d+
    | courses/\d+/sections
    | sections/\d+/(assignments|enrollments|grade_items|grades)
    | users/\d+/(sections|groups)
    | (sections|users)/ext/[^/]+
    | (districts|schools|users|groups|sections)/\d+/(updates|discussions|events)
    """,
    re.VERBOSE,
).fullmatch
#: Statuses with which Schoology refuses ``multiget`` as such, or this form of it.
_REFUSALS = frozenset({400, 403, 404, 405, 406, 410, 411, 413, 415, 422, 501})


class MultigetTransport(Transport):
    """Sends reads that wait at the same time as one ``multiget`` request."""

    #: A batch merges the pages of several lists, not several pages of one list.
    reads_ahead: ClassVar[bool] = False

    _batch: _Batch | None = None

    @property
    def _merging(self) -> Merging:
        return cast("SchoologyVendor", self.vendor).merging

    async def _perform(self, attempts: Attempts) -> tuple[Response, Any]:
        """Read as part of a batch if possible, otherwise with a request of its own."""
        call = attempts.call
        if attempts.observer is None and _may_merge(call, self._merging):
            part = await self._part(attempts)
            payload = None if part is None else self._payload_of(attempts, part)
            if part is not None and payload is not None:
                return part, payload
        return await super()._perform(attempts)

    def _payload_of(self, attempts: Attempts, part: Response) -> Any:
        """Return the payload of a part; ``None`` if the read must be sent as a single request.

        :raises ApiError: Schoology refused this read, and would refuse the single request too.
        """
        payload = self._read(attempts.call, part)
        if isinstance(payload, ApiError):
            raise payload.after(attempts.made)
        return payload

    def _read(self, call: Call[Any], part: Response) -> Any:
        """Return the payload of a part, or the vendor's refusal; ``None`` if neither is certain."""
        try:
            payload = self._checked(call, part)
        except ApiError as refused:
            # If the refusal is temporary, the single request may succeed.
            return None if is_retryable(refused, call) else refused
        except LmsError:
            return None
        return payload if _is_about(call, payload, self._merging) else None

    async def _part(self, attempts: Attempts) -> Response | None:
        """Wait for the part of a batch's response for this read; ``None`` if it can't be read.

        :raises LmsError: the request of the batch failed.
        """
        call = attempts.call
        batch = self._batch
        if batch is None or not batch.is_open:
            batch = self._batch = _Batch()
            batch.task = asyncio.get_running_loop().create_task(self._run(batch))
        query = f"?{encode_query(call.query)}" if call.query else ""
        part = await batch.wait(call.path + query, call)
        attempts.made += batch.made
        return part

    async def _run(self, batch: _Batch) -> None:
        """Send one batch. Give each of its reads its part, or its own copy of the error."""
        try:
            for _ in range(_TURNS):  # other tasks that are ready to run may add their reads
                await asyncio.sleep(0)
            batch.answer(await self._send(batch))
        except _Alone:
            batch.answer([None])
        except LmsError as error:
            batch.fail(error)
        finally:
            batch.end()

    async def _send(self, batch: _Batch) -> list[Response | None]:
        """Return one part per read of the batch; ``None`` for each part that can't be read.

        :raises LmsError: the request failed for another reason than ``multiget`` being refused.
        """
        call = read_call("multiget")
        # The batch has no deadline. A read leaves the batch at its own deadline.
        attempts = Attempts(call, self._policy, self._quota, batch)
        batch.send_with(attempts, self.vendor.base_url)
        found: list[SubResponse] | None = None
        try:
            response, _ = await super()._perform(attempts)
        except ApiError as refused:
            if refused.status not in _REFUSALS:
                raise
            status = refused.status
        else:
            status = response.status
            found = None if is_redirect(response) else read_parts(response.body)
        finally:
            batch.made = attempts.made
        if found is None:
            self._stop_merging(call, status)
            return [None] * len(batch.paths)
        if len(found) != len(batch.paths):  # parts are matched by position
            return [None] * len(batch.paths)
        return self._in_order(batch, [_as_response(part) for part in found])

    def _in_order(self, batch: _Batch, parts: list[Response | None]) -> list[Response | None]:
        """Return ``parts``, without the refusals if these may belong to other reads.

        A refusal does not name its read. It belongs to the read at its position if each success
        belongs to the read at its own.
        """
        refused = [part is not None and part.status >= 400 for part in parts]
        if not any(refused) or all(
            part is not None and self._read(batch.calls[path], part) is not None
            for path, part in zip(batch.paths, parts, strict=True)
        ):
            return parts
        return [None if no else part for no, part in zip(refused, parts, strict=True)]

    def _stop_merging(self, call: Call[Any], status: int) -> None:
        if not self._merging.is_refused:
            self._merging.is_refused = True
            self.notify(MergingRefused, call, status)


@attrs.frozen
class _Success(Response):
    """A part that was parsed together with the whole response, so it is not parsed again.

    It has no body. Only an error needs one.
    """

    payload: Any = attrs.field(repr=False)

    def parsed(self) -> Any:
        """Return the payload."""
        return self.payload

    def shortened(self) -> Response:
        """Return a response with a body, for an error to keep."""
        return Response(self.status, self.headers, orjson.dumps(self.payload)).shortened()


class _Alone(Exception):
    """Only one read is left in the batch, so it is sent as a single request."""


class _Batch:
    """The reads of one request. Reads may join and leave until the request is sent.

    That includes the wait for the rate limit. The batch observes the attempts of its request, so
    that it is closed at the moment of sending.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.calls: dict[str, Call[Any]] = {}
        self.task: asyncio.Task[None] | None = None
        self.made = 0
        self._is_closed = False
        self._waiting: dict[str, list[asyncio.Future[Response | None]]] = {}
        self._attempts: Attempts | None = None
        self._base_url = ""

    @property
    def is_open(self) -> bool:
        """Whether another read may join."""
        return not self._is_closed and len(self._waiting) < MOST_READS

    async def wait(self, path: str, call: Call[Any]) -> Response | None:
        """Join the batch, and wait for the part of ``path``, which ``call`` asks for."""
        own: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        self.calls[path] = call
        self._waiting.setdefault(path, []).append(own)
        try:
            return await own
        finally:
            self._leave(path, own)

    def _leave(self, path: str, own: asyncio.Future[Response | None]) -> None:
        waiting = self._waiting.get(path, [])
        if own in waiting:
            waiting.remove(own)
        if not waiting:
            self._waiting.pop(path, None)
        if not self._waiting and self.task is not None:
            self._is_closed = True
            self.task.cancel()

    def send_with(self, attempts: Attempts, base_url: str) -> None:
        """Set the attempts whose request body the batch will fill in."""
        self._attempts = attempts
        self._base_url = base_url

    async def before_send(self) -> None:
        """Close the batch, and write its paths into the request body."""
        if self._is_closed or self._attempts is None:
            return  # a retry sends the same body again
        self._is_closed = True
        self.paths = list(self._waiting)
        if len(self.paths) == 1:
            raise _Alone
        self._attempts.body = request_body(self._base_url, self.paths)

    def lost(self) -> None:
        """Do nothing: a read whose response was lost changed nothing."""

    def will_retry(self) -> None:
        """Do nothing: a retry sends the same paths again."""

    def answer(self, parts: list[Response | None]) -> None:
        """Pass each part to the reads that wait for it."""
        for path, part in zip(self.paths, parts, strict=True):
            waiting = [own for own in self._waiting.get(path, ()) if not own.done()]
            for number, own in enumerate(waiting):
                # The records of two callers must not share a list or a dict.
                own.set_result(deepcopy(part) if number else part)

    def fail(self, error: LmsError) -> None:
        """Raise a copy of ``error`` in each read that waits."""
        for own in self._unanswered():
            one = copy(error)
            one.response = error.response
            own.set_exception(one)

    def end(self) -> None:
        """Cancel the reads that still wait, e.g. because the event loop is closing."""
        self._is_closed = True
        for own in self._unanswered():
            own.cancel()

    def _unanswered(self) -> list[asyncio.Future[Response | None]]:
        return [own for waiting in self._waiting.values() for own in waiting if not own.done()]


def _may_merge(call: Call[Any], merging: Merging) -> bool:
    """Return whether ``call`` may be part of a batch."""
    if merging.is_refused or call.method != "GET" or call.body is not None:
        return False
    if call.returns is Response or not _is_supported(call.path):
        return False
    if call.envelope_key is None:
        # The part must show that it belongs to the read: by its id, or by the school's own id.
        return not call.query and (call.about is not None or _own_id(call) is not None)
    # Schoology may ignore the query of a path. Without `limit`, the first page is still correct,
    # and the response shows whether filters were applied. A later page can't do without `start`.
    if any(name == "start" for name, _ in call.query):
        return False
    return merging.takes_filters or not _filters(call)


def _filters(call: Call[Any]) -> set[tuple[str, str]]:
    return {(name, value) for name, value in call.query if name != "limit"}


def _is_about(call: Call[Any], payload: Any, merging: Merging) -> bool:
    """Return whether ``payload`` belongs to ``call``, as far as its content shows.

    Parts are matched to reads by position, since they have no key. For a record that is read by its
    id, the transport has already checked the id.
    """
    if not isinstance(payload, dict):
        return False
    if call.envelope_key is None:
        own_id = _own_id(call)
        return own_id is None or str(payload.get(own_id[0])).strip().casefold() == own_id[1]
    links = payload.get("links")
    link = links.get("self") if isinstance(links, dict) else None
    path, _, query = link.partition("?") if isinstance(link, str) else ("", "", "")
    if path and not unquote(path).endswith("/" + unquote(call.path)):
        return False
    shown = set(parse_qsl(query, keep_blank_values=True))
    if not _filters(call) <= shown:
        merging.takes_filters = False
        return False
    # Only the link shows to which section, course or user the rows belong.
    return bool(path) and {name for name, _ in shown - _filters(call)} <= {"start", "limit"}


def _own_id(call: Call[Any]) -> tuple[str, str] | None:
    """Return the field and the value of the school's own id by which ``call`` reads a record."""
    realm, *rest = call.path.split("/")
    key = {"users": "school_uid", "sections": "section_school_code"}.get(realm)
    if key is None or rest[:1] != ["ext"]:
        return None
    return key, unquote(rest[-1]).strip().casefold()


def _as_response(part: SubResponse) -> Response | None:
    """Return a part as the response to a single request; ``None`` if its status is not clear."""
    code, body = part.response_code, part.body
    if code is None:
        # In the form without statuses, an object or a list is a success. The rest may be errors.
        code = 200 if isinstance(body, dict | list) else 0
    if not (200 <= code < 300 or 400 <= code < 500):
        return None
    if code < 400 and isinstance(body, dict | list):
        return _Success(code, {}, b"", body)
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    return Response(code, {}, b"" if body is None else content)
