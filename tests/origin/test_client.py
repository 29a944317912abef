"""Asking control nodes: in their order, the next where one fails, and back; what the log says of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from edge.origin import client as client_module
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.wire import MARK
from tests.origin.stage import client_of
from tests.support.clock import HandClock
from tests.support.loopback import loopback
from tests.support.polling import until

pytestmark = pytest.mark.anyio
TOKEN = "s3cr3t-t0ken"


@dataclass
class Answering:
    """An application that answers every call alike, and counts."""

    status: int = 200
    marked: bool = True
    hangs: bool = False
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        if self.hangs:
            await asyncio.Event().wait()
        headers = [(MARK.encode(), b"1")] if self.marked else []
        await send(
            {"type": "http.response.start", "status": self.status, "headers": [*headers, (b"content-length", b"0")]}
        )
        await send({"type": "http.response.body", "body": b""})


@dataclass
class Two:
    first: Answering
    second: Answering
    urls: list[str]
    client: OriginClient

    async def asked(self) -> str:
        """Who answered one call, made without insisting."""
        before = self._documents()
        await self.client.get("/documents/settings/key")
        return "first" if self._documents() > before else "second"

    def _documents(self) -> int:
        """Those asked of the first alone: whoever watches asks it too, whether it is ready."""
        return sum("/documents/" in path for path in self.first.asked)


@asynccontextmanager
async def two(seconds: float = 30.0) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        first, second = Answering(), Answering()
        urls = [await stack.enter_async_context(loopback(app)) for app in (first, second)]
        client = client_of(urls, TOKEN, HandClock(), seconds)
        yield Two(first, second, urls, client)
        await client.close()


async def test_the_first_is_asked_as_long_as_it_answers() -> None:
    async with two() as both:
        assert [await both.asked() for _ in range(3)] == ["first"] * 3
        assert both.second.asked == []


@pytest.mark.parametrize("status", [500, 503])
async def test_one_that_cannot_answer_now_is_followed_by_the_next_and_asked_again_the_next_time(status: int) -> None:
    async with two() as both:
        both.first.status = status
        await both.client.get("/ready")
        assert len(both.second.asked) == 1
        both.first.status = 200
        assert await both.asked() == "first"


@pytest.mark.parametrize("trouble", ["refused", "forbidden", "no origin"])
async def test_one_that_cannot_be_used_is_left_alone_by_reads_until_it_answers_an_insisting_call(trouble: str) -> None:
    async with two() as both:
        both.first.status = {"refused": 401, "forbidden": 403}.get(trouble, 404)
        both.first.marked = trouble != "no origin"
        with capture_logs() as logs:
            await both.client.get("/ready")
            before = len(both.first.asked)
            assert await both.asked() == "second"
            assert len(both.first.asked) == before
        assert [line["log_level"] for line in logs] == ["warning"]
        assert logs[0]["origin"] == both.urls[0]
        assert "EDGE_ORIGIN" in logs[0]["hint"]
        assert TOKEN not in str(logs)


async def test_nobody_at_the_first_address_costs_one_attempt_not_each_call_one(template: object) -> None:
    async with AsyncExitStack() as stack:
        second = Answering()
        url = await stack.enter_async_context(loopback(second))
        client = client_of(["http://127.0.0.1:9", url], TOKEN, HandClock())
        for _ in range(3):
            await client.get("/documents/settings/key")
        assert client._addresses.candidates(insist=False) == [url]
        await client.close()
    assert len(second.asked) == 3


async def test_with_nobody_up_a_read_fails_at_once_and_an_insisting_call_asks_all_the_same() -> None:
    async with loopback(Answering()) as url:
        client = client_of([url], TOKEN, HandClock())
    with pytest.raises(OriginError, match="connect"):
        await client.get("/documents/settings/key")
    with pytest.raises(OriginError, match="all-down"):
        await client.get("/documents/settings/key")
    with pytest.raises(OriginError, match="connect"):
        await client.get("/journal", insist=True)
    port = int(url.rpartition(":")[2])
    async with loopback(Answering(), port):
        await client.get("/journal", insist=True)
        await client.get("/documents/settings/key")
    await client.close()


async def test_one_that_is_up_again_is_found_without_being_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "LOOK_AGAIN", 0.01)
    async with two() as both:
        both.first.status = 401
        await both.client.get("/ready")
        watching = asyncio.create_task(both.client.watch())
        await until(lambda: len(both.first.asked) > 2, "it is asked whether it is ready")
        assert await both.asked() == "second"
        both.first.status = 200
        with capture_logs() as logs:
            await until(lambda: not both.client._addresses.down(), "it is up")
        assert [line["event"] for line in logs] == ["a control node answers again"]
        assert await both.asked() == "first"
        watching.cancel()


async def test_one_that_is_frozen_costs_one_time_out_and_then_the_next_is_asked() -> None:
    async with two(seconds=0.2) as both:
        both.first.hangs = True
        with pytest.raises(TimeoutError):
            await both.client.get("/documents/settings/key")
        await both.client.get("/documents/settings/key")
        assert len(both.second.asked) == 1


async def test_there_is_no_such_thing_is_an_answer_and_not_a_failure() -> None:
    async with two() as both:
        both.first.status = 404
        assert (await both.client.find("/assets/0")).status == 404
        with pytest.raises(OriginError, match="status-404"):
            await both.client.get("/revokes")
        assert both.second.asked == []


async def test_what_came_to_nothing_is_counted_once_a_call() -> None:
    client = client_of(["http://127.0.0.1:9", "http://127.0.0.1:10"], TOKEN, HandClock())
    for _ in range(3):
        with pytest.raises(OriginError):
            await client.get("/journal", insist=True)
    assert client._stats.origin_failures == 3
