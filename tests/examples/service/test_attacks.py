"""What OWASP lists, tried over HTTP: uploads, paths, forged forms, other schools, and headers."""

from __future__ import annotations

import socket
import stat
import time
from select import select
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from tests.examples.service.running import Service, Visitor

HEADER = "school_uid,name_first,name_last,role_id,primary_email\n"
ROW = "S1,Ada,Okafor,1214,ada@school.example\n"


@pytest.fixture(scope="module")
def one(north: Visitor) -> str:
    """The URL of an import of the school north."""
    return north.uploaded("north", HEADER + ROW)


def test_upload_is_stored_privately_under_a_random_name(service: Service, north: Visitor) -> None:
    before = set(service.files)
    url = north.uploaded("north", HEADER + ROW, name="../../../etc/cron.d/people.csv")
    (path,) = set(service.files) - before
    assert UUID(path.stem).hex == url.rpartition("/")[2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "<h1>people.csv</h1>" in north.get(url).text
    assert north.press(f"{url}/delete").status_code == 303
    assert not path.exists()
    assert north.get(url).status_code == 404


@pytest.mark.parametrize(
    "name", ["..\\..\\Windows\\x.csv", "/etc/passwd", "a\0b.csv", "x" * 3000, "%2e%2e%2fx", "…"]
)
def test_odd_file_names_name_no_file(service: Service, north: Visitor, name: str) -> None:
    before = set(service.files)
    url = north.uploaded("north", HEADER + ROW, name=name)
    (path,) = set(service.files) - before
    assert path.name == f"{url.rpartition('/')[2]}.upload"
    assert north.get(url).status_code == 200
    north.press(f"{url}/delete")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names of the columns"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(100), "not a CSV file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not UTF-8"),
        (HEADER.encode("utf-16"), "not UTF-8"),
        (b"a" * 3_000_000, "not valid CSV"),
        (b'"' * 3_000_001, "not valid CSV"),
        ("name,age\nAda,7\n", "Missing: school_uid, name_first, name_last, role_id"),
        (HEADER.replace("primary_email", "shoe_size") + ROW, "no such columns: shoe_size"),
        (HEADER.replace("primary_email", "role_id") + ROW, "same name"),
        (HEADER, "no people"),
        (HEADER + ROW + "S2,Bea", "Row 3 has 2 cells"),
        (HEADER + ROW + 'S2,"Bea', "quotation mark"),
        (HEADER + ROW.replace("Ada", "A\0"), "NUL character"),
        (HEADER + ROW + ROW, "Rows 2 and 3 have the same school_uid"),
        (HEADER.encode() + b"S1,\xe9va,Okafor,1214,\n", "not UTF-8"),
        (HEADER + "".join(f"{n},A,B,1,\n" for n in range(50_001)), "more than 50,000"),
    ],
    ids=lambda value: (
        None if isinstance(value, bytes | str) and len(value) > 60 else str(value)[:20]
    ),
)
def test_file_that_can_not_be_used_is_refused_and_deleted(
    service: Service, north: Visitor, content: bytes | str, says: str
) -> None:
    before = service.files
    response = north.upload("north", content)
    assert response.status_code == 422
    assert says in response.text
    assert "Okafor" not in response.text
    assert service.files == before


class Raw:
    """A connection on which an upload is sent piece by piece."""

    def __init__(self, visitor: Visitor, headers: str) -> None:
        host = urlsplit(str(visitor.base_url))
        self.socket = socket.create_connection((host.hostname, host.port), timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        self.socket.sendall(
            f"POST /people/schools/north/imports HTTP/1.1\r\nHost: {host.netloc}\r\n"
            f"Origin: {host.scheme}://{host.netloc}\r\nCookie: {cookies}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n{headers}\r\n\r\n".encode()
        )
        self.begin = (
            f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        ).encode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send_chunk(self, piece: bytes) -> None:
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))

    def status(self) -> bytes:
        return self.socket.recv(65_536).split(b"\r\n", 1)[0]


def test_announced_size_is_refused_before_the_file_is_read(north: Visitor) -> None:
    with Raw(north, "Content-Length: 100000000000") as raw:
        assert raw.status().split()[1] == b"413"


def test_upload_of_unknown_size_is_refused_while_it_is_read(
    service: Service, north: Visitor
) -> None:
    before = service.files
    sent = 0
    with Raw(north, "Transfer-Encoding: chunked") as raw:
        raw.send_chunk(raw.begin)
        while not select([raw.socket], [], [], 0)[0]:
            assert sent < 100_000_000
            raw.send_chunk(b"x" * 1_000_000)
            sent += 1_000_000
        assert raw.status().split()[1] == b"413"
    assert sent > 9_000_000
    assert service.files == before


