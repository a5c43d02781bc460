"""Receive an uploaded file: bounded while it is read, and stored under a random name."""

from __future__ import annotations

import asyncio
from pathlib import Path, PureWindowsPath
from uuid import UUID, uuid4

from aiohttp import BodyPartReader, ClientError, web
from attrs import define

from .access import USER, check_token
from .files import Files, new_private
from .people_csv import NotUsable

#: The largest form field besides the file, and the size of a form without the file, in bytes.
MAX_FORM = 10_000
#: How long an upload may take, in seconds.
_MAX_SECONDS = 300


@define
class Upload:
    """A file that was received."""

    id: UUID
    file_name: str = ""
    update_existing: bool = False


class TooLarge(NotUsable):
    """The upload is larger than allowed."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file has more than {max_bytes:,} bytes. Divide the file.")


async def receive(request: web.Request, files: Files, *, max_bytes: int) -> Upload:
    """Receive the upload form. Nothing is kept if it fails.

    :raises HTTPForbidden: the form does not begin with the right token.
    :raises TooLarge: the file has more than ``max_bytes`` bytes. The rest of it is not read.
    :raises NotUsable: the form is incomplete, or has no file.
    """
    if (request.content_length or 0) > max_bytes + MAX_FORM:
        raise TooLarge(max_bytes)
    upload = Upload(uuid4())
    path = files.upload(upload.id)
    problem = "The upload was cut off. Please upload the file again."
    try:
        async with asyncio.timeout(_MAX_SECONDS):
            await _read_form(request, upload, path, max_bytes)
        if upload.file_name:
            return upload
        problem = "Choose a file first."
    except (ValueError, TypeError, AssertionError, ClientError, ConnectionError, TimeoutError):
        pass  # it is not a form, or it is cut off
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    raise NotUsable(problem)


async def _read_form(request: web.Request, upload: Upload, path: Path, max_bytes: int) -> None:
    has_token = False
    if request.content_type != "multipart/form-data":
        raise ValueError("this is not the form of the page")
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise TypeError("a form has no forms inside")
        if part.name == "csrf_token":
            check_token(request[USER], (await _read(part, MAX_FORM)).decode("utf-8", "replace"))
            has_token = True
        elif not has_token:
            check_token(request[USER], None)  # before anything of the file is read
        elif part.name == "update_existing":
            upload.update_existing = bool(await _read(part, MAX_FORM))
        elif part.name == "file" and part.filename and not upload.file_name:
            # Only shown to people. Windows may send a path.
            name = "".join(filter(str.isprintable, PureWindowsPath(part.filename).name))
            upload.file_name = name[:100] or "file"
            await _store(part, path, max_bytes)
    if not has_token:
        check_token(request[USER], None)


async def _read(part: BodyPartReader, most: int) -> bytes:
    read = bytearray()
    while chunk := await part.read_chunk():
        read += chunk
        if len(read) > most:
            raise ValueError("a field of the form is too long")
    return bytes(read)


async def _store(part: BodyPartReader, path: Path, max_bytes: int) -> None:
    size = 0
    with new_private(path) as file:
        while chunk := await part.read_chunk(65_536):
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge(max_bytes)
            file.write(chunk)
