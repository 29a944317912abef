"""The rate limit. The library reads the clock of its own module, so that is the one that these tests step."""

from dataclasses import replace

import limits.aio.storage.memory
import pytest

from edge.api.app import Api
from edge.api.limiter import Limiter, RateLimitedError
from tests.api.stage import ApiStage, client_of
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio


class LibraryTime:
    """What the storage sees as the module ``time``."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    def time(self) -> float:
        return self._clock().wall


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    stepped = HandClock()
    monkeypatch.setattr(limits.aio.storage.memory, "time", LibraryTime(stepped))
    return stepped


async def test_so_many_requests_fit_into_any_minute(clock: HandClock) -> None:
    limiter = Limiter(3, lambda: clock().wall)
    for _ in range(3):
        await limiter.check("t1")
        clock.advance(10)
    with pytest.raises(RateLimitedError, match="3 requests a minute") as refused:
        await limiter.check("t1")
    assert 1 <= refused.value.retry_after <= 31
    clock.advance(refused.value.retry_after)
    await limiter.check("t1")
    with pytest.raises(RateLimitedError):
        await limiter.check("t1")


async def test_tokens_are_counted_apart(clock: HandClock) -> None:
    limiter = Limiter(1, lambda: clock().wall)
    await limiter.check("t1")
    await limiter.check("t2")


async def test_zero_is_no_limit(clock: HandClock) -> None:
    limiter = Limiter(0, lambda: clock().wall)
    for _ in range(1000):
        await limiter.check("t1")


async def test_a_request_too_many_is_answered_with_when_to_come_again_and_writes_nothing(
    api: ApiStage, clock: HandClock
) -> None:
    deps = replace(api.deps, requests_per_minute=2)
    limited = replace(api, client=client_of(deps, Api(deps, Limiter(2, lambda: clock().wall))))
    body = {"workspace": {"display_name": "New"}, "update_mask": {"paths": ["workspace.display_name"]}}
    assert [(await limited.call("GET", "/workspaces")).status_code for _ in range(2)] == [200, 200]
    before = await api.head()
    answer = await limited.call("PATCH", "/workspaces/acme", body)
    assert (answer.status_code, answer.json()["code"]) == (429, 8)
    clock.advance(int(answer.headers["Retry-After"]))
    assert await api.head() == before
    assert (await limited.call("PATCH", "/workspaces/acme", body)).status_code == 200
    await limited.client.aclose()


async def test_whoever_has_no_valid_token_uses_up_nobodys_requests(api: ApiStage, clock: HandClock) -> None:
    deps = replace(api.deps, requests_per_minute=1)
    limited = replace(api, client=client_of(deps, Api(deps, Limiter(1, lambda: clock().wall))))
    for _ in range(3):
        assert (await limited.call("GET", "/workspaces", token="not.a.token")).status_code == 401
    assert (await limited.call("GET", "/workspaces")).status_code == 200
    await limited.client.aclose()
