"""Many scopes that share the connections to one Redis."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel

from benchmarks.redis_server import RedisServer
from lms_async.errors import ClientUnusable, ConnectionFailed, InvalidInput
from lms_async.events import Event
from lms_async.limits.shared import session
from lms_async.limits.shared.client import make_client, place_of
from lms_async.limits.shared.fallback import RedisAway, RedisBack
from lms_async.limits.shared.turns import AT_ONCE, in_turns
from lms_async.limits.shared.window import RedisWindow
from lms_async.limits.shared.windows import RedisWindows
from tests.limits.shared.conftest import PER, TIMEOUT
from tests.limits.shared.test_window import take, until

Make = Callable[..., RedisWindow]


@pytest_asyncio.fixture
async def windows(old_redis: RedisServer, events: list[Event]) -> AsyncIterator[RedisWindows]:
    async with RedisWindows(old_redis.url, timeout=TIMEOUT, events=[events.append]) as made:
        yield made


@pytest.fixture
def make(windows: RedisWindows, scope: str) -> Make:
    """Make a window of a scope that no other test uses."""

    def make(limit: int = 1, *, of: object = "", per: float = PER, **options: Any) -> RedisWindow:
        return windows.window(limit, per=per, scope=f"{scope} {of}", **options)

    return make


@pytest.fixture
def idle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_KEPT_OPEN", 0.05)


async def channels(redis: Any, window: RedisWindow) -> list[str]:
    found: list[str] = await redis.pubsub_channels(f"{window._name}*")
    return found


async def until_idle(window: RedisWindow) -> None:
    await until(lambda: window._session_task is None)


async def test_many_windows_use_two_connections(young_redis: RedisServer) -> None:
    async with Redis.from_url(young_redis.url) as redis:
        async with RedisWindows(young_redis.url, redis_is_new=True) as windows:
            made = [windows.window(1, per=PER, scope=str(number)) for number in range(120)]
            log: list[float] = []
            await asyncio.gather(*(take(window, log) for window in made))
            assert len(await redis.client_list()) == 1 + 2
        assert len(await redis.client_list()) == 1
    assert len(log) == 120


async def test_scopes_have_their_own_limits_and_pauses(make: Make) -> None:
    one, other = make(of="one"), make(of="other")
    slots = [await one.acquire(), await other.acquire()]
    one.pause(30)
    slots[1].answered()
    async with asyncio.timeout(5):
        await take(other, [])
    assert one.pause_left() > 20
    assert other.pause_left() == 0


async def test_windows_of_one_scope_share_its_limit(make: Make) -> None:
    one, other = make(), make()
    log: list[float] = []
    await asyncio.gather(*(take(window, log) for window in (one, other, one)))
    assert log[1] - log[0] >= PER - 1e-4
    assert log[2] - log[1] >= PER - 1e-4


@pytest.mark.usefixtures("idle_at_once")
async def test_unused_window_unsubscribes_and_works_again(
    make: Make, redis: Any, events: list[Event]
) -> None:
    window = make()
    log: list[float] = []
    for _ in range(2):
        await take(window, log)
        assert len(await channels(redis, window)) == 2
        await until_idle(window)
        assert await channels(redis, window) == []
        assert await redis.keys(f"{window._name}*") == [window._name]
    assert events == []


@pytest.mark.usefixtures("idle_at_once")
async def test_unused_windows_keep_no_connection(young_redis: RedisServer) -> None:
    async with (
        RedisWindow(1, per=PER, scope="s", url=young_redis.url, redis_is_new=True) as window,
        Redis.from_url(young_redis.url) as redis,
    ):
        await take(window, [])
        await until_idle(window)
        assert len(await redis.client_list()) == 1


@pytest.mark.usefixtures("idle_at_once")
async def test_window_with_a_busy_slot_or_a_pause_stays_subscribed(make: Make, redis: Any) -> None:
    """Its subscription shows a new process that Redis, if emptied, has lost bookings."""
    busy, paused, abandoned, waiting = (make(of=name) for name in "bpaw")
    slot = await busy.acquire()
    (await abandoned.acquire()).abandoned(30)
    await take(paused, [])
    paused.pause(30)
    await waiting.acquire()
    blocked = asyncio.create_task(waiting.acquire())
    await asyncio.sleep(2 * PER)  # longer than an unused window stays subscribed
    for window in (busy, paused, abandoned, waiting):
        window._bookings.changed.set()  # look again whether it is idle
    await asyncio.sleep(0.05)
    for window in (busy, paused, abandoned, waiting):
        assert len(await channels(redis, window)) == 2
    blocked.cancel()
    slot.answered()


@pytest.mark.usefixtures("idle_at_once")
async def test_call_that_comes_while_the_window_unsubscribes_gets_a_slot(make: Make) -> None:
    window = make(5)
    await take(window, [])
    while not window._session.closing:  # noqa: ASYNC110 - nothing tells this moment
        await asyncio.sleep(0)
    assert window._session_task is not None
    async with asyncio.timeout(5):
        await asyncio.gather(*(take(window, []) for _ in range(3)))


@pytest.mark.usefixtures("idle_at_once")
async def test_unused_window_that_nobody_keeps_is_freed(make: Make) -> None:
    window = make()
    await take(window, [])
    await until_idle(window)
    gone = weakref.ref(window)
    del window
    gc.collect()
    assert gone() is None


async def test_closed_window_leaves_the_others_open_and_takes_no_slot(
    old_redis: RedisServer, scope: str
) -> None:
    """A slot booked for a waiter of the closed window would be busy for more than 20 s."""
    async with RedisWindows(old_redis.url, timeout=20, redis_is_new=True) as windows:
        await _close_while_a_slot_is_booked(
            *(windows.window(1, per=0.05, scope=scope) for _ in range(2))
        )


async def _close_while_a_slot_is_booked(one: RedisWindow, other: RedisWindow) -> None:
    held = await other.acquire()
    waiting = asyncio.gather(*(one.acquire() for _ in range(5)), return_exceptions=True)
    await until(lambda: one._session.tickets == 5)
    following = asyncio.create_task(take(other, []))
    await until(lambda: other._session.tickets == 1)
    closing = asyncio.create_task(one.close())
    await asyncio.sleep(0)
    held.answered()  # the slot is booked while the window closes
    async with asyncio.timeout(15):
        await following
        await closing
    assert all(isinstance(refused, ClientUnusable) for refused in await waiting)


async def test_damaged_keys_of_one_scope_do_not_disturb_others(
    make: Make, redis: Any, events: list[Event]
) -> None:
    damaged, sound = make(of="damaged"), make(of="sound")
    await redis.set(damaged._name, "not ours")
    await take(sound, [])
    with pytest.raises(ConnectionFailed):
        await damaged.acquire()
    await take(sound, [])
    assert {event.name for event in events if isinstance(event, RedisAway)} == {damaged._name}
    await redis.delete(damaged._name)


async def test_all_windows_connect_again_with_one_attempt_at_a_time(
    young_redis: RedisServer, events: list[Event]
) -> None:
    """In place of Redis, a server counts the connections and closes them."""
    attempts = 0

    def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        writer.close()

    def told(kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in events)

    async with RedisWindows(
        young_redis.url, timeout=TIMEOUT, redis_is_new=True, events=[events.append]
    ) as windows:
        made = [windows.window(1, per=PER, scope=str(number)) for number in range(60)]
        await asyncio.gather(*(take(window, []) for window in made))
        await asyncio.sleep(0.3)
        young_redis.kill()
        server = await asyncio.start_server(count, "127.0.0.1", young_redis.port)
        await until(lambda: told(RedisAway) == 60)
        attempts = 0
        began = asyncio.get_running_loop().time()
        await until(lambda: attempts >= 4)
        took = asyncio.get_running_loop().time() - began
        assert attempts <= took / 0.25 + 2  # one connection every 0.25 s
        server.close()
        await server.wait_closed()
        young_redis.start()
        await until(lambda: told(RedisBack) == 60)
        assert told(RedisAway) == 60


async def test_client_gives_its_settings_and_keeps_its_connections(
    young_redis: RedisServer, scope: str
) -> None:
    """The windows decode responses, also if the client does not."""
    async with Redis.from_url(young_redis.url) as admin:
        await admin.config_set("requirepass", "s3cret")
        client = Redis(port=young_redis.port, password="s3cret", client_name="ours")
        async with client:
            await client.ping()
            async with RedisWindows(client, redis_is_new=True) as windows:
                window = windows.window(1, per=PER, scope=scope)
                await take(window, [])
                names = [one["name"] for one in await client.client_list()]
                assert names.count("ours") == 3
                assert "s3cret" not in repr(windows) + repr(window)
            await client.ping()
            assert len([one for one in await client.client_list() if one["name"] == "ours"]) == 1


async def test_log_names_the_place_of_redis_without_user_and_password(
    young_redis: RedisServer, scope: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = f"127.0.0.1:{young_redis.port}"
    async with RedisWindows(f"redis://secretary:s3cret@{address}/0") as windows:
        with pytest.raises(ConnectionFailed):
            await windows.window(1, per=PER, scope=scope).acquire()
    assert f"the Redis at {address} that shares" in caplog.text
    assert "secretary" not in caplog.text
    assert "s3cret" not in caplog.text


def test_place_of_a_socket_is_its_path() -> None:
    assert place_of(make_client("unix://ada:s3cret@/run/redis.sock?db=1")) == "/run/redis.sock"
    assert place_of(make_client("redis://")) == "localhost:6379"


@pytest.mark.parametrize("password", ["12/s3cret", "12?s3cret", "12#s3cret"])
def test_password_that_is_not_encoded_is_rejected(password: str) -> None:
    """Otherwise the user would be taken for the host, and shown in the log."""
    with pytest.raises(InvalidInput, match="%2F") as raised:
        RedisWindows(f"redis://ada:{password}@redis.example:6379/0")
    assert "12" not in str(raised.value)


async def test_sentinel_is_rejected() -> None:
    sentinel: Any = Sentinel([("localhost", 1)])  # type: ignore[no-untyped-call]
    with pytest.raises(InvalidInput, match="one server"):
        RedisWindows(sentinel.master_for("one"))


async def test_closed_windows_are_refused(windows: RedisWindows, make: Make) -> None:
    window = make()
    await window.acquire()
    waiting = asyncio.create_task(window.acquire())
    await until(lambda: window._session.tickets == 1)
    await windows.close()
    with pytest.raises(ClientUnusable, match="closed"):
        await waiting
    with pytest.raises(ClientUnusable, match="closed"):
        await window.acquire()
    with pytest.raises(ClientUnusable, match="were closed"):
        make()


def test_windows_used_in_another_event_loop_raise(old_redis: RedisServer, scope: str) -> None:
    """Also a window that was not used in the first loop, since it shares connections."""
    windows = RedisWindows(old_redis.url, timeout=TIMEOUT)
    one, other = (windows.window(1, per=PER, scope=f"{scope} {n}") for n in range(2))
    asyncio.run(one.acquire())
    with pytest.raises(ClientUnusable, match="another event loop"):
        asyncio.run(other.acquire())


async def test_in_turns_lets_other_tasks_run() -> None:
    done: list[int] = []
    working = asyncio.create_task(in_turns(range(10 * AT_ONCE), done.append))
    seen = []
    while not working.done():
        await asyncio.sleep(0)
        seen.append(len(done))
    assert len(set(seen)) >= 10
    assert done == list(range(10 * AT_ONCE))
