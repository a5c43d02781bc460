"""A person and secrets with unmistakable values, and checks that no output holds them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

PERSON = {
    "school_uid": "UID-zq-7731",
    "name_first": "Zebulon",
    "name_last": "Quuxington",
    "primary_email": "zebulon.q@pupils.example",
    "username": "zquux",
    "password": "hunter2hunter2",
    "role_id": 1214,
    "birthday_date": "2011-04-05",
}
SECRETS = {
    "key": "KEYzzz1",
    "secret": "SECRETzzz2",
    "token": "TOKENzzz3",
    "token_secret": "TSECRETzzz4",
}
FORBIDDEN = [
    *(str(value).casefold() for name, value in PERSON.items() if name != "role_id"),
    *(value.casefold() for value in SECRETS.values()),
    "pupils.example",
    "quux",
    "zebulon",
]


class LogLines(logging.Handler):
    """Collects all log lines except the server's: its access log and the OAuth provider's line
    about an invalid signature."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if record.name != "aiohttp.access" and not line.startswith("Verify HMAC failed"):
            self.lines.append(line)


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    handler = LogLines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def assert_no_personal_data(*shown: str) -> None:
    for text in shown:
        found = [word for word in FORBIDDEN if word in text.casefold()]
        assert not found, f"{found} in {text}"


def all_text_of(error: BaseException) -> str:
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and one not in chain:
            chain.append(one)
            todo += [one.__cause__, one.__context__]  # also where `from None` hides it
    said = "".join(f"{one!s} {one!r} {one.args!r}" for one in chain)
    return said + "".join(traceback.format_exception(error))


#: Possible responses of a vendor, which contain the person's name.
ANSWERS: dict[str, web.Response | tuple[int, Any, dict[str, str]]] = {
    "text 400": (400, f"User {PERSON['name_first']} {PERSON['name_last']} exists", {}),
    "json 409": (409, {"error": f"mail {PERSON['primary_email']} is taken"}, {}),
    "html 403": (403, f"<html>Hello {PERSON['name_first']}</html>", {}),
    "text 401": (401, f"Bad key {SECRETS['key']} for zquux", {}),
    "text 404": (404, f"no UID-zq-7731 {PERSON['name_last']}", {}),
    "json 500": (500, {"trace": [PERSON]}, {}),
    "bad types": (200, {"uid": "1", "synced": "Zebulon", "tz_offset": "Quuxington"}, {}),
    "bad rows": (200, {"user": [{"uid": "1", "synced": "Zebulon"}], "links": {}}, {}),
    "wrong object": (200, {"school": PERSON}, {}),
    "not json": (200, f"Hello {PERSON['name_first']} {PERSON['name_last']}", {}),
    "another host": (303, "", {"Location": "https://evil.example/zebulon/quuxington"}),
    "another path": (303, "", {"Location": "/v2/users/zebulon"}),
    "429 with a long wait": (429, f"Slow down, {PERSON['name_first']}", {"Retry-After": "100000"}),
}