@pytest.mark.parametrize("headers", ["Transfer-Encoding: chunked", "Content-Length: 500000"])
def test_upload_that_is_cut_off_leaves_no_file(
    service: Service, north: Visitor, headers: str
) -> None:
    before = service.files
    with Raw(north, headers) as raw:
        begin = raw.begin + HEADER.encode() + ROW.encode() * 6_000
        if "chunked" in headers:
            raw.send_chunk(begin)
        else:
            raw.socket.sendall(begin)
        wait_until(lambda: len(service.files) == len(before) + 1)
    wait_until(lambda: service.files == before)


def wait_until(holds: Any) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_upload_that_is_no_form_is_refused(north: Visitor) -> None:
    for kind in ("text/csv", "multipart/form-data", "multipart/form-data; boundary=other"):
        response = north.post(
            "/people/schools/north/imports", content=HEADER + ROW, headers={"Content-Type": kind}
        )
        assert response.status_code in {403, 422}


FORMS = ("start", "stop", "delete")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_form_of_another_website_is_refused(north: Visitor, one: str, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    with Visitor(str(north.base_url)) as other:
        other.headers.pop("Origin")
        other.cookies.update(north.cookies)
        for action in FORMS:
            form = {"csrf_token": north.token}
            response = other.post(f"{one}/{action}", data=form, headers=headers)
            assert response.status_code == 403
        parts = [("csrf_token", (None, north.token)), ("file", ("a.csv", HEADER + ROW))]
        url = "/people/schools/north/imports"
        assert other.post(url, files=parts, headers=headers).status_code == 403
        assert other.post("/sign-out", data=form, headers=headers).status_code == 403
        assert other.post("/sign-in", data={"name": "x"}, headers=headers).status_code == 403
    assert "Nothing was sent yet" in north.get(one).text


def test_form_without_the_sessions_token_is_refused(
    service: Service, north: Visitor, south: Visitor, one: str
) -> None:
    before = service.files
    for token in ("", "wrong", south.token, "é", None):
        form = {} if token is None else {"csrf_token": token}
        for url in (*(f"{one}/{action}" for action in FORMS), "/sign-out"):
            assert north.post(url, data=form).status_code == 403
        parts = [(name, (None, value)) for name, value in form.items()]
        parts.append(("file", ("a.csv", HEADER + ROW)))
        assert north.post("/people/schools/north/imports", files=parts).status_code == 403
    # The token comes first, so that nothing of a forged file is stored.
    parts = [("file", ("a.csv", HEADER + ROW)), ("csrf_token", (None, north.token))]
    assert north.post("/people/schools/north/imports", files=parts).status_code == 403
    assert service.files == before
    assert "Nothing was sent yet" in north.get(one).text


def test_other_schools_do_not_exist(north: Visitor, south: Visitor, one: str) -> None:
    number = one.rpartition("/")[2]
    through_own = f"/people/schools/south/imports/{number}"
    for url in (one, through_own, "/people/schools/south/imports/../x", f"{through_own}'--"):
        for page in ("", "/events", "/results.csv"):
            assert south.get(url + page).status_code == 404
        for action in FORMS:
            assert south.press(f"{url}/{action}").status_code == 404
    assert south.get("/people/schools/north").status_code == 404
    assert south.get("/people/schools/none").status_code == 404
    assert south.upload("north", HEADER + ROW).status_code == 404
    assert "north" not in south.get("/people/").text
    assert "Nothing was sent yet" in north.get(one).text


def test_strangers_see_nothing(service: Service, one: str) -> None:
    with service.visitor(None) as stranger:
        stranger.cookies.set("session", "0" * 43)
        for page in ("", "/events", "/results.csv"):
            assert stranger.get(one + page).status_code == 401
        response = stranger.get(one, headers={"Accept": "text/html"})
        assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
        assert stranger.press(f"{one}/start").status_code == 401
        assert stranger.upload("north", HEADER + ROW).status_code == 401
        for form in ({"name": "north-office", "password": ""}, {"name": "x", "password": ""}, {}):
            assert stranger.post("/sign-in", data=form).status_code == 403


def test_session_ends_at_the_sign_out(service: Service) -> None:
    with service.visitor("north-office") as visitor:
        cookies = dict(visitor.cookies)
        assert visitor.press("/sign-out").status_code == 303
        assert "session" not in visitor.cookies
        visitor.cookies.update(cookies)
        assert visitor.get("/people/").status_code == 401


@pytest.mark.parametrize("file", ["..%2fsettings.py", "%2e%2e/web.py", "service.js.map", "%00"])
def test_only_two_static_files_are_served(north: Visitor, file: str) -> None:
    assert north.get("/people/static/service.js").status_code == 200
    assert north.get(f"/people/static/{file}").status_code == 404
    assert north.get(f"/static/{file}").status_code == 404
