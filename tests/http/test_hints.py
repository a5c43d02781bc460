"""A 404 names the base URL if it is not the vendor's own, because its path may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from lms_async import InvalidInput, NotFound
from lms_async.client import Client
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox

Make = Callable[..., Client]
SCHOOLOGY, MANAGEBAC = partial(Schoology, "key", "secret"), partial(ManageBac, "token")
V1 = partial(ManageBacV1, "school", "token")


async def test_wrong_path_in_the_base_url_is_named() -> None:
    with SchoologySandbox() as vendor:
        url = vendor.base_url.replace("/v1/", "/v2/")
        async with Schoology(vendor.key, vendor.secret, base_url=url) as schoology:
            with pytest.raises(NotFound, match=f"check the base URL {url}") as raised:
                await schoology.users.get(1)
    assert "this account may not see it" in str(raised.value)
    assert vendor.secret not in str(raised.value)


async def test_wrong_path_for_managebac_is_named() -> None:
    with ManageBacSandbox() as vendor:
        url = f"{vendor.base_url}old/"
        async with ManageBac(vendor.token, base_url=url) as managebac:
            with pytest.raises(NotFound, match=f"check the base URL {url}v2/") as raised:
                await managebac.classes.list()
    assert vendor.token not in str(raised.value)


@pytest.mark.parametrize(
    ("make", "is_named"),
    [
        (SCHOOLOGY, False),
        (partial(SCHOOLOGY, base_url="https://api.schoologyca.com/v1"), False),
        (partial(SCHOOLOGY, base_url="https://api.schoology.com/v2/"), True),
        (MANAGEBAC, False),
        (partial(MANAGEBAC, region="us1", version="v2p1"), False),
        (partial(MANAGEBAC, base_url="https://api.managebac.com/v2/"), True),
        (V1, False),
        (partial(V1, base_url="https://school.managebac.cn/api/"), False),
        (partial(V1, base_url="https://school.managebac.com/"), True),
    ],
)
async def test_only_another_base_url_is_named(make: Make, is_named: bool) -> None:
    async with make() as client:
        vendor = client._transport.vendor
        assert ("check the base URL" in vendor.hint(404)) == is_named
        assert vendor.base_url in vendor.hint(404) or not is_named
        assert "base URL" not in vendor.hint(403)


@pytest.mark.parametrize("secret", ["ada:s3cret@api.example/v1/", "api.example/v1/?token=s3cret"])
def test_base_url_can_not_have_a_secret(secret: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        SCHOOLOGY(base_url=f"https://{secret}")
    assert "s3cret" not in str(raised.value)
