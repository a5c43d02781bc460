"""``lms import`` through a proxy from the environment. The proxy's password is never shown."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.proxies import proxy_for, without_proxy
from manabac_async.sandbox import ManageBacSandbox, School
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import, Ran, environment_of, file_of, lms, save

SECRET = "hunter2"


class ForwardingProxy:
    """A proxy for ``http://`` that forwards requests and records their first lines and headers."""

    def __init__(self) -> None:
        self.heads: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request per connection."""
        head, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        self.heads.append("\n".join([head, *headers]))
        method, url, version = head.split()
        host, _, path = url.removeprefix("http://").partition("/")
        names = {line.lower().partition(":")[0]: line.partition(":")[2] for line in headers}
        body = await reader.readexactly(int(names.get("content-length", 0)))
        kept = [line for line in headers if not line.lower().startswith(("proxy-", "conn"))]
        there, forth = await asyncio.open_connection(*host.split(":"))
        lines = [f"{method} /{path} {version}", *kept, "Connection: close", "", ""]
        forth.write("\r\n".join(lines).encode() + body)
        answer = await there.read()
        forth.close()
        top, _, rest = answer.partition(b"\r\n")
        writer.write(top + b"\r\nConnection: close\r\n" + rest)
        await writer.drain()
        writer.close()


async def import_through(people_csv: Path, proxy: str, to: str, environment: dict[str, str]) -> Ran:
    return await lms(
        *("import", people_csv, "--to", to, "--limit", "1000/0.01s"),
        environment={"NO_PROXY": "", "no_proxy": "", "HTTP_PROXY": proxy} | environment,
        folder=people_csv.parent,
    )


@pytest.mark.parametrize("to", ["schoology", "managebac", "managebac-v1"])
async def test_import_uses_the_proxy(
    schoology_sandbox: SchoologySandbox,
    managebac_sandbox: ManageBacSandbox,
    people_csv: Path,
    to: str,
) -> None:
    proxy = ForwardingProxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    managebac_sandbox.school = School.seeded(students=25, classes=1)
    student, class_ = managebac_sandbox.school.students, managebac_sandbox.school.classes
    environment = environment_of(schoology_sandbox) | {
        "MANAGEBAC_TOKEN": managebac_sandbox.token,
        "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
        "MANAGEBAC_V1_SCHOOL": "school",
        "MANAGEBAC_V1_TOKEN": managebac_sandbox.v1_token,
        "MANAGEBAC_V1_BASE_URL": managebac_sandbox.v1_base_url,
    }
    content = {
        "schoology": file_of(3),
        "managebac": f"class_id,student_id\n{next(iter(class_))},{next(iter(student))}\n",
        "managebac-v1": "type,first_name,last_name,email\nparent,A,B,a@x.example\n",
    }[to]
    save(people_csv, content)
    netrc = people_csv.with_name("netrc")
    save(netrc, "default login joe password of-another-service")
    netrc.chmod(0o600)
    environment["NETRC"] = str(netrc)
    url = f"http://ada:{SECRET}@127.0.0.1:{port}"
    ran = await import_through(people_csv, url, to, environment)
    assert ran.code == 0, ran.err
    assert f"through the proxy http://127.0.0.1:{port}" in ran.err
    assert SECRET not in ran.out + ran.err
    seen = len(schoology_sandbox.log if to == "schoology" else managebac_sandbox.log)
    assert seen == len(proxy.heads) >= 2  # every request went through the proxy
    known = base64.b64encode(f"ada:{SECRET}".encode()).decode()
    assert all(f"Proxy-Authorization: Basic {known}" in head for head in proxy.heads)
    ours = "\n".join(proxy.heads).lower()
    # the client does not use the password of .netrc
    assert to == "schoology" or "\nauthorization: basic" not in ours
    people_csv.with_name("people.journal").unlink()
    ran = await import_through(people_csv, url, to, environment | {"no_proxy": "127.0.0.1"})
    assert "proxy" not in ran.err
    assert len(proxy.heads) == seen
    server.close()


@pytest.mark.parametrize(
    ("proxy", "code"),
    [
        (f"http://ada:{SECRET}@127.0.0.1:9", 5),
        (f"http://ada:{SECRET}@127.0.0.1:port", 2),
        (f"socks5://ada:{SECRET}@127.0.0.1:9", 2),
        (f"ada:{SECRET}@127.0.0.1:9", 2),
        (f"https://ada:{SECRET}@127.0.0.1:9", 2),
        (f"http://ada:{SECRET}\x1b@[::1", 2),
        (f"http://ada:{SECRET}@a..b:9", 2),
    ],
)
async def test_unusable_proxy_is_reported_without_its_password(
    lms_import: Import,
    schoology_sandbox: SchoologySandbox,
    monkeypatch: pytest.MonkeyPatch,
    proxy: str,
    code: int,
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy)
    ran = await lms_import(file_of(3))
    assert ran.code == code, ran.err
    assert SECRET not in ran.out + ran.err
    assert len(schoology_sandbox.log) == 0


def test_proxy_for_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy_for("https://lms.example") == ""
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{SECRET}@proxy.example:3128/")
    assert proxy_for("https://lms.example") == "http://proxy.example:3128"
    assert proxy_for("http://lms.example") == ""
    assert proxy_for("") == ""
    with without_proxy():
        assert proxy_for("https://lms.example") == ""
    assert proxy_for("https://lms.example") == "http://proxy.example:3128"
    monkeypatch.setenv("NO_PROXY", ".example")
    assert proxy_for("https://lms.example") == ""
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTPS_PROXY", "http://[::1]:1")
    assert proxy_for("https://lms.example") == "http://[::1]:1"
    monkeypatch.setenv("HTTPS_PROXY", "nonsense")
    with pytest.raises(CommandError, match="HTTPS_PROXY is not"):
        proxy_for("https://lms.example")
