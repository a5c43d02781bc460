"""What a token needs for each operation of the sandbox."""

from __future__ import annotations

import pytest

from manabac_async.sandbox import PERMISSIONS, ManageBacSandbox

from .operations import OPERATIONS
from .raw import DENIED, RawClient


def test_there_is_one_permission_for_each_operation() -> None:
    names = [permission for _, _, permission, _ in OPERATIONS]
    assert len(names) == len(set(names)) == 82
    assert set(names) == PERMISSIONS


async def test_each_operation_needs_its_own_permission(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    for method, path, permission, _ in OPERATIONS:
        sandbox.grant("just this", permissions={permission})
        sandbox.grant("all but this", permissions=PERMISSIONS - {permission})
        call.headers = {"auth-token": "just this"}
        assert (await call(method, path)).status != 401, permission
        for token in ("all but this", "nobody's"):  # the vendor's response is the same for both
            call.headers = {"auth-token": token}
            got = await call(method, path)
            assert (got.status, got.json) == (401, DENIED), permission


async def test_denied_permission_gives_401_and_is_not_listed(
    call: RawClient, sandbox: ManageBacSandbox
) -> None:
    sandbox.denied.add("parents/index")
    got = await call("GET", "parents")
    assert (got.status, got.json) == (401, DENIED)
    assert (await call("GET", "students")).status == 200
    listed = (await call("GET", "auth/permissions")).json["permissions"]
    assert set(listed) == PERMISSIONS - {"parents/index"}


@pytest.mark.parametrize("path", ["students/1/nothing", "parents/1/children/2/3", "classes/1/add"])
async def test_unknown_path_gives_404(call: RawClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert (await call(method, path)).status == 404
